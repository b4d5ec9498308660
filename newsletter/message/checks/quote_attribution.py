"""A quote is worth as much as the certainty of who said it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model import Quote
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "quote-attribution"
LEVEL = Severity.INFO

_UNKNOWN = re.compile(
    r"(?:author |source )?(?:unknown|anonymous|anon|unattributed|n/a|various)(?: author)?\.?",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:attributed|attrib|attr|misattributed|apocryphal|unverified)\b|\?", re.I
)
# Collections print what is sent to them; a name there says nothing of a work.
_COLLECTION = re.compile(
    r"zen ?quotes|brainy ?quote|good ?reads|az ?quotes|quotable|quote ?fancy|pinterest|the ?quotes"
    r"|quote ?garden|wise ?old ?sayings|forbes quotes|favqs|type\.?fit|api ninjas|internet",
    re.IGNORECASE,
)
_HINT = "Ask `newsletter quote`, and name the work; or take another quote."


def check(checked: Checked) -> Iterator[Fault]:
    """Find a quote whose author is missing, unknown, or not borne out by a source."""
    quote = checked.edition.quote
    if quote is not None and (said := _doubt(quote)):
        yield Fault(
            said,
            _HINT,
            measured=quote.author or "no author",
            limit="an author, and a source that names a work",
            place=Place(part="edition", excerpt=excerpt(quote.text)),
        )


def _doubt(quote: Quote) -> str | None:
    author = (quote.author or "").strip(" \t—–-")
    if not author:
        return "The quote has no author."
    if _UNKNOWN.fullmatch(author):
        return f"The quote's author is given as “{author}”."
    if _DOUBTED.search(author):
        return f"The quote is only attributed: “{author}”."
    if quote.source is None:
        return f"The quote of {author} has no source that names a work."
    if _COLLECTION.search(f"{quote.source.name} {quote.source.url or ''}"):
        return f"The quote of {author} comes from a collection, “{quote.source.name}”, unverified."
    return None
