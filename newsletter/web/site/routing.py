"""Which pages there are: each module has `routes(site)`, and is named here once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from newsletter.web.site import standing

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

YEARS = range(1900, 2200)  # of the dates the site has pages for


class _EditionDate(Convertor[date]):
    """A publication date as a part of an address: `{day:edition}`."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def convert(self, value: str) -> date:
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise HTTPException(404) from error
        if day.year not in YEARS:
            raise HTTPException(404)
        return day

    def to_string(self, value: date) -> str:
        return value.isoformat()


register_url_convertor("edition", _EditionDate())

PAGES: tuple[Callable[[Site], list[BaseRoute]], ...] = (standing.routes,)
"""The first that matches a path answers it."""


def routes(site: Site) -> Iterator[BaseRoute]:
    """Yield every route of the site."""
    for pages in PAGES:
        yield from pages(site)
