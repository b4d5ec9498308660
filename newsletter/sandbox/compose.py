"""Turn a draft into the bytes of an `.eml` file, as its reader would get it. Pure.

Substitutions are made one after the other in subject, reply-to and content, so a value that
contains a later tag is expanded, as at SendGrid; headers are left alone (sendgrid.md 1.8, 1.9).
Only the heads go through `email.message`: it needs milliseconds for a long body, and a send has
thousands of them.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from email import policy
from email.header import Header
from email.message import Message
from email.utils import format_datetime, formataddr
from typing import Any

from newsletter.sandbox.drafts import Draft, Mail

_FROM_TEMPLATE = "(the template's subject)"
LONGEST_UNSUBSCRIBE = 77  # bytes that stay readable
_POLICY = policy.compat32.clone(linesep="\r\n", max_line_length=998)  # RFC 5322, 2.1.1


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Replace each tag by its value, one tag after the other."""
    for tag, value in values.items():
        text = text.replace(tag, value)
    return text


def subject_of(draft: Draft) -> str:
    """Return the subject with the reader's values, on one line."""
    text: str = draft.block.get("subject") or draft.body.get("subject") or _FROM_TEMPLATE
    return _one_line(substitute(text, draft.block.get("substitutions", {})))


def compose(draft: Draft, mail: Mail) -> bytes:
    """Return the whole mail: header, plain text, HTML and any attachments, with CRLF line ends."""
    values = draft.block.get("substitutions", {})
    parts = [
        _text_part(part["type"], substitute(part["value"], values))
        for part in draft.body.get("content", ())
    ]
    readable = _multipart("alternative", parts, draft.sg_message_id)
    attached = [_attachment(entry) for entry in draft.body.get("attachments", ())]
    whole = (
        _multipart("mixed", [readable, *attached], draft.sg_message_id) if attached else readable
    )
    return _head(draft, mail, values) + whole


def _head(draft: Draft, mail: Mail, values: Mapping[str, str]) -> bytes:
    head = Message(_POLICY)
    head["From"] = _person(draft.block.get("from") or draft.body["from"])
    head["To"] = ", ".join(_person(entry) for entry in draft.block["to"])
    if draft.block.get("cc"):
        head["Cc"] = ", ".join(_person(entry) for entry in draft.block["cc"])
    replies = draft.body.get("reply_to_list") or [draft.body.get("reply_to")]
    if replies[0]:
        head["Reply-To"] = ", ".join(_person(entry, values) for entry in replies)
    for name, value in {"Subject": mail.subject, **draft.headers}.items():
        head.add_header(name, _encoded(value, name))
    own = {
        "Date": format_datetime(mail.at),
        "Message-ID": f"<{draft.sg_message_id}@sandbox.invalid>",
        "X-Message-Id": draft.message_id,
        "MIME-Version": "1.0",
    }
    for name, value in own.items():
        if name not in head:
            head[name] = value
    return head.as_bytes().removesuffix(b"\r\n")  # the body's own head goes on from here


def _person(entry: Mapping[str, Any], values: Mapping[str, str] | None = None) -> str:
    name = _one_line(substitute(entry.get("name", ""), values or {}))
    address = _one_line(substitute(entry["email"], values or {})).strip()
    return formataddr((name, address)) if address.isascii() else address


def _encoded(text: str, name: str) -> str:
    """Encode what is not ASCII (RFC 2047); everything else stays as it was given.

    Except a long List-Unsubscribe: the real one is reported to encode it, and then mailbox
    providers no longer see it (sendgrid.md 0, number 4).
    """
    spoiled = name.lower() == "list-unsubscribe" and len(text) > LONGEST_UNSUBSCRIBE
    if text.isascii() and not spoiled:
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text)


def _text_part(kind: str, text: str) -> bytes:
    head = f'Content-Type: {kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
    lines = re.sub(r"\r\n?", "\n", text).encode()
    encoded = binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
    return head.encode() + b"\r\n\r\n" + encoded


def _attachment(entry: Mapping[str, str]) -> bytes:
    head = Message(_POLICY)
    head["Content-Type"] = _one_line(entry.get("type", "application/octet-stream"))
    head["Content-Transfer-Encoding"] = "base64"
    name = _one_line(entry["filename"])
    head.add_header(
        "Content-Disposition", entry.get("disposition", "attachment"), filename=("utf-8", "", name)
    )
    if "content_id" in entry:
        head["Content-ID"] = f"<{_one_line(entry['content_id'])}>"
    data = binascii.a2b_base64(entry["content"])
    return head.as_bytes() + b"\r\n".join(
        binascii.b2a_base64(data[start : start + 57], newline=False)
        for start in range(0, len(data), 57)
    )


def _multipart(kind: str, parts: list[bytes], seed: str) -> bytes:
    """Join parts; one alone stands for itself, none is an empty text."""
    if len(parts) < 2:
        return parts[0] if parts else _text_part("text/plain", "")
    mark = f"=_{kind}_{seed}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{mark.decode()}"\r\n\r\n'.encode()
    joined = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return head + joined + b"--" + mark + b"--\r\n"
