"""What stands beside the pages: the style sheet, the icon, and whether the site is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.core.config.settings import Settings
from newsletter.core.errors import StorageError
from newsletter.web.site.security import HEALTH

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

FOR_EVER = "public, max-age=31536000, immutable"
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
    '<rect width="64" height="64" rx="12" fill="{brand}"/><path fill="{on_brand}" '
    'd="M14 16h36v6H14zm0 12h36v3H14zm0 9h36v3H14zm0 9h22v3H14z"/></svg>'
)


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    style, icon = site.pages.style, icon_of(site.settings)

    async def style_sheet(_request: Request) -> Response:
        return Response(style.text, media_type="text/css", headers={"Cache-Control": FOR_EVER})

    async def icon_file(_request: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=86400"}
        return Response(icon, media_type="image/svg+xml", headers=headers)

    async def health(_request: Request) -> Response:
        """Say whether the database answers; nothing of the publication."""
        try:
            is_well = await site.work(site.app.database.is_current)
        except StorageError:
            is_well = False
        words, status = ("ok", 200) if is_well else ("the database does not answer", 503)
        headers = {"Cache-Control": "no-store"}
        return JSONResponse({"status": words}, status_code=status, headers=headers)

    return [
        Route(f"/{style.name}", style_sheet),
        Route("/icon.svg", icon_file),
        Route(HEALTH, health),
    ]


def icon_of(settings: Settings) -> str:
    """Return the publication's icon, in its colours."""
    light = settings.template.light
    return _ICON.format(brand=light.brand, on_brand=light.on_brand)
