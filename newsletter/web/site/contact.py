"""Write to the editor, and read the terms: kept first, mailed then, so that nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.subscribers.addresses import Address, parse
from newsletter.web.site import notices
from newsletter.web.site.forms import Form, choice, form_of, line, words
from newsletter.web.site.limits import WORDS
from newsletter.web.site.pages import document, documents
from newsletter.web.site.site import network_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

ABOUT = ("question", "story", "mistake")
_LONGEST = 5_000
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    return Contact(site).routes()


class Contact:
    """The form that reaches the editor, and the publication's legal texts."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """Return their addresses."""
        return [
            Route("/contact", self.page),
            Route("/contact", self.submit, methods=["POST"]),
            Route("/terms", self.text, name="terms"),
            Route("/privacy", self.text, name="privacy"),
        ]

    async def page(self, request: Request) -> Response:
        """Show the form; `?about=` only chooses beforehand."""
        return self._page(request, {"about": request.query_params.get("about", "")})

    async def submit(self, request: Request) -> Response:
        """Keep what somebody writes, and mail it to the editor."""
        site, form = self._site, await form_of(request)
        said = {
            "about": choice(form, "about", ABOUT),
            "text": words(form, "text", most=_LONGEST),
            "address": line(form, "address", most=320),
        }
        address = parse(said["address"]) if said["address"] else None
        if not said["text"] or (said["address"] and not isinstance(address, Address)):
            return self._page(request, said, wrong="address" if said["text"] else "text")
        if not site.limits.allows(WORDS, network_of(request), now=site.now()):
            return site.page(request, "fault", status=429, fault=429)
        if not form.get("website"):
            await site.work(self._keep, said, address if isinstance(address, Address) else None)
        return site.page(request, "contact_thanks", here="contact")

    async def text(self, request: Request) -> Response:
        """Show one of the publication's legal texts."""
        site, name = self._site, request.url.path.rpartition("/")[2]
        if name not in documents(site.settings.root):
            raise HTTPException(404)
        written = await site.work(document(site.settings.root, name).read_text, encoding="utf-8")
        body = Markup(_READER.render(written))  # noqa: S704 - the operator's own, without markup
        return site.page(request, "document", name=name, body=body)

    def _page(self, request: Request, said: Form, *, wrong: str = "") -> Response:
        asked = {"about": "", "text": "", "address": ""} | dict(said)
        asked["about"] = asked["about"] if asked["about"] in ABOUT else ABOUT[0]
        return self._site.page(
            request,
            "contact",
            status=422 if wrong else 200,
            said=asked,
            wrong=wrong,
            longest=_LONGEST,
            here="contact",
        )

    def _keep(self, said: Form, address: Address | None) -> None:
        site, now = self._site, self._site.now()
        sender = address.address if address else ""
        site.records.answers.send_letter(
            said["about"],
            said["text"],
            notices.of_letter(site, said["about"], said["text"], sender=sender, now=now),
            canonical=address.canonical if address else "",
            now=now,
        )
