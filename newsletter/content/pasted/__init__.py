"""Read pasted page text: what an editor copies from the site, furniture and all, into parts.

Pure. The rules, one module per subject: `normalise` (bytes, characters, lines), `boilerplate`
(what the site put around the text), `preamble` (date, contents, divider), `labels` (lines of
features and credits), `quote`, `word` with `parts_of_speech`, `stories`. `entries` tells the lines
apart, `features` reads the labelled ones, `parse` puts it all in order, `tracing` says where each
line went.
"""

from __future__ import annotations

from newsletter.content.pasted.document import as_document, as_text
from newsletter.content.pasted.model import Page
from newsletter.content.pasted.parse import parse_page
from newsletter.content.pasted.tracing import Traced, Tracing, trace

__all__ = ["Page", "Traced", "Tracing", "as_document", "as_text", "parse_page", "trace"]
