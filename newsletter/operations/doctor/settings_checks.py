"""Look at what was configured: secrets, placeholders, the provider, plug-ins. No network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.core import plugins
from newsletter.core.config.settings import Settings
from newsletter.core.errors import NewsletterError
from newsletter.core.model.checkup import Check
from newsletter.core.web_addresses import is_example_host, is_this_machine
from newsletter.operations import secret_names
from newsletter.operations.doctor import rules
from newsletter.subscribers.erasure import SECRET_KEY

_LEAST_KEY = 32
_RULES = {"url": rules.LEAVING, "sender.email": rules.SENDER}
_SENDGRID_KEY = "SENDGRID_API_KEY"
_WEBHOOK_KEY = "SENDGRID_WEBHOOK_PUBLIC_KEY"
# SG. and two parts; SendGrid's documentation shows 22 and 43 signs and promises neither.
_KEY_FORM = re.compile(r"SG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}")
_PUBLIC_KEY_FORM = re.compile(r"[A-Za-z0-9+/]{100,}={0,2}")
# An example's postal address: those of the seed and of `newsletter init`.
_EXAMPLE_PLACE = re.compile(r"12 Quay Lane|Harbour Town|Example Street|Exampletown", re.IGNORECASE)


def look(settings: Settings) -> Iterator[Check]:
    """Yield what was found, one line a thing."""
    yield _provider(settings)
    yield from _secrets(settings)
    yield from placeholders(settings)
    yield from alarms(settings)
    yield _plugins(settings)


def is_placeholder(host: str) -> bool:
    """Say whether a host is an example's, or this machine."""
    return is_example_host(host) or is_this_machine(host)


def sender_host(settings: Settings) -> str:
    """Return the domain of From."""
    return settings.publication.sender.email.rpartition("@")[2].lower()


def alarms(settings: Settings) -> Iterator[Check]:
    """Say who hears of what waits for a person; a way that leads back to us is none."""
    told, publication = settings.alerts, settings.publication
    if not told.has_any:
        measured = "Nobody is told when an edition is held, late, or in doubt"
        yield Check(id="alerts", level="info", measured=measured, next="[alerts] url or email.")
        return
    ours = (publication.sender.email, publication.reply_to, publication.contact)
    if told.email and told.email.lower() in {one.lower() for one in ours if one}:
        yield Check(
            id="alerts.email",
            level="warning",
            measured="Alarms are mailed to an address of the publication's own",
            rule="An alarm reaches a person, and no mailbox that answers or forwards to us",
            next="[alerts] email: the operator's own address.",
        )
    host = urlsplit(publication.url).hostname
    for name, address in (("url", told.url), ("heartbeat", told.heartbeat)):
        if address is not None and urlsplit(address).hostname == host:
            yield Check(
                id=f"alerts.{name}",
                level="warning",
                measured=f"[alerts] {name} is on the publication's own site",
                rule="What tells of a machine's silence is on another machine",
                next=f"[alerts] {name}: an address elsewhere.",
            )


def _provider(settings: Settings) -> Check:
    name = settings.delivery.provider
    if settings.reaches_readers:
        return Check(id="provider", level="ok", measured=f"Mail goes out through {name}")
    where = "files of the outbox" if name == "outbox" else f"{name}, on this machine"
    return Check(
        id="provider",
        level="problem",
        measured=f"Mail goes to {where}, to no reader",
        next='Set [delivery] provider = "sendgrid" or "smtp", when the rest is in order.',
    )


def _secrets(settings: Settings) -> Iterator[Check]:
    for name in secret_names.needed(settings):
        yield _secret(settings, name)


def _secret(settings: Settings, name: str) -> Check:
    try:
        value = settings.secret(name)
    except NewsletterError as error:
        return _lacks(name, error.what, error.hint or f"Correct {name}_FILE.")
    if not value:
        return _lacks(name, f"{name} is not set", _how_to_get(name))
    fault = form_fault(name, value)
    if fault:
        return _lacks(name, f"{name} {fault}", f"Copy {name} again, whole, without quotes.")
    return Check(id=f"secret.{name}", level="ok", measured=f"{name} is set")


def form_fault(name: str, value: str) -> str | None:
    """Say what is wrong with the form of a secret, and nothing of its value. Pure."""
    if not re.fullmatch(r"[!-~]+", value):
        return "has spaces or signs that no key has"
    if name == SECRET_KEY and len(value) < _LEAST_KEY:
        return f"has fewer than {_LEAST_KEY} signs"
    if name == _SENDGRID_KEY and not _KEY_FORM.fullmatch(value):
        return "is not in the form of a key of SendGrid (SG.….…)"
    if name == _WEBHOOK_KEY and not _PUBLIC_KEY_FORM.fullmatch(value):
        return "is not the base64 text SendGrid shows as the verification key"
    return None


def _lacks(name: str, measured: str, step: str) -> Check:
    is_needed = name in {SECRET_KEY, _SENDGRID_KEY}
    return Check(
        id=f"secret.{name}",
        level="problem" if is_needed else "warning",
        measured=measured,
        next=step,
    )


def _how_to_get(name: str) -> str:
    return {
        SECRET_KEY: f'export {name}="$(openssl rand -base64 33)", and keep it beside your backups.',
        _SENDGRID_KEY: "SendGrid, Settings, API Keys, Create: Restricted, with Mail Send.",
        _WEBHOOK_KEY: "SendGrid, Settings, Mail Settings, Event Webhooks, Signature Verification: "
        f"switch it on and set {name} to the key it shows.",
    }.get(name, f"Set {name}, or name a file that holds it as {name}_FILE.")


def placeholders(settings: Settings) -> Iterator[Check]:
    """Yield what is still an example's. Pure."""
    own = settings.publication
    hosts = {
        "url": urlsplit(own.url).hostname or "",
        "sender.email": own.sender.email.rpartition("@")[2],
        "reply_to": (own.reply_to or "").rpartition("@")[2],
        "contact": (own.contact or "").rpartition("@")[2],
    }
    found = {key: host for key, host in hosts.items() if host and is_placeholder(host)}
    for key, host in found.items():
        yield Check(
            id=f"publication.{key}",
            level="problem",
            measured=f"[publication] {key} is at {host}, an example's",
            **(_RULES[key].on() if key in _RULES else {}),
            next=f"Write your own {key} into config.toml.",
        )
    if _EXAMPLE_PLACE.search(own.postal_address):
        yield Check(
            id="publication.postal_address",
            level="problem",
            measured=f"[publication] postal_address is an example's: {own.postal_address}",
            **rules.POSTAL.on(),
            next="Write the address at which you can be reached by post.",
        )
    elif not found:
        yield Check(
            id="publication",
            level="ok",
            measured="Site, sender and postal address are your own",
            **rules.POSTAL.on(),
        )


def _plugins(settings: Settings) -> Check:
    """Load the provider, and every source of the chains."""
    chains = settings.sources
    entries = (*chains.story, *chains.fact, *chains.quote, *chains.word)
    wanted = [("newsletter.content.sources", one.type) for one in entries]
    wanted.append((secret_names.PROVIDERS, settings.delivery.provider))
    broken = []
    for package, name in dict.fromkeys(wanted):
        try:
            plugins.find(package, name)
        except NewsletterError as error:
            broken.append(error)
    if broken:
        return Check(
            id="plugins",
            level="problem",
            measured=broken[0].what,
            next=broken[0].hint or "Correct the plug-in, or take it out of config.toml.",
        )
    names = ", ".join(dict.fromkeys(name for _, name in wanted))
    return Check(id="plugins", level="ok", measured=f"Every plug-in loads: {names}")
