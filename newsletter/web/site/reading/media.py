"""The publication's own pictures, where `[media] url` says that this site serves them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.core.config.settings import Settings
from newsletter.web.site.reading.shelf import is_known
from newsletter.web.site.standing import FOR_EVER

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_OF_ITS_CONTENT = re.compile(r"[0-9a-f]{20}\.\w+")  # as `content/pictures.py` names what it keeps
_A_DAY = "public, max-age=86400"


def path_of(settings: Settings) -> str | None:
    """Return the path, below the site's own, at which pictures are served; None: elsewhere."""
    media, home = settings.media.url, settings.publication.url.rstrip("/")
    if not media or not media.startswith(f"{home}/"):
        return None
    path = media.removeprefix(home).rstrip("/")
    return path if re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path) else None


def folder(settings: Settings) -> Path:
    """Return where the pictures lie."""
    return settings.root / "content" / "media"


def is_picture(name: str) -> bool:
    """Say whether a file of the folder is one of the pictures that are served."""
    return bool(_NAME.fullmatch(name)) and Path(name).suffix.lower() in TYPES


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    path, home = path_of(site.settings), folder(site.settings)
    if path is None:
        return []

    def found(name: str) -> FileResponse | None:
        file = home / name
        if not is_picture(name) or not file.is_file():
            return None
        lasts = FOR_EVER if _OF_ITS_CONTENT.fullmatch(name) else _A_DAY
        return FileResponse(
            file,
            media_type=TYPES[file.suffix.lower()],
            stat_result=file.stat(),
            headers={"Cache-Control": lasts, "Cross-Origin-Resource-Policy": "cross-origin"},
        )

    async def picture(request: Request) -> Response:
        answer = await site.work(found, request.path_params["name"])
        if answer is None:
            raise HTTPException(404)
        if is_known(request.headers.get("if-none-match", ""), answer.headers["etag"]):
            kept = ("etag", "cache-control", "cross-origin-resource-policy")
            return Response(status_code=304, headers={name: answer.headers[name] for name in kept})
        return answer

    return [Route(f"{path}/{{name}}", picture)]
