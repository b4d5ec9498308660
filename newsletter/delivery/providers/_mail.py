"""One reader's mail as RFC 5322 bytes, for providers that take whole mails. Pure.

What all copies of a message share is written once, as a `Letter`; a copy is then its own headers
and two texts joined at their merge tags. What does not fit that quick way (a long or foreign name
in a header, a line that grew too long, a server for seven bits) is written by `email`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from newsletter.core.model import Envelope, Message, Recipient
from newsletter.delivery.providers._headers import own_headers, shared_headers
from newsletter.message.header_lines import list_id_lines, mailbox_lines, text_lines

_LONGEST_LINE = 998  # bytes, without the line end: RFC 5322, 2.1.1
_SHORT_LINE = 76  # characters; such a header is never folded
_LINE_END = re.compile(r"\r\n|\r|\n")
_ATOM = r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+"  # RFC 5322, 3.2.3, less what begins an encoded word
_PLAIN_NAME = re.compile(rf"{_ATOM}(?: {_ATOM})*")
_PLAIN_TEXT = re.compile(r"[!-<>-~](?:[ -<>-~]*[!-<>-~])?")  # ASCII without "=", as above


@lru_cache(maxsize=4)
def letter(envelope: Envelope, message: Message) -> Letter:
    """Return what all copies of a message share; the same message is prepared once."""
    return Letter(envelope, message)


class Letter:
    """A message, ready to be written for one reader after the other. Safe to share."""

    def __init__(self, envelope: Envelope, message: Message) -> None:
        tags = [tag for field in message.fields for tag in (field.html_tag, field.text_tag)]
        self._envelope = envelope
        self._boundary = f"=_{message.digest[:32]}"
        self._subject = _Spliced(message.subject, tags)
        self._shared = _shared(envelope, self._boundary)
        self._parts = (
            _Part("plain", _Spliced(_with_crlf(message.text), tags)),
            _Part("html", _Spliced(_with_crlf(message.html), tags)),
        )

    def copy(self, recipient: Recipient, *, date: datetime, seven_bit: bool = False) -> bytes:
        """Write one reader's copy; plain text first, then HTML.

        Recipients for whom `_recipients.problem_with` has a sentence must not come here.
        """
        values = recipient.substitutions
        headers = [
            _to(recipient),
            _header("Subject", self._subject.filled(values)),
            f"Date: {format_datetime(date)}\r\n",
            f"Message-ID: {message_id(self._envelope, recipient.address)}\r\n",
            *(f"{name}: {value}\r\n" for name, value in own_headers(recipient).items()),
        ]
        parts = (part.written(values, seven_bit=seven_bit) for part in self._parts)
        body = "".join(f"--{self._boundary}\r\n{part}\r\n" for part in parts)
        return f"{''.join(headers)}{self._shared}{body}--{self._boundary}--\r\n".encode()


def message_id(envelope: Envelope, address: str) -> str:
    """Name one reader's copy of one edition, or a single mail: the same again, and opaque."""
    of_copy = (envelope.publication, envelope.edition.isoformat(), envelope.kind, address.lower())
    key = "\0".join(of_copy if envelope.single is None else (*of_copy, envelope.single.key))
    opaque = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{envelope.edition:%Y%m%d}.{opaque}@{envelope.sender_email.rpartition('@')[2]}>"


class _Spliced:
    """A text that was cut at its merge tags once."""

    def __init__(self, text: str, tags: list[str]) -> None:
        cut = re.compile("|".join(map(re.escape, tags)) or r"(?!)")
        self._pieces = [piece for pair in _cut(text, cut) for piece in pair]
        self._tags = [(place, self._pieces[place]) for place in range(1, len(self._pieces), 2)]
        lines = cut.sub("", text).encode().split(b"\r\n")
        self._room = _LONGEST_LINE - max(map(len, lines))

    def filled(self, values: Mapping[str, str]) -> str:
        """Put one reader's values in; they are never looked at again."""
        pieces = self._pieces.copy()
        for place, tag in self._tags:
            pieces[place] = values.get(tag, tag)
        return "".join(pieces)

    def fits(self, values: Mapping[str, str]) -> bool:
        """Say whether no line can be too long, even if all values came to stand in one."""
        return sum(len(values.get(tag, tag).encode()) for _, tag in self._tags) <= self._room


class _Part:
    """One of the two texts of a mail, with the headers of a part."""

    def __init__(self, subtype: str, text: _Spliced) -> None:
        self._subtype = subtype
        self._text = text
        self._headers = (
            f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: 8bit\r\n\r\n"
        )

    def written(self, values: Mapping[str, str], *, seven_bit: bool) -> str:
        """Keep the text readable as it is, unless a line is longer than mail may have."""
        text = self._text.filled(values)
        if not seven_bit and (self._text.fits(values) or _lines_fit(text)):
            return self._headers + text
        part = MIMEPart(policy=SMTP)
        part.set_content(text, subtype=self._subtype, cte="quoted-printable")
        return part.as_bytes().decode("ascii")


def _cut(text: str, tag: re.Pattern[str]) -> list[tuple[str, ...]]:
    """Return each text with the tag behind it; the last text has none."""
    found, start = [], 0
    for match in tag.finditer(text):
        found.append((text[start : match.start()], match.group()))
        start = match.end()
    return [*found, (text[start:],)]


def _with_crlf(text: str) -> str:
    return _LINE_END.sub("\r\n", text)


def _lines_fit(text: str) -> bool:
    return all(len(line) <= _LONGEST_LINE for line in text.encode().split(b"\r\n"))


def _shared(envelope: Envelope, boundary: str) -> str:
    """Write the headers that are the same in every copy, and the empty line behind all headers."""
    lines = [mailbox_lines("From", envelope.sender_email, display=envelope.sender_name)]
    if envelope.reply_to:
        lines.append(mailbox_lines("Reply-To", envelope.reply_to))
    for name, value in shared_headers(envelope).items():
        lines.append(list_id_lines(value) if name == "List-Id" else f"{name}: {value}\r\n")
    return (
        "".join(lines)
        + "MIME-Version: 1.0\r\n"
        + f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    )


def _to(recipient: Recipient) -> str:
    line = f"To: {recipient.name} <{recipient.address}>"
    if len(line) <= _SHORT_LINE and _PLAIN_NAME.fullmatch(recipient.name):
        return f"{line}\r\n"
    return mailbox_lines("To", recipient.address, display=recipient.name)


def _header(name: str, text: str) -> str:
    if len(name) + len(text) + 2 <= _SHORT_LINE and _PLAIN_TEXT.fullmatch(text):
        return f"{name}: {text}\r\n"
    return text_lines(name, text)
