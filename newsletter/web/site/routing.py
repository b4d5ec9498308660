"""Which pages there are: each module has `routes(site)`, and is named here once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from newsletter.web.site import (
    answering,
    approving,
    choosing,
    contact,
    join,
    leaving,
    private,
    rating,
    standing,
    webhooks,
)
from newsletter.web.site.reading import routes as reading

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

YEARS = range(1900, 2200)  # of the dates the site has pages for


class _EditionDate(Convertor[date]):
    """A publication date as a part of an address: `{day:edition}`."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def convert(self, value: str) -> date:
        return _date(value)

    def to_string(self, value: date) -> str:
        return value.isoformat()


class _Month(Convertor[date]):
    """A month, by its first day, as a part of an address: `{month:month}`."""

    regex = "[0-9]{4}-[0-9]{2}"

    def convert(self, value: str) -> date:
        return _date(f"{value}-01")

    def to_string(self, value: date) -> str:
        return f"{value:%Y-%m}"


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(404) from error
    if day.year not in YEARS:
        raise HTTPException(404)
    return day


register_url_convertor("edition", _EditionDate())
register_url_convertor("month", _Month())

PAGES: tuple[Callable[[Site], list[BaseRoute]], ...] = (
    reading.routes,  # first, as they are asked for most
    standing.routes,
    webhooks.routes,
    join.routes,
    leaving.routes,
    choosing.routes,
    rating.routes,
    private.routes,
    answering.routes,
    approving.routes,
    contact.routes,
)
"""The first that matches a path answers it."""


def routes(site: Site) -> Iterator[BaseRoute]:
    """Yield every route of the site."""
    for pages in PAGES:
        yield from pages(site)
