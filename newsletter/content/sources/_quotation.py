"""What holds for every quote that comes over the network (content.md 2). Pure."""

from __future__ import annotations

import re

from newsletter.content.pasted.quote import unwrap
from newsletter.content.web import answers
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Quote, Supply
from newsletter.core.sentences import said

_MARKS_BEFORE_AUTHOR = "~-–—― \t"


def quotation(text: str, author: str, *, service: str, credit: Credit, origin: str) -> Supply:
    """Return a quote as a supply, without one pair of quotation marks around it.

    "Unknown", "Proverb" and "attributed to" stay as printed. Raises `SourceError` when there is no
    author, when the service itself is named in the author's place or in the text (so come its
    error messages), and when the edition's own rules for a quote are not kept.
    """
    name = author.strip(_MARKS_BEFORE_AUTHOR)
    if not name:
        raise SourceError(said("%(service)s gave a quote without an author.", service=service))
    if _names(service, name) or _names(service, text):
        raise SourceError(
            said(
                "%(service)s gave a message of its own as a quote: “%(text)s”.",
                service=service,
                text=text[:120],
            )
        )
    quote = Quote(text=unwrap(text.strip()), author=name, source=credit)
    return answers.valid(Part.QUOTE, quote, service=service, origin=origin)


def _names(service: str, text: str) -> bool:
    return _letters(service) in _letters(text)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
