"""The message as one sample reader would get it: `message.eml`, to open in any mail program."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from newsletter.core.model import Envelope, Message
from newsletter.message import merge
from newsletter.message.sample_readers import NAMELESS, substitutions

_UNSUBSCRIBE = "https://example.org/unsubscribe"
_ENCODING = "quoted-printable"


def sample_values(message: Message) -> dict[str, str]:
    """Return a sample reader's value for each merge tag; no fallback: the field's own name."""
    return substitutions(NAMELESS, message, unsubscribe_url=_UNSUBSCRIBE)


def specimen(message: Message, envelope: Envelope, *, now: datetime) -> bytes:
    """Return the bytes of a mail whose merge fields hold a sample reader's values.

    The same arguments give the same bytes.
    """
    filled = sample_values(message)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=envelope.sender_name, addr_spec=envelope.sender_email)
    mail["To"] = NAMELESS.address
    if envelope.reply_to:
        mail["Reply-To"] = envelope.reply_to
    mail["Subject"] = " ".join(merge.fill(message.subject, filled).split())
    mail["Date"] = format_datetime(now)
    # The standard library would choose an encoding, and base64 for some languages.
    mail.set_content(merge.fill(message.text, filled), cte=_ENCODING)
    mail.add_alternative(merge.fill(message.html, filled), subtype="html", cte=_ENCODING)
    # The standard library would choose one at random.
    mail.set_boundary(f"=_specimen_{message.digest[:24]}")
    return mail.as_bytes()
