"""Examine a publication: everything on this machine first, then what the network says of it."""

from __future__ import annotations

import importlib.util
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.app import App
from newsletter.core.errors import NewsletterError
from newsletter.core.http.client import HttpClient
from newsletter.core.model.checkup import Check
from newsletter.core.web_addresses import is_this_machine
from newsletter.delivery.opening import open_account
from newsletter.delivery.provider import AccountReview, AccountState
from newsletter.operations.doctor import (
    edition_checks,
    installation,
    rules,
    settings_checks,
    site_checks,
    tls_checks,
)

if TYPE_CHECKING:
    from newsletter.operations.doctor.dns_checks import Zones

EXTRA = ("checkdmarc", "dns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How the network is asked; what is left out is the system's own."""

    zones: Callable[[], Zones] | None = None
    client: HttpClient | None = None  # for the site, whose TLS is not measured then
    trust: ssl.SSLContext | None = None
    account: Callable[[], AccountReview | None] | None = None


def examine(app: App, *, network: bool, reach: Reach | None = None) -> Iterator[Check]:
    """Yield one line a thing, as soon as it is known. Never raises for what is looked at."""
    reach = reach or Reach()
    yield rules.age(app.today())
    yield from _kept(lambda: installation.look(app), "database")
    yield from _kept(lambda: settings_checks.look(app.settings), "settings")
    yield from _kept(lambda: edition_checks.look(app), "edition")
    if not network:
        yield Check(id="network", level="info", measured="The network was not asked (--offline)")
        return
    state = AccountState(checks=())
    try:
        state = _account(app, reach)
    except NewsletterError as error:
        yield Check(id="provider.account", level="problem", measured=error.what, next=_step(error))
    yield from state.checks
    yield from _dns(app, state, reach)
    yield from tls_checks.mail_server(app.settings, now=app.clock.now(), trust=reach.trust)
    yield from _site(app, reach)


def _kept(look: Callable[[], Iterator[Check]], room: str) -> Iterator[Check]:
    """Go on with the next room where one cannot be looked at to the end."""
    try:
        yield from look()
    except NewsletterError as error:
        yield Check(id=room, level="problem", measured=error.what, next=_step(error))


def _step(error: NewsletterError) -> str:
    return error.hint or "Correct what is named, then run it again."


def _account(app: App, reach: Reach) -> AccountState:
    """Look at the provider's account, where there is one and a key to ask with."""
    face = reach.account() if reach.account else open_account(app.settings, app.clock)
    if face is None:
        return AccountState(checks=())
    try:
        return face.review()
    finally:
        face.close()


def _dns(app: App, state: AccountState, reach: Reach) -> Iterator[Check]:
    host = settings_checks.sender_host(app.settings)
    if settings_checks.is_placeholder(host):
        measured = f"The DNS of {host} was not asked: it is an example's"
        yield Check(id="dns", level="info", measured=measured)
        return
    if any(importlib.util.find_spec(name) is None for name in EXTRA):
        yield Check(
            id="dns",
            level="warning",
            measured="SPF, DKIM and DMARC were not looked at",
            next="pip install 'daily-news-brief[doctor]', then run it again.",
        )
        return
    from newsletter.operations.doctor import dns_checks  # noqa: PLC0415  # comes with an extra

    smtp = app.settings.smtp.host
    is_own_server = app.settings.delivery.provider == "smtp" and not is_this_machine(smtp)
    names = dns_checks.SenderNames(
        sender=host,
        signs_for=state.signs_for,
        bounces_at=state.bounces_at,
        keys_at=state.keys_at,
        server=smtp if is_own_server else None,
    )
    yield from dns_checks.look(names, reach.zones() if reach.zones else dns_checks.Zones())


def _site(app: App, reach: Reach) -> Iterator[Check]:
    host = urlsplit(app.settings.publication.url).hostname or ""
    if settings_checks.is_placeholder(host) and reach.client is None:
        measured = f"The site was not asked: {host} is an example's"
        yield Check(id="site", level="info", measured=measured)
        return
    found = tuple(site_checks.look(app.settings, reach.client))
    is_there = reach.client is None and all(one.id != "site.answers" for one in found)
    if is_there and urlsplit(app.settings.publication.url).scheme == "https":
        yield tls_checks.site(app.settings, now=app.clock.now(), trust=reach.trust)
    yield from found
