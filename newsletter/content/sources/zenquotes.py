"""The quote of the day of ZenQuotes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _options
from newsletter.content.sources._quotation import quotation
from newsletter.content.web import answers
from newsletter.core.errors import SourceError
from newsletter.core.model import Credit, Part, Supply
from newsletter.core.sentences import said

_SERVICE = "ZenQuotes"
_API = "https://zenquotes.io/api/today"
# The line and the link are the price of using it without a key.
_CREDIT = Credit("Inspirational quotes provided by ZenQuotes API", "https://zenquotes.io/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZenQuotesSource:
    """One quote a day, the same for everybody."""

    ask: Fetch

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the service's quote of the moment; it knows no other date.

        Raises `SourceError` also for its over-quota message, which comes in the form of a quote.
        """
        del part, day
        answer = answers.json_of(self.ask(_API, accept="application/json"), service=_SERVICE)
        quotes = answers.tables_of(answer)
        if not quotes:
            raise SourceError(said("%(service)s gave no quote.", service=_SERVICE))
        text, author = (answers.text_of(quotes[0].get(key)) for key in ("q", "a"))
        return quotation(text, author, service=_SERVICE, credit=_CREDIT, origin=_API)


def make(options: SourceOptions) -> ZenQuotesSource:
    """Make the source. Options: none."""
    _options.checked_for((Part.QUOTE,), options, source="zenquotes")
    return ZenQuotesSource(ask=options.fetch)
