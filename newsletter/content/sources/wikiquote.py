"""The quote of the day of the English Wikiquote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from newsletter.content.html.tree import parse
from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _options
from newsletter.content.sources._quotation import quotation
from newsletter.content.web import answers
from newsletter.content.web.links import segment
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Supply
from newsletter.core.sentences import said

_SERVICE = "Wikiquote"
_CREDIT = "Wikiquote, CC BY-SA 4.0"
_SITE = "https://en.wikiquote.org"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# The author stands between tildes below the quote, whatever the tables around both look like.
_SIGNED = re.compile(r"(?P<text>[^~]+)~(?P<author>[^~]+)~?")
_NOT_THE_QUOTE = ("h1", "h2", "h3", "h4", "sup", "figcaption")


@dataclass(frozen=True, slots=True, kw_only=True)
class WikiquoteSource:
    """A page for each date, long known before the day."""

    ask: Fetch

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the quote of the publication date. Raises `SourceError` when there is none."""
        del part  # `make` refuses any chain but the quotes'
        page = f"Wikiquote:Quote_of_the_day/{_MONTHS[day.month - 1]}_{day.day},_{day.year}"
        query = f"action=parse&page={segment(page)}&prop=text&format=json&formatversion=2"
        fetched = self.ask(f"{_SITE}/w/api.php?{query}", accept="application/json")
        answer = answers.table_of(answers.json_of(fetched, service=_SERVICE))
        text, author = _read(answer)
        address = f"{_SITE}/wiki/{page}"
        return quotation(
            text, author, service=_SERVICE, credit=Credit(_CREDIT, address), origin=address
        )


def make(options: SourceOptions) -> WikiquoteSource:
    """Make the source. Options: none."""
    _options.checked_for((Part.QUOTE,), options, source="wikiquote")
    return WikiquoteSource(ask=options.fetch)


def _read(answer: Mapping[str, Any]) -> tuple[str, str]:
    error = answers.table_of(answer.get("error"))
    if error:
        reason = answers.text_of(error.get("info")).rstrip(".") or said("without a reason")
        raise SourceError(said("%(service)s refused: %(reason)s.", service=_SERVICE, reason=reason))
    signed = _SIGNED.search(" ".join(parse(_markup(answer)).blocks(without=_NOT_THE_QUOTE)))
    if not signed:
        raise SourceError(
            said(
                "The page of %(service)s has another form than the one that is known.",
                service=_SERVICE,
            )
        )
    return signed["text"].strip(), signed["author"].strip()


def _markup(answer: Mapping[str, Any]) -> str:
    """Return the page's HTML; the older form of the answer wraps it once more."""
    text = answers.table_of(answer.get("parse")).get("text")
    text = text.get("*") if isinstance(text, dict) else text
    return text if isinstance(text, str) else ""
