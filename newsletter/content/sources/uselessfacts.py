"""The fact of the day of uselessfacts.jsph.pl, which nobody verifies, and which says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _options
from newsletter.content.web import answers
from newsletter.content.web.links import link
from newsletter.core.errors import ConfigError
from newsletter.core.model import Credit, Fact, Part, Supply

_SERVICE = "Useless Facts"
_API = "https://uselessfacts.jsph.pl/api/v2/facts/today"
_HOME = "https://uselessfacts.jsph.pl/"
_UNVERIFIED = {"en": "unverified", "de": "ungeprüft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UselessFactsSource:
    """One fact a day, in English or German."""

    ask: Fetch
    language: str

    def fetch(self, part: Part, day: date) -> Supply:
        """Return the service's fact of the moment; it knows no other date.

        Readers are told in the credit, and editors in the origin, that nobody verified it. Raises
        `SourceError` for everything that is no fact.
        """
        del day
        fetched = self.ask(f"{_API}?language={self.language}", accept="application/json")
        answer = answers.table_of(answers.json_of(fetched, service=_SERVICE))
        # The service prints accents in the place of apostrophes.
        text = answers.text_of(answer.get("text")).replace("`", "’").replace("´", "’")
        credit = Credit(
            f"uselessfacts.jsph.pl ({_UNVERIFIED[self.language]})",
            link(answers.text_of(answer.get("permalink"))) or _HOME,
        )
        taken_from = answers.text_of(answer.get("source")) or "an unnamed source"
        origin = f"{_API}, unverified, taken there from {taken_from}"
        fact = Fact(text=text, source=credit)
        return answers.valid(part, fact, service=_SERVICE, origin=origin)


def make(options: SourceOptions) -> UselessFactsSource:
    """Make the source. Option: `language`, "en" or "de"; default: the publication's, else "en"."""
    own = options.language.split("-")[0].casefold()
    defaults: dict[str, _options.Option] = {"language": own if own in _UNVERIFIED else "en"}
    chosen = _options.checked_for((Part.FACT,), options, source="uselessfacts", defaults=defaults)
    if chosen["language"] not in _UNVERIFIED:
        raise ConfigError(
            f"there are no facts in “{chosen['language']}”.",
            hint=f"Allowed: {', '.join(_UNVERIFIED)}.",
            where=options.where(source="uselessfacts", key="language"),
        )
    return UselessFactsSource(ask=options.fetch, language=chosen["language"])
