"""Read pasted page text: what an editor copies from the site, furniture and all, into parts.

Pure. The rules, one module per subject: `normalise` (bytes, characters, lines), `boilerplate` with
`site_words` (what the site put around the text), `learned` (what an editor said of the site),
`preamble` (contents, divider), `dates`, `bylines`, `labels` (lines of features and credits),
`quote`, `word` with `parts_of_speech`, `opening` (navigation and headline), `stories`, `listing`.
`entries` tells the lines apart, `features` reads the labelled ones, `parse` puts it all in order,
`placing` writes down where each line went, by its position. `sayings` is what an editor says of
the lines of one page, `marked` reads one whose markup is known.
"""

from __future__ import annotations

from newsletter.content.pasted.document import as_document, as_text
from newsletter.content.pasted.learned import NOTHING_LEARNED, Meaning, Site
from newsletter.content.pasted.marked import Mark, Marked, parse_marked
from newsletter.content.pasted.model import Page, Traced, Tracing
from newsletter.content.pasted.reading import parse_page, trace
from newsletter.content.pasted.sayings import Saying, as_said

__all__ = [
    "NOTHING_LEARNED",
    "Mark",
    "Marked",
    "Meaning",
    "Page",
    "Saying",
    "Site",
    "Traced",
    "Tracing",
    "as_document",
    "as_said",
    "as_text",
    "parse_marked",
    "parse_page",
    "trace",
]
