"""Join: a form, a page that waits for the mail, and three ways to say that it was you.

Nothing is ever sent by a script. The link of the mail confirms at once only in the browser that
filled in the form; elsewhere it shows a button, so that whoever opens links by machine changes
nothing. Answers are the same for every address.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from newsletter.core.model import Frequency, SubscriberState
from newsletter.storage.site.signups import Asked, Signup
from newsletter.storage.tokens import new_tokens
from newsletter.subscribers import joining
from newsletter.subscribers.addresses import Address, Refused, parse
from newsletter.web.site import by_mail, captcha, mailing, times
from newsletter.web.site.confirming import confirm
from newsletter.web.site.forms import Form, choice, form_of, line
from newsletter.web.site.limits import DIGITS, JOIN
from newsletter.web.site.site import acts, language_of, network_of

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

COOKIE = "joining"
FREQUENCIES = tuple(map(str, Frequency))
TRAP = "website"  # a field nobody sees: whoever fills it in is a machine
_SHOWN = "shown"  # a field with when the form was shown
_FORM_LASTS = timedelta(hours=12)
_QUICKEST = timedelta(seconds=1)  # in which nobody types an address
_LONGEST = 320  # characters of an address


def routes(site: Site) -> list[BaseRoute]:
    """Return the addresses of this module."""
    return Join(site).routes()


class Join:
    """The pages of joining."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tokens = new_tokens()

    def routes(self) -> list[BaseRoute]:
        """Return their addresses."""
        return [
            Route("/join", self.form),
            Route("/join", self.submit, methods=["POST"]),
            Route("/join/check", self.waiting),
            Route("/join/check", self.try_digits, methods=["POST"]),
            Route("/join/snippet", self.snippet),
            Route("/join/{token}", self.link),
            Route("/join/{token}", self.pressed, methods=["POST"]),
        ]

    async def form(self, request: Request) -> Response:
        """Show the form, or ask for mail instead while machines fill it in."""
        site = self._site
        is_flooded = await site.work(site.records.signups.is_flooded, now=site.now())
        if is_flooded and not site.settings.captcha.is_set:
            return self._by_mail(request)
        said = {"frequency": choice(request.query_params, "frequency", FREQUENCIES)}
        return self._form(request, said, has_captcha=is_flooded)

    async def submit(self, request: Request) -> Response:
        """Take an address; the answer is the same for every one that can be mailed."""
        site, form = self._site, await form_of(request)
        said = {
            "address": line(form, "address", most=_LONGEST),
            "frequency": choice(form, "frequency", FREQUENCIES),
        }
        if request.state.is_foreign or not self._was_shown(form):
            return self._form(request, said, once_more=bool(said["address"]))
        address = parse(said["address"])
        if isinstance(address, Refused):
            return self._form(request, said, is_wrong=True, status=422)
        if not site.limits.allows(JOIN, network_of(request), now=site.now()):
            return site.page(request, "fault", status=429, fault=429)
        if not form.get(TRAP):
            asked = self._asked(request, address, Frequency(said["frequency"]))
            if not await site.work(self._ask, asked):
                refused = await self._checked(request, asked, said, form)
                if refused is not None:
                    return refused
        answer = site.to("/join/check")
        self._remember(request, answer, address)
        return answer

    async def waiting(self, request: Request) -> Response:
        """Wait for six digits, in the browser that filled in the form."""
        address = self._remembered(request)
        if address is None:
            return self._site.to("/join")
        return self._waiting(request, address)

    async def try_digits(self, request: Request) -> Response:
        """Take six digits."""
        site, form = self._site, await form_of(request)
        address = self._remembered(request)
        if address is None:
            return site.to("/join")
        if not site.limits.allows(DIGITS, network_of(request), now=site.now()):
            return site.page(request, "fault", status=429, fault=429)
        typed = joining.digits_of(form.get("digits", ""))
        if len(typed) != 6:
            return self._waiting(request, address, problem="incomplete")
        find = site.records.signups.by_digits
        found, left = await site.work(find, address.canonical, typed, now=site.now())
        if found is None:
            problem = "wrong" if left else "used up"
            return self._waiting(request, address, problem=problem, left=left)
        await site.work(confirm, site, found, how="digits", network=network_of(request))
        return site.to(f"/join/{found.token}")

    async def link(self, request: Request) -> Response:
        """Open the link of the mail: at once in the browser that asked, else with a button."""
        site, found = self._site, await self._of_link(request)
        if found is None:
            return site.page(request, "join_gone", status=404)
        if found.is_confirmed:
            return self._welcome(request)
        address = self._remembered(request)
        is_known = address is not None and address.canonical == found.address.canonical
        if is_known and acts(request):
            return await self._confirmed(request, found, how="link")
        return site.page(request, "join_confirm", token=found.token, alone=True)

    async def pressed(self, request: Request) -> Response:
        """Confirm by the button behind the link."""
        found = await self._of_link(request)
        if found is None:
            return self._site.page(request, "join_gone", status=404)
        if found.is_confirmed:
            return self._welcome(request)
        return await self._confirmed(request, found, how="button")

    async def snippet(self, request: Request) -> Response:
        """Show the form for other sites: what it sends, the page here asks once more."""
        return self._site.page(
            request, "join_snippet", here="join", address=self._site.url("/join")
        )

    # --- beneath -------------------------------------------------------------------------------

    async def _checked(
        self, request: Request, asked: Asked, said: Form, form: Form
    ) -> Response | None:
        """Ask the captcha while machines fill in the form; None: they are a person and in."""
        site, own = self._site, self._site.settings.captcha
        if not own.is_set:
            return self._by_mail(request)
        answer, who = form.get(own.field, ""), asked.address.canonical
        if not await site.work(captcha.is_person, site, answer, who, network=asked.network):
            return self._form(request, said, has_captcha=True, status=422 if answer else 200)
        is_taken = await site.work(self._ask, replace(asked, is_checked=True))
        return None if is_taken else self._by_mail(request)

    async def _of_link(self, request: Request) -> Signup | None:
        token = request.path_params["token"]
        site = self._site
        found = await site.work(site.records.signups.by_token, token, now=site.now())
        if found is None or found.kind in {joining.Letter.NONE, joining.Letter.KNOWN}:
            return None
        if not found.is_confirmed:
            return found
        member = await site.work(site.app.subscribers.find, found.address.canonical)
        stayed = member is not None and member.state is SubscriberState.ACTIVE
        return found if stayed else None

    async def _confirmed(self, request: Request, found: Signup, *, how: str) -> Response:
        site = self._site
        await site.work(confirm, site, found, how=how, network=network_of(request))
        return self._welcome(request)

    def _welcome(self, request: Request) -> Response:
        site = self._site
        coming = times.next_edition(site, language_of(request))
        return site.page(request, "join_welcome", coming=coming, here="join")

    def _waiting(
        self, request: Request, address: Address, *, problem: str = "", left: int = 0
    ) -> Response:
        return self._site.page(
            request,
            "join_check",
            status=422 if problem else 200,
            address=address.address,
            problem=problem,
            left=left,
            here="join",
        )

    def _form(
        self,
        request: Request,
        said: Form,
        *,
        status: int = 200,
        is_wrong: bool = False,
        once_more: bool = False,
        has_captcha: bool = False,
    ) -> Response:
        site = self._site
        answer = site.page(
            request,
            "join",
            status=status,
            said={"address": "", "frequency": FREQUENCIES[0]} | dict(said),
            is_wrong=is_wrong,
            once_more=once_more,
            shown=site.seals.seal("form", "join", now=site.now()),
            at=times.hour(site, language_of(request)),
            here="join",
            captcha=site.settings.captcha if has_captcha else None,
            written=by_mail.invitation(site, now=site.now()) if has_captcha else None,
        )
        answer.headers["Cache-Control"] = "no-store"
        if has_captcha:
            answer.headers["Content-Security-Policy"] = captcha.policy(site.settings.captcha)
        return answer

    def _by_mail(self, request: Request) -> Response:
        site = self._site
        written = by_mail.invitation(site, now=site.now())
        answer = site.page(request, "join_by_mail", here="join", written=written)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _was_shown(self, form: Form) -> bool:
        """Say whether a form came from a page of ours, not at once and not a day later."""
        site = self._site
        found = site.seals.opened("form", form.get(_SHOWN, ""), now=site.now(), lasts=_FORM_LASTS)
        return found is not None and found[1] >= _QUICKEST

    def _asked(self, request: Request, address: Address, frequency: Frequency) -> Asked:
        language = language_of(request)
        text = self._site.pages.words("consent", language=language)
        return Asked(
            address=address,
            frequency=frequency,
            locale=language,
            network=network_of(request),
            consent=f"“{text}” (text {joining.CONSENT_VERSION}, {language}).",
        )

    def _ask(self, asked: Asked) -> bool:
        site, now = self._site, self._site.now()
        is_taken = site.records.signups.ask(
            asked,
            token=next(self._tokens),
            digits=f"{secrets.randbelow(10**6):06}",
            compose=lambda one, letter: mailing.to_join(site, one, letter, now=now),
            now=now,
        )
        if not is_taken:
            by_mail.tell(site)
        return is_taken

    def _remember(self, request: Request, answer: Response, address: Address) -> None:
        site = self._site
        answer.set_cookie(
            COOKIE,
            site.seals.seal("joining", address.address, now=site.now()),
            max_age=int(joining.LINK_LASTS.total_seconds()),
            path=site.path("/join"),
            secure=site.has_secure_cookies(request),
            httponly=True,
            samesite="lax",
        )

    def _remembered(self, request: Request) -> Address | None:
        """Return which address this browser asked to join for."""
        site = self._site
        sealed = request.cookies.get(COOKIE, "")
        found = site.seals.opened("joining", sealed, now=site.now(), lasts=joining.LINK_LASTS)
        address = parse(found[0]) if found else None
        return address if isinstance(address, Address) else None
