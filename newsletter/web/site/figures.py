"""Figures for a monitor at `/metrics`, behind a token; without one set there is no such page."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.app import App

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

TOKEN = "NEWSLETTER_METRICS_TOKEN"  # noqa: S105  # the name of the secret
PATH = "/metrics"
Figures = Callable[[App], bytes]  # Prometheus text; whoever serves the site says what is in it
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def routes(site: Site, figures: Figures | None) -> list[BaseRoute]:
    """Return the address of the figures, where there are any and a token to ask for them."""
    token = site.settings.secret(TOKEN)
    if figures is None or not token:
        return []

    async def told(request: Request) -> Response:
        if not is_right(request.headers.get("authorization", ""), token):
            headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
            raise HTTPException(403, headers=headers)
        text = await site.work(figures, site.app)
        return Response(text, media_type=_TYPE, headers={"Cache-Control": "no-store"})

    return [Route(PATH, told)]


def is_right(header: str, token: str) -> bool:
    """Say whether a request has the token, in a time that tells nothing of it. Pure."""
    scheme, _, said = header.partition(" ")
    is_same = secrets.compare_digest(said.strip().encode(), token.encode())
    return scheme.lower() == "bearer" and is_same
