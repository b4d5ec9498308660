"""Which pages there are: each module has `routes(site)`, and is named here once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute

from newsletter.web.site import (
    dates,  # noqa: F401  # what dates of an address are read with
    join,
    standing,
)
from newsletter.web.site.reading import routes as reading

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

PAGES: tuple[Callable[[Site], list[BaseRoute]], ...] = (
    standing.routes,
    join.routes,
    reading.routes,
)
"""The first that matches a path answers it."""


def routes(site: Site) -> Iterator[BaseRoute]:
    """Yield every route of the site."""
    for pages in PAGES:
        yield from pages(site)
