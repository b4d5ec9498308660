"""Put the site together: an ASGI application, for `newsletter web` or inside somebody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from newsletter.app import App, bundled
from newsletter.message.render.single import SingleTemplates
from newsletter.storage.site.records import Records
from newsletter.subscribers.erasure import SECRET_KEY, marks_of
from newsletter.web.site import figures as figures_page
from newsletter.web.site import routing
from newsletter.web.site.errands import Errands
from newsletter.web.site.figures import Figures
from newsletter.web.site.limits import Limits
from newsletter.web.site.pages import open_pages
from newsletter.web.site.seals import Seals
from newsletter.web.site.security import Guarded, Rules, status_of
from newsletter.web.site.site import Site

_KNOWN = frozenset({403, 404, 405, 408, 413, 429, 500, 503})


def app(publication: App, *, figures: Figures | None = None) -> ASGIApp:
    """Make the site of an opened publication, which stays open as long as the site is used.

    A server that runs it alone, or mounts it at the path of `[publication] url`, gives it its life
    (ASGI's lifespan); without one, nothing is worked off beside the answers. `figures` makes what
    a monitor is told at `/metrics`.
    """
    site = open_site(publication)

    async def told(request: Request, error: Exception) -> Response:
        answer = page_of(site, request, status_of(error))
        if isinstance(error, HTTPException) and error.headers:
            answer.headers.update(error.headers)
        return answer

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        site.errands.start()
        yield
        await run_in_threadpool(site.errands.close)

    found = [*figures_page.routes(site, figures), *routing.routes(site)]
    inner = Starlette(
        routes=found,
        lifespan=life,
        exception_handlers={HTTPException: told, Exception: told},
    )
    inner.router.redirect_slashes = False

    def page(scope: Scope, status: int) -> Response:
        return page_of(site, Request(scope), status)

    rules = Rules.of(publication.settings, site.pages)
    return Guarded(inner, rules=rules, told=page, done=site.errands.wake)


def open_site(publication: App) -> Site:
    """Make what the pages are made with."""
    settings = publication.settings
    folders = (settings.root / "templates", bundled("templates"))
    base = urlsplit(settings.publication.url).path.rstrip("/")
    records = open_records(publication)
    return Site(
        app=publication,
        pages=open_pages(settings, folders, base=base),
        seals=Seals(publication),
        limits=Limits(),
        records=records,
        errands=Errands(publication, records),
        letters=SingleTemplates(settings, folders),
    )


def open_records(publication: App) -> Records:
    """Open what readers do on the site; raises `Held` where erased addresses are not recognised."""
    settings = publication.settings
    key = settings.secret(SECRET_KEY)
    return Records.of(
        publication.database,
        settings.publication.id,
        mails=publication.single_mails,
        marker=marks_of(key) if key else None,
    )


def page_of(site: Site, request: Request, status: int) -> Response:
    """Return the page that tells a status, in the reader's language."""
    known = status if status in _KNOWN else 400 if status < 500 else 500
    return site.page(request, "fault", status=status, fault=known)
