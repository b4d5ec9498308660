"""The page behind the link of a proof: it shows what would be approved; a button approves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.core import calendar
from newsletter.core.errors import Held, NewsletterError, NothingToDo, Overtaken
from newsletter.delivery.proof_mails import PATH, LinkGone, ProofUsedError
from newsletter.message import merge
from newsletter.message.specimen import sample_values
from newsletter.storage.proof_mails import MailedProof
from newsletter.web.site import times
from newsletter.web.site.site import language_of

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
        token, language = request.path_params["proof"], language_of(request)
        try:
            known = await self._site.work(self._known, token, language)
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
        day = times.weekday(proof.day, language_of(request))
        return self._site.page(request, "approved", alone=True, day=day, problem="")

    def _known(self, token: str, language: str) -> dict[str, Any]:
        """Look up the proof, and the message as it is now."""
        app = self._site.app
        mailed: MailedProof = app.proof_mails.find(token)
        proof = app.proofs.prove_best(mailed.day)
        values, zone = sample_values(proof.message), app.settings.publication.zone
        at = calendar.due(app.timetable, mailed.day).at
        return {
            "day": times.weekday(mailed.day, language),
            "digest": mailed.digest,
            "subject": merge.fill(proof.message.subject, values),
            "text": merge.fill(proof.message.text, values).strip(),
            "when": f"{times.moment(self._site, at, language)} ({zone})",
            "findings": [f"{one.severity}: {one.message}" for one in proof.findings],
            "readers": app.edition_calendar.readers(mailed.day),
            "standing": self._standing(mailed, proof.message.digest),
        }

    def _standing(self, mailed: MailedProof, digest: str) -> str:
        """Say what there is to do about a proof: nothing, but for a word that is still open."""
        app = self._site.app
        if app.sends.find(mailed.day) is not None:
            return "begun"
        if digest != mailed.digest:
            return "changed"
        approval = app.approvals.find(mailed.day)
        if approval is not None and approval.digest == mailed.digest:
            return "approved"
        return "used" if mailed.used_at is not None else "open"

    def _told(self, request: Request, error: NewsletterError) -> Response:
        detail = f"{error.what} {error.hint}".rstrip()
        return self._site.page(
            request, "approved", status=409, alone=True, problem=_problem(error), detail=detail
        )

    def _own(self, token: str) -> str:
        return self._site.path(f"{PATH}/{token}")


# The first that an error is one of: what the page says of it in the reader's language.
_PROBLEMS: tuple[tuple[type[NewsletterError], str], ...] = (
    (LinkGone, "gone"),
    (Overtaken, "changed"),
    (NothingToDo, "begun"),
    (Held, "errors"),
    (ProofUsedError, "used"),
)


def _problem(error: NewsletterError) -> str:
    return next((word for kind, word in _PROBLEMS if isinstance(error, kind)), "other")
