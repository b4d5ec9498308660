"""The provider's webhook: believed by its signature alone, stored before it is answered."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from newsletter.core.errors import ConfigError, InputError, StorageError
from newsletter.delivery.events.intake import EventIntake
from newsletter.web.site.security import WEBHOOKS

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

log = logging.getLogger(__name__)


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module: one, of the provider that reports."""
    provider = site.settings.delivery.provider

    @cache
    def intake() -> EventIntake | None:
        try:
            found = site.app.events()
            found.refuse_without_key()
        except ConfigError:  # the provider reports nothing, or nothing that could be told genuine
            return None
        return found

    async def post(request: Request) -> Response:
        body = await request.body()
        opened = await site.work(intake)
        if opened is None:
            return PlainTextResponse("Refused: there is no key to tell a genuine post.\n", 403)
        try:
            await site.work(opened.receive, body, dict(request.headers))
        except InputError as error:
            log.warning("Post refused: %s", error.what, extra={"event": "events.post.refused"})
            return PlainTextResponse("Refused.\n", 403)
        except StorageError as error:
            log.warning("Post not stored: %s", error.what, extra={"event": "events.post.lost"})
            return PlainTextResponse("Not stored; please repeat.\n", 503)
        site.errands.wake()
        return Response(status_code=204)

    return [Route(f"{WEBHOOKS}{provider}", post, methods=["POST"])]
