"""The page behind the link of a proof: it shows what would be approved; a button approves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.core import calendar
from newsletter.core.errors import NewsletterError
from newsletter.delivery.proof_mails import PATH
from newsletter.message import merge
from newsletter.message.specimen import sample_values
from newsletter.storage.proof_mails import MailedProof

if TYPE_CHECKING:
    from newsletter.web.site.site import Site


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of these pages."""
    pages = _Approving(site)
    address = f"{PATH}/{{proof}}"
    return [Route(address, pages.page), Route(address, pages.approve, methods=["POST"])]


class _Approving:
    """Looking at a proof, and approving it. Only a post does."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def page(self, request: Request) -> Response:
        """Show what the link is about; nothing is changed."""
        token = request.path_params["proof"]
        try:
            known = await self._site.work(self._known, token)
        except NewsletterError as error:
            return self._told(request, error)
        return self._site.page(request, "approve", alone=True, own=self._own(token), **known)

    async def approve(self, request: Request) -> Response:
        """Approve the message of the proof, if the edition is still that."""
        token = request.path_params["proof"]
        try:
            proof, _ = await self._site.work(self._site.app.proof_mails.approve_by_link, token)
        except NewsletterError as error:
            return self._told(request, error)
        return self._site.page(request, "approved", alone=True, day=proof.day, problem="")

    def _known(self, token: str) -> dict[str, Any]:
        """Look up the proof, and the message as it is now."""
        app = self._site.app
        mailed: MailedProof = app.proof_mails.find(token)
        proof = app.proofs.prove_best(mailed.day)
        standing = app.approvals.find(mailed.day)
        values, zone = sample_values(proof.message), app.settings.publication.zone
        at = calendar.due(app.timetable, mailed.day).at.astimezone(ZoneInfo(zone))
        return {
            "day": mailed.day,
            "digest": mailed.digest,
            "subject": merge.fill(proof.message.subject, values),
            "text": merge.fill(proof.message.text, values).strip(),
            "when": f"{at:%A, %d %B %Y} at {at:%H:%M} ({zone})",
            "findings": [f"{one.severity}: {one.message}" for one in proof.findings],
            "readers": app.edition_calendar.readers(mailed.day),
            "has_changed": proof.message.digest != mailed.digest,
            "is_approved": standing is not None and standing.digest == mailed.digest,
        }

    def _told(self, request: Request, error: NewsletterError) -> Response:
        problem = f"{error.what} {error.hint}".rstrip()
        return self._site.page(
            request, "approved", status=409, alone=True, day=None, problem=problem
        )

    def _own(self, token: str) -> str:
        return self._site.path(f"{PATH}/{token}")
