"""One reader's mail as RFC 5322 text, for providers that take whole mails. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from newsletter import merge
from newsletter.model import Envelope, Message, Recipient
from newsletter.providers._headers import own_headers, shared_headers

_LONGEST_LINE = 998  # RFC 5322, 2.1.1, without the line end


def compose(
    envelope: Envelope, message: Message, recipient: Recipient, *, date: datetime
) -> EmailMessage:
    """Put one reader's values into the message; plain text first, then HTML.

    Recipients for whom `_recipients.problem_with` has a sentence must not come here.
    """
    values = recipient.substitutions
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(envelope.sender_name, addr_spec=envelope.sender_email)
    mail["To"] = Address(recipient.name, addr_spec=recipient.address)
    if envelope.reply_to:
        mail["Reply-To"] = Address(addr_spec=envelope.reply_to)
    mail["Subject"] = merge.fill(message.subject, values)
    mail["Date"] = date
    mail["Message-ID"] = message_id(envelope, recipient.address)
    for name, value in (own_headers(recipient) | shared_headers(envelope)).items():
        mail[name] = value
    text, html = merge.fill(message.text, values), merge.fill(message.html, values)
    mail.set_content(text, cte=_transfer_encoding(text))
    mail.add_alternative(html, subtype="html", cte=_transfer_encoding(html))
    mail.set_boundary(f"=_{_opaque(envelope, recipient.address)}")  # else it were random
    return mail


def message_id(envelope: Envelope, address: str) -> str:
    """Name one reader's copy of one edition: the same again for the same two, and opaque."""
    domain = envelope.sender_email.rpartition("@")[2]
    return f"<{envelope.edition:%Y%m%d}.{_opaque(envelope, address)}@{domain}>"


def _opaque(envelope: Envelope, address: str) -> str:
    kind = "test" if envelope.test else "edition"
    key = "\0".join((envelope.publication, envelope.edition.isoformat(), kind, address.lower()))
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _transfer_encoding(text: str) -> str:
    """Keep a part readable as it is, unless a line is longer than mail may have."""
    longest = max(map(len, text.encode().splitlines()), default=0)
    return "8bit" if longest <= _LONGEST_LINE else "quoted-printable"
