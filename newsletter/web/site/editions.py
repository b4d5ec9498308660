"""What pages beside an edition tell of it: whether it went out, its headline, its date."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from newsletter.web.site import times
from newsletter.web.site.site import language_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site


def exists(site: Site, day: date) -> bool:
    """Say whether readers can have an edition: it was frozen, and its day has come."""
    return day <= site.today() and site.app.used_content.frozen(day) is not None


def headline(site: Site, day: date) -> str:
    """Return the headline of an edition; empty where it has none."""
    frozen = site.app.used_content.frozen(day)
    if frozen is None:
        return ""
    try:
        stories = tomllib.loads(frozen.content).get("stories", [])
    except tomllib.TOMLDecodeError:
        return ""
    first = stories[0] if isinstance(stories, list) and stories else {}
    return str(first.get("headline", "")) if isinstance(first, dict) else ""


def told(site: Site, request: Request, day: date) -> dict[str, Any]:
    """Return what a page says of an edition."""
    return {
        "day": times.weekday(day, language_of(request)),
        "headline": headline(site, day),
        "edition": site.path(f"/editions/{day}"),
    }
