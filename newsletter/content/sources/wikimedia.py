"""Facts from the English Wikipedia: “Did you know”, or what happened on this day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from newsletter.content.html.tree import parse
from newsletter.content.source import Fetch, SourceOptions
from newsletter.content.sources import _material, _options, _taste
from newsletter.content.web import answers
from newsletter.content.web.answers import as_sentence
from newsletter.content.web.links import link
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Credit, Fact, Part, Supply
from newsletter.core.sentences import said

_SERVICE = "Wikipedia"
# The licence asks for credit, link, its own name, and a word on changes.
_CREDIT = "Wikipedia (adapted, CC BY-SA 4.0)"
_API = "https://api.wikimedia.org/feed/v1/wikipedia/en"
_WIKI = "https://en.wikipedia.org/wiki/"
_KINDS = ("dyk", "onthisday")
_DEFAULTS: dict[str, _options.Option] = {"kind": "dyk"}
_ALSO_NAMED = 2  # with the chosen one an editor sees three


@dataclass(frozen=True, slots=True, kw_only=True)
class WikimediaSource:
    """Wikipedia's feed of the day."""

    ask: Fetch
    kind: str
    now: datetime | None

    def fetch(self, part: Part, day: date) -> Supply:
        """Return one statement that is not grim; the origin names two others there were.

        “Did you know” exists only for the UTC date of this very moment, whatever the publication
        date; “on this day” is asked for the publication date. Raises `SourceError` when nothing
        is left.
        """
        url, facts = self._dyk(day) if self.kind == "dyk" else self._on_this_day(day)
        fit = [fact for fact in facts if not _taste.is_grim(fact.text)]
        if not fit:
            raise SourceError(
                said(
                    "%(service)s has nothing fit for a fact of the day (%(kind)s).",
                    service=_SERVICE,
                    kind=self.kind,
                )
            )
        # Hooks are new each day, and the first are the best; events come again every year.
        chosen = fit.pop(0 if self.kind == "dyk" else _material.turn(day, len(fit)))
        others = "; ".join(f"“{fact.text}”" for fact in fit[:_ALSO_NAMED])
        origin = f"{url} (also there: {others})" if others else url
        return answers.valid(part, chosen, service=_SERVICE, origin=origin)

    def _dyk(self, day: date) -> tuple[str, list[Fact]]:
        today = self.now.astimezone(UTC).date() if self.now else day
        url = f"{_API}/featured/{today:%Y/%m/%d}"
        return url, list(_hooks_of(self._answer(url).get("dyk")))

    def _on_this_day(self, day: date) -> tuple[str, list[Fact]]:
        url = f"{_API}/onthisday/selected/{day:%m/%d}"
        return url, list(_events_of(self._answer(url).get("selected")))

    def _answer(self, url: str) -> Mapping[str, Any]:
        fetched = self.ask(url, accept="application/json")
        return answers.table_of(answers.json_of(fetched, service=_SERVICE))


def make(options: SourceOptions) -> WikimediaSource:
    """Make the source. Option: `kind`, "dyk" (did you know) or "onthisday"."""
    chosen = _options.checked_for((Part.FACT,), options, source="wikimedia", defaults=_DEFAULTS)
    if chosen["kind"] not in _KINDS:
        raise ConfigError(
            f"there is no kind “{chosen['kind']}”.",
            hint=f"Allowed: {', '.join(_KINDS)}.",
            where=options.where(source="wikimedia", key="kind"),
        )
    return WikimediaSource(ask=options.fetch, kind=chosen["kind"], now=options.now)


def _hooks_of(value: Any) -> Iterator[Fact]:
    for hook in answers.tables_of(value):
        markup = parse(hook["html"] if isinstance(hook.get("html"), str) else "")
        text = statement(answers.text_of(hook.get("text")) or markup.text())
        if text:
            anchors = [one for bold in markup.all("b") for one in bold.all("a")]
            anchors += [one for one in markup.all("a") if any(one.all("b"))] or markup.all("a")
            address = anchors[0].attributes.get("href", "") if anchors else "Main_Page"
            yield _fact(text, address)


def _events_of(value: Any) -> Iterator[Fact]:
    for found in answers.tables_of(value):
        text, year = answers.text_of(found.get("text")), found.get("year")
        if text and type(year) is int:
            yield _fact(event(text, year=year), _page(found.get("pages")))


def _page(value: Any) -> str:
    pages = answers.tables_of(value)
    urls = answers.table_of(pages[0].get("content_urls")) if pages else {}
    return answers.text_of(answers.table_of(urls.get("desktop")).get("page")) or "Main_Page"


def _fact(text: str, address: str) -> Fact:
    return Fact(text=text, source=Credit(_CREDIT, link(address, base=_WIKI) or _WIKI))


_OPENING = re.compile(r"^[\s.…]*that[\s.…,]+", re.IGNORECASE)


_POINTER = re.compile(
    r"\s*\((?:[^()]{0,40}\s)?(?:pictured|depicted|shown|featured|illustrated|audio|video)"
    r"(?:[\s,][^()]{0,40})?\)",
    re.IGNORECASE,
)


def statement(hook: str) -> str | None:
    """Make "... that a bridge (pictured) can hum?" say "A bridge can hum.".

    None for a hook that does not begin with "that": it cannot become a statement.
    """
    text = " ".join(hook.split())
    opening = _OPENING.match(text)
    if not opening:
        return None
    return as_sentence(without_pointers(text[opening.end() :]).removesuffix("?").rstrip())


def event(text: str, *, year: int) -> str:
    """Tell what happened in a year of this day."""
    when = str(year) if year > 0 else f"{abs(year)} BC"
    return f"On this day in {when}: {as_sentence(without_pointers(' '.join(text.split())))}"


def without_pointers(text: str) -> str:
    """Take out "(pictured)" and its like, which point at a picture that is not there."""
    return _POINTER.sub("", text).strip()
