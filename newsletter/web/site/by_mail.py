"""Join by mail: what stays open while machines fill in the form, and the alarm that tells so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from newsletter.core.errors import Held, InputError
from newsletter.core.model import Subscriber
from newsletter.subscribers import register
from newsletter.subscribers.addresses import Address, Refused, parse
from newsletter.subscribers.model import Consent, Person
from newsletter.web.site.confirming import welcome

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another
_LENGTH = 6
_LASTS = 3  # days
CODE = re.compile(rf"\b(?:join|Join|JOIN)[- ]([{_SIGNS}]{{{_LENGTH}}})\b")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where to write, and the address that opens a mail with all of it."""

    to: str
    subject: str

    @property
    def link(self) -> str:
        """Return the `mailto:` of it."""
        return f"mailto:{quote(self.to, safe='@')}?subject={quote(self.subject)}"


def invitation(site: Site, *, now: datetime) -> Invitation:
    """Ask for a mail with the code of the day."""
    publication = site.publication
    to = publication.reply_to or publication.contact or publication.sender.email
    return Invitation(to=to, subject=f"Join {code(site, now)}")


def code(site: Site, now: datetime) -> str:
    """Return the code of a day: whoever has it has seen the page."""
    return site.seals.word("join by mail", f"{now:%Y-%m-%d}", signs=_SIGNS, length=_LENGTH)


def is_known(site: Site, subject: str, *, now: datetime) -> bool:
    """Say whether a subject has the code of one of the last days."""
    found = CODE.search(subject)
    days = (now - timedelta(days=back) for back in range(_LASTS))
    return found is not None and found[1] in {code(site, day) for day in days}


def tell(site: Site) -> None:
    """Tell the operator, once a day, that the form is closed to machines and to everybody."""
    site.app.alerts.tell(
        "Machines are filling in the join form: under a fifth of its last mails were confirmed. "
        "It asks for mail instead until that changes; `newsletter subscribers received` takes in "
        "the mails that come."
    )


def received(site: Site, raw: bytes, *, server: str) -> Subscriber:
    """Take in somebody's mail that asks to join; return the member they are then.

    `server` is our own mail server by the name it gives itself: only its word counts that the mail
    came from the domain it names. Raises `Held` with what is missing, `NothingToDo` for a member.
    """
    message = BytesParser(policy=policy.default).parsebytes(raw)
    address = _sender(message)
    if not is_known(site, str(message.get("Subject", "")), now=site.now()):
        raise Held(
            "The mail has no code of the last days in its subject.",
            hint="If they asked all the same: newsletter subscribers add ADDRESS --consent …",
        )
    if not _is_proven(message, address, server=server):
        raise Held(
            f"Nothing proves who wrote the mail: {server} does not say dmarc=pass.",
            hint="Ask them, and then: newsletter subscribers add ADDRESS --consent …",
        )
    now = site.now()
    consent = Consent(at=now, how="mail", text=f"Asked by mail on {now:%Y-%m-%d %H:%M:%S} UTC.")
    person = Person(address=address.address, canonical=address.canonical)
    with site.app.database.together():
        member = register.confirmed(site.app.subscribers, person, consent=consent)
        welcome(site, member)
    return member


def _sender(message: EmailMessage) -> Address:
    senders: list[Any] = list(getattr(message.get("From"), "addresses", ()))
    found = parse(senders[0].addr_spec) if len(senders) == 1 else Refused("It names nobody.")
    if isinstance(found, Refused):
        raise InputError(f"The mail does not say who wrote it. {found.reason}")
    return found


def _is_proven(message: EmailMessage, address: Address, *, server: str) -> bool:
    """Say whether our server, which takes out what others wrote in its name, saw DMARC pass."""
    for header in message.get_all("Authentication-Results", []):
        who, _, results = str(header).partition(";")
        if who.split()[:1] == [server]:
            domain = re.escape(address.canonical.rpartition("@")[2])
            passed = (
                rf"\bdmarc\s*=\s*pass\b[^;]*\bheader\.from\s*=\s*(?:[^;\s]*@)?{domain}(?![\w.-])"
            )
            return re.search(passed, results, re.IGNORECASE) is not None
    return False
