"""The mails that pages lead to: each made here, put into the outbox by whoever causes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.core import reader_links
from newsletter.core.model import Subscriber
from newsletter.core.model.single_mails import MailKind, SingleMail
from newsletter.storage.site.signups import Signup
from newsletter.subscribers import joining
from newsletter.subscribers.joining import Letter
from newsletter.web.site import languages

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

_SOON = timedelta(hours=1)
_UNDO_LASTS = timedelta(days=30)


def to_join(site: Site, one: Signup, letter: Letter, *, now: datetime) -> SingleMail:
    """Write to an address that was typed into the form: not a sign of it, but for the address.

    Who is on the list already is told so, in a mail of the same kind.
    """
    name = "known" if letter is Letter.KNOWN else "confirm"
    link = site.url("/lost") if letter is Letter.KNOWN else site.url(f"/join/{one.token}")
    digits = f"{one.digits[:3]} {one.digits[3:]}"
    said = site.letters.filled(name, language=_known(site, one.locale), link=link, digits=digits)
    return SingleMail(
        kind=MailKind.CONFIRMATION,
        key=f"join {one.id} {one.token[:8]} {now:%Y-%m-%dT%H:%M:%S}",
        to=one.address.address,
        subject=said.subject,
        html=said.html,
        text=said.text,
        expires_at=now + joining.PAUSE,
    )


def to_come_back(site: Site, left: Subscriber, undo: str, *, now: datetime) -> SingleMail:
    """Tell somebody who left how to come back."""
    language = _known(site, left.locale or "")
    said = site.letters.filled("undo", language=language, link=site.url(f"/u/undo/{undo}"))
    return SingleMail(
        kind=MailKind.UNDO,
        key=f"undo {left.id} {now:%Y-%m-%d}",
        to=left.address,
        subject=said.subject,
        html=said.html,
        text=said.text,
        expires_at=now + joining.PAUSE,
        subscriber_id=left.id,
    )


def to_open(
    site: Site, reader: Subscriber | None, token: str, *, to: str = "", now: datetime
) -> SingleMail:
    """Mail a fresh link to what a forwarded mail must not open; nobody's goes nowhere."""
    language = _known(site, (reader.locale if reader else "") or "")
    said = site.letters.filled("link", language=language, link=site.url(f"/me/{token}"))
    return SingleMail(
        kind=MailKind.LOST_LINK,
        key=f"link {token[:16]}",
        to=reader.address if reader else to,
        subject=said.subject,
        html=said.html,
        text=said.text,
        expires_at=now + _SOON,
        subscriber_id=reader.id if reader else None,
    )


def to_new_address(
    site: Site, reader: Subscriber, address: str, token: str, *, now: datetime
) -> SingleMail:
    """Ask a new address whether it is the reader's."""
    language = _known(site, reader.locale or "")
    said = site.letters.filled("address", language=language, link=site.url(f"/me/{token}"))
    return SingleMail(
        kind=MailKind.ADDRESS_CHANGE,
        key=f"address {reader.id} {now:%Y-%m-%dT%H:%M:%S} {token[:8]}",
        to=address,
        subject=said.subject,
        html=said.html,
        text=said.text,
        expires_at=now + _SOON,
    )


def to_answerer(
    site: Site, address: str, token: str, *, language: str, now: datetime
) -> SingleMail:
    """Ask somebody who wrote on the public page whether it was them."""
    said = site.letters.filled("answer", language=language, link=site.url(f"/answers/{token}"))
    return SingleMail(
        kind=MailKind.CONFIRMATION,
        key=f"answer {token[:16]}",
        to=address,
        subject=said.subject,
        html=said.html,
        text=said.text,
        expires_at=now + joining.PAUSE,
    )


def to_editor(
    site: Site, key: str, heading: str, said: str, *, sender: str, hint: str, now: datetime
) -> SingleMail:
    """Hand the editor what a reader wrote, in the publication's language."""
    publication = site.publication
    made = site.letters.render(
        "notice",
        language=publication.language,
        heading=heading,
        said=said,
        sender=sender,
        next=hint,
    )
    return SingleMail(
        kind=MailKind.NOTICE,
        key=key,
        to=publication.contact or publication.reply_to or publication.sender.email,
        subject=made.subject,
        html=made.html,
        text=made.text,
        headers={"Reply-To": sender} if sender else {},
        expires_at=now + _UNDO_LASTS,
    )


def leaving_link(site: Site, reader: Subscriber, day: date | None) -> str:
    """Return a reader's own address for leaving."""
    return reader_links.unsubscribe_url(site.publication.url, reader.token, day)


def _known(site: Site, locale: str) -> str:
    """Return a language there are words in: the reader's, else the publication's."""
    return languages.chosen(locale, site.pages.languages)
