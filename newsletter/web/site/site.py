"""What every page of the site is made with: the publication, its templates, its clock, its work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from newsletter.app import App
from newsletter.core.config.settings import Publication, Settings
from newsletter.message.render.single import SingleTemplates
from newsletter.storage.site.records import Records
from newsletter.web.site.errands import Errands
from newsletter.web.site.limits import Limits
from newsletter.web.site.pages import Pages
from newsletter.web.site.seals import Seals

Result = TypeVar("Result")
Asked = ParamSpec("Asked")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One publication's site. Each module of pages has `routes(site)`, listed in `routing`."""

    app: App  # its parts may be used by several threads at once
    pages: Pages
    seals: Seals
    limits: Limits
    records: Records
    errands: Errands  # what is worked off beside the answers
    letters: SingleTemplates  # the mails to one person that pages lead to

    @property
    def settings(self) -> Settings:
        """Return everything the installation was told."""
        return self.app.settings

    @property
    def publication(self) -> Publication:
        """Return `[publication]`."""
        return self.app.settings.publication

    def now(self) -> datetime:
        """Return the present moment."""
        return self.app.clock.now()

    def today(self) -> date:
        """Return the publication date of this moment."""
        return self.app.today()

    def path(self, path: str) -> str:
        """Return an address of this site as pages link to it: `/join`."""
        return self.pages.base + path

    def url(self, path: str) -> str:
        """Return an address of this site as mails and other sites link to it."""
        return self.publication.url.rstrip("/") + path

    def page(
        self,
        request: Request,
        name: str,
        /,
        *,
        status: int = 200,
        language: str | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Answer with a page of `templates/web/`, in the reader's language or the one named."""
        tag = language or language_of(request)
        text = self.pages.text(name, language=tag, **values)
        answer = HTMLResponse(text, status_code=status)
        answer.headers["Content-Language"] = tag
        if language is None:
            answer.headers["Vary"] = "Accept-Language"
        return answer

    def to(self, path: str) -> RedirectResponse:
        """Lead a browser to a page of this site, after it has sent a form."""
        return RedirectResponse(self.path(path), status_code=303)

    def has_secure_cookies(self, request: Request) -> bool:
        """Say whether cookies may come back over TLS only; on this machine there is none."""
        is_public = request.url.hostname not in _LOOPBACK
        return is_public and urlsplit(self.publication.url).scheme == "https"

    async def work(
        self, do: Callable[Asked, Result], *args: Asked.args, **named: Asked.kwargs
    ) -> Result:
        """Do what waits for the database or a file on a thread; what it raises is raised here."""
        return await run_in_threadpool(do, *args, **named)


def language_of(request: Request) -> str:
    """Return the language a request is answered in."""
    found: str = request.state.language
    return found


def network_of(request: Request) -> str:
    """Return the network a request comes from, never a whole address."""
    found: str = request.state.network
    return found


def acts(request: Request) -> bool:
    """Say whether opening a page may do something: a browser shows it, and does not just load it.

    HEAD is somebody who looks; a prefetch is nobody yet.
    """
    purposes = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
    return request.method == "GET" and not any("prefetch" in one for one in purposes)
