"""Facts from the English Wikipedia: “Did you know”, or what happened on this day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Credit, Fact, Part, Supply
from newsletter.sources import _answer, _hooks, _material, _options, _taste
from newsletter.sources._links import link
from newsletter.sources._markup import parse
from newsletter.sourcing import Fetch, SourceOptions

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
        """Give one statement that is not grim; the origin names two others there were.

        “Did you know” exists only for the UTC date of this very moment, whatever the publication
        date; “on this day” is asked for the publication date. Raises `SourceError` when nothing
        is left.
        """
        url, facts = self._dyk(day) if self.kind == "dyk" else self._on_this_day(day)
        fit = [fact for fact in facts if not _taste.is_grim(fact.text)]
        if not fit:
            raise SourceError(f"{_SERVICE} has nothing fit for a fact of the day ({self.kind}).")
        # Hooks are new each day, and the first are the best; events come again every year.
        chosen = fit.pop(0 if self.kind == "dyk" else _material.turn(day, len(fit)))
        others = "; ".join(f"“{fact.text}”" for fact in fit[:_ALSO_NAMED])
        origin = f"{url} (also there: {others})" if others else url
        return _answer.valid(part, chosen, service=_SERVICE, origin=origin)

    def _dyk(self, day: date) -> tuple[str, list[Fact]]:
        today = self.now.astimezone(UTC).date() if self.now else day
        url = f"{_API}/featured/{today:%Y/%m/%d}"
        return url, list(_hooks_of(self._answer(url).get("dyk")))

    def _on_this_day(self, day: date) -> tuple[str, list[Fact]]:
        url = f"{_API}/onthisday/selected/{day:%m/%d}"
        return url, list(_events_of(self._answer(url).get("selected")))

    def _answer(self, url: str) -> Mapping[str, Any]:
        fetched = self.ask(url, accept="application/json")
        return _answer.table_of(_answer.json_of(fetched, service=_SERVICE))


def make(options: SourceOptions) -> WikimediaSource:
    """Make the source. Option: `kind`, "dyk" (did you know) or "onthisday"."""
    chosen = _options.checked_for((Part.FACT,), options, source="wikimedia", defaults=_DEFAULTS)
    if chosen["kind"] not in _KINDS:
        raise ConfigError(
            f"[sources] {options.part}, type “wikimedia”: there is no kind “{chosen['kind']}”.",
            hint=f"Allowed: {', '.join(_KINDS)}.",
        )
    return WikimediaSource(ask=options.fetch, kind=chosen["kind"], now=options.now)


def _hooks_of(value: Any) -> Iterator[Fact]:
    for hook in _answer.tables_of(value):
        markup = parse(hook["html"] if isinstance(hook.get("html"), str) else "")
        text = _hooks.statement(_answer.text_of(hook.get("text")) or markup.text())
        if text:
            anchors = [one for bold in markup.all("b") for one in bold.all("a")]
            anchors += [one for one in markup.all("a") if any(one.all("b"))] or markup.all("a")
            address = anchors[0].attributes.get("href", "") if anchors else "Main_Page"
            yield _fact(text, address)


def _events_of(value: Any) -> Iterator[Fact]:
    for found in _answer.tables_of(value):
        text, year = _answer.text_of(found.get("text")), found.get("year")
        if text and type(year) is int:
            yield _fact(_hooks.event(text, year=year), _page(found.get("pages")))


def _page(value: Any) -> str:
    pages = _answer.tables_of(value)
    urls = _answer.table_of(pages[0].get("content_urls")) if pages else {}
    return _answer.text_of(_answer.table_of(urls.get("desktop")).get("page")) or "Main_Page"


def _fact(text: str, address: str) -> Fact:
    return Fact(text=text, source=Credit(_CREDIT, link(address, base=_WIKI) or _WIKI))
