"""Make the pages to read: what each template is given, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from markupsafe import Markup

from newsletter.core.model.archive import ArchivedEdition
from newsletter.message.render.language import direction, locale, long_date, short_date
from newsletter.message.render.scripts import turned
from newsletter.message.render.variables import html_paragraphs, shared
from newsletter.web.site import answering
from newsletter.web.site.reading import structured
from newsletter.web.site.reading.card import HEIGHT, WIDTH, Words, draw, version
from newsletter.web.site.reading.feeds import ATOM, JSON, MOST, Feed, Item
from newsletter.web.site.reading.lists import (
    beside,
    clock,
    last_day,
    line_of,
    month_name,
    month_path,
    months_of,
    search_path,
)
from newsletter.web.site.reading.shown import Shown, shown

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

EARLIER = 4  # editions below the newest on the front page
FOUND = 30  # of a search on one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes pages of one site; blocking, as the database and templates are."""

    site: Site
    is_live: bool = True  # else it is for a host of files, which answers no form

    # --- an edition ------------------------------------------------------------------------

    def edition(self, day: date) -> str | None:
        """Return the page of an edition, in the publication's language; None: there is none."""
        page = self._shown(day)
        if page is None:
            return None
        language = self.site.publication.language
        before, after = self._beside(day, language)
        values = shared(page.edition, self.site.settings) | {
            "page": page,
            "url": self.address(day),
            "image": self.picture(page),
            "structured": structured.as_script(self._structured(page)),
            "paragraphs": partial(html_paragraphs, runs=direction(language)),
            "clock": partial(clock, language=language),
            **answering.shown(self.site, day, language=language),
            "before": before,
            "next": after,
        }
        return self._text("read", language, values)

    def address(self, day: date) -> str:
        """Return the one address an edition is cited by."""
        return self.site.url(f"/editions/{day}")

    def picture(self, page: Shown) -> Mapping[str, Any]:
        """Return what is shown of an edition beside a link: its picture, else the drawn card."""
        own = page.listed.entry.picture
        if own is not None:
            sides = {"width": own.width, "height": own.height}
            return {"url": own.url, "alt": own.alt, **sides}
        mark = version(self._card(page), self.site.settings.template.light)
        url = f"{self.address(page.edition.date)}/card.png?v={mark}"
        return {"url": url, "alt": page.headline, "width": WIDTH, "height": HEIGHT}

    def drawn(self, day: date) -> bytes | None:
        """Draw the picture of an edition that has none; None: there is no such edition."""
        page = self._shown(day)
        return draw(self._card(page), self.site.settings.template.light) if page else None

    def _card(self, page: Shown) -> Words:
        publication = self.site.publication
        return Words(
            name=self.site.settings.template.nameplate or publication.name,
            headline=page.headline,
            date=long_date(page.edition.date, publication.language),
            is_rtl=direction(publication.language) == "rtl",
        )

    def _structured(self, page: Shown) -> dict[str, Any]:
        return structured.news_of(
            page,
            self.site.publication,
            url=self.address(page.edition.date),
            home=self.site.url("/"),
            picture=self.picture(page)["url"],
        )

    def _beside(self, day: date, language: str) -> Sequence[Mapping[str, str] | None]:
        """Return the editions before and after one, as links are written."""
        days = self.site.app.archive.days()
        older = next((one for one in days if one < day), None)
        newer = next((one for one in reversed(days) if one > day), None)
        return [self._named(one, language) if one else None for one in (older, newer)]

    def _named(self, day: date, language: str) -> Mapping[str, str]:
        listed = self.site.app.archive.between(day, day)
        weekday = format_date(day, "EEEE", locale=locale(language))
        headline = listed[0].entry.headline if listed else ""
        return {"day": day.isoformat(), "name": f"{weekday}: {headline}" if headline else weekday}

    # --- lists -----------------------------------------------------------------------------

    def home(self, language: str) -> str:
        """Return the front page: the newest edition, and what went before."""
        archive = self.site.app.archive
        newest = archive.newest(EARLIER + 1)
        page = self._shown(newest[0].edition) if newest else None
        values: dict[str, Any] = {
            "home": self.site.url("/"),
            "own": self._own(language),
            "page": page,
            "rating": None,
            "earlier": [line_of(one, language, has_weekday=True) for one in newest[1:]],
            "count": archive.state().editions,
        }
        if page is not None:
            values |= self._front(page, language)
        return self._text("home", language, values)

    def _front(self, page: Shown, language: str) -> dict[str, Any]:
        return {
            "day": page.edition.date.isoformat(),
            "date": long_date(page.edition.date, language),
            "minutes": shared(page.edition, self.site.settings)["minutes"],
            "picture": self.picture(page),
            "lead_picture": page.listed.entry.picture,
            "rating": self.site.records.answers.rating(page.edition.date),
        }

    def month(self, first: date | None, language: str) -> str | None:
        """Return the archive of a month, named by its first day, or of the newest one.

        None: there is nothing of that month.
        """
        archive = self.site.app.archive
        days = archive.days()
        newest = days[0].replace(day=1) if days else None
        shown_month = first or newest
        lines: Sequence[ArchivedEdition] = ()
        if shown_month is not None:
            lines = archive.between(shown_month, last_day(shown_month))
            if not lines:
                return None
        elif first is not None:
            return None
        path = month_path(first) if first and first != newest else "/archive"
        return self._archive(
            language,
            count=len(days),
            url=self.site.url(path),
            month=month_name(shown_month, language) if shown_month else "",
            months=months_of(days, shown_month, language) if shown_month else [],
            lines=[line_of(one, language, has_weekday=True) for one in lines],
            is_first=first is None,
            **beside(days, shown_month, language),
        )

    def found(self, question: str, language: str, *, after: int) -> str:
        """Return what a search finds, from one place in the list on."""
        archive = self.site.app.archive
        editions, total = archive.search(question, count=FOUND, after=after)
        return self._archive(
            language,
            count=archive.state().editions,
            question=question,
            total=total,
            lines=[line_of(one, language, question=question) for one in editions],
            earlier_path=search_path(question, after + FOUND) if after + FOUND < total else "",
            later_path=search_path(question, max(after - FOUND, 0)) if after else "",
        )

    def _archive(self, language: str, **values: Any) -> str:
        nothing: dict[str, Any] = {
            "url": self.site.url("/archive"),
            "question": "",
            "total": 0,
            "month": "",
            "months": [],
            "is_first": True,
            "earlier_path": "",
            "later_path": "",
            "earlier_name": "",
            "later_name": "",
            "here": "archive",
            "own": self._own(language),
            "can_search": self.is_live,
        }
        return self._text("archive", language, nothing | values)

    # --- feeds -----------------------------------------------------------------------------

    def feed(self) -> Feed:
        """Return what both feeds are written from."""
        newest = self.site.app.archive.newest(MOST)
        pages = (page for one in newest if (page := self._shown(one.edition)))
        return Feed(
            publication=self.site.publication,
            home=self.site.url("/"),
            atom=self.site.url(ATOM),
            json=self.site.url(JSON),
            icon=self.site.url("/icon.svg"),
            items=tuple(map(self._item, pages)),
        )

    def _item(self, page: Shown) -> Item:
        language, edition = self.site.publication.language, page.edition
        values = {
            "edition": edition,
            "page": page,
            "paragraphs": html_paragraphs,
            "short_date": partial(short_date, language=language),
        }
        html = self._text("feed", language, values)
        own = page.listed.entry.picture
        picture = own.url if own else None
        return Item(page=page, url=self.address(edition.date), html=html.strip(), picture=picture)

    # --- what they share -------------------------------------------------------------------

    @property
    def _zone(self) -> str:
        return self.site.publication.zone

    def _shown(self, day: date) -> Shown | None:
        sent = self.site.app.archive.sent(day)
        return shown(sent, zone=self._zone) if sent else None

    def _own(self, language: str) -> Markup:
        """Return the attributes of what is in the publication's words on another's page."""
        own = self.site.publication.language
        if own == language:
            return Markup("")
        return Markup(' lang="{}" dir="{}"').format(own, direction(own))

    def _text(self, name: str, language: str, values: Mapping[str, Any]) -> str:
        runs = direction(language)
        given = {"turned": partial(turned, runs=runs), **values}
        given.pop("language", None)
        return self.site.pages.text(name, language=language, **given)
