"""The message as one sample reader would get it: `message.eml`, to open in any mail program."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from newsletter.core.model import Envelope, Message
from newsletter.message import merge
from newsletter.message.header_lines import mailbox_lines, text_lines
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
    subject = " ".join(merge.fill(message.subject, filled).split())
    headers = [
        mailbox_lines("From", envelope.sender_email, display=envelope.sender_name),
        mailbox_lines("To", NAMELESS.address),
        mailbox_lines("Reply-To", envelope.reply_to) if envelope.reply_to else "",
        text_lines("Subject", subject),
        f"Date: {format_datetime(now)}\r\n",
        f"Message-ID: <{message.digest[:24]}@{envelope.sender_email.rpartition('@')[2]}>\r\n",
    ]
    mail = EmailMessage(policy=SMTP)
    # The standard library would choose an encoding, and base64 for some languages.
    mail.set_content(merge.fill(message.text, filled), cte=_ENCODING)
    mail.add_alternative(merge.fill(message.html, filled), subtype="html", cte=_ENCODING)
    # The standard library would choose one at random.
    mail.set_boundary(f"=_specimen_{message.digest[:24]}")
    return "".join(headers).encode() + mail.as_bytes()
