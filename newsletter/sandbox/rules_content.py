"""Rules for subject, content, attachments, headers and categories (sendgrid.md 1.1). Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from newsletter.sandbox.exchange import Problem
from newsletter.sandbox.shape import LINE_ENDS, Object, as_list, as_object, one_text, text_map

MOST_CATEGORIES = 10
LONGEST_CATEGORY = 255
_NO_TYPE = ";," + LINE_ENDS  # in no MIME type
_RESERVED = frozenset(
    {
        "x-sg-id",
        "x-sg-eid",
        "received",
        "dkim-signature",
        "content-type",
        "content-transfer-encoding",
        "to",
        "from",
        "subject",
        "reply-to",
        "cc",
        "bcc",
    }
)
_HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322, 2.2: printable ASCII without colon and space


def subject(body: Object) -> Iterator[Problem]:
    """Check that every mail has a subject: the message's, its own or a template's."""
    if "subject" in body:
        yield from subject_text(body["subject"], "subject")
        return
    blocks = body.get("personalizations") or [{}]
    if "template_id" not in body and not all("subject" in block for block in blocks):
        yield Problem(
            "The subject is required, unless a template or every personalization has one.",
            "subject",
        )


def subject_text(value: Any, path: str) -> Iterator[Problem]:
    """Check one subject."""
    if not isinstance(value, str) or not value:
        yield Problem("The subject must be a string of at least one character.", path)
    elif "\r" in value or "\n" in value:
        yield Problem("The subject must be one line.", path)


def content(body: Object) -> Iterator[Problem]:
    """Check the parts: at least one unless a template is named, plain text before HTML."""
    parts = as_list(body.get("content", []), "content")
    if not parts and ("content" in body or "template_id" not in body):
        yield Problem(
            "The content is required, with at least one part, unless a template_id is given.",
            "content",
        )
    for number, part in enumerate(parts):
        found = as_object(part, f"content.{number}")
        yield from one_text(found.get("type"), f"content.{number}.type", without=_NO_TYPE, least=1)
        yield from one_text(found.get("value"), f"content.{number}.value", least=1)
    ranks = [_rank(part.get("type")) for part in parts]
    if ranks != sorted(ranks):
        yield Problem("The order must be text/plain, text/html, then all other types.", "content")
    if len(parts) != len({str(part.get("type")).lower() for part in parts}):
        yield Problem("Each content type may be used once.", "content")


def _rank(kind: Any) -> int:
    return {"text/plain": 0, "text/html": 1}.get(str(kind).lower(), 2)


def attachments(value: Any, *, strict: bool) -> Iterator[Problem]:
    """Check the attachments: what each field is, and which signs it must not contain.

    The documents name `;` and line ends; notes beside them add signs, which only a strict sandbox
    refuses.
    """
    found = as_list(value, "attachments")
    if not found:
        yield Problem("The attachments array must not be empty.", "attachments")
    for number, entry in enumerate(found):
        path = f"attachments.{number}"
        yield from _attachment(as_object(entry, path), path, strict=strict)


def _attachment(entry: Object, path: str, *, strict: bool) -> Iterator[Problem]:
    if not _is_base64(entry.get("content")):
        yield Problem("The attachment content must be base64 text.", f"{path}.content")
    noted = "," if strict else ""
    name = entry.get("filename")
    yield from one_text(name, f"{path}.filename", without=f";{noted}{LINE_ENDS}", least=1)
    if "type" in entry:
        yield from one_text(entry["type"], f"{path}.type", without=_NO_TYPE, least=1)
    if "content_id" in entry:
        noted = ";\\" if strict else ""
        yield from one_text(entry["content_id"], f"{path}.content_id", without=LINE_ENDS + noted)
    if entry.get("disposition", "attachment") not in ("inline", "attachment"):
        yield Problem("The disposition must be inline or attachment.", f"{path}.disposition")


def _is_base64(value: Any) -> bool:
    if not isinstance(value, str) or not value:
        return False
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def headers(value: Any, path: str) -> Iterator[Problem]:
    """Check own mail headers: ASCII names, none of SendGrid's own, nothing twice, one line each."""
    yield from text_map(value, path)
    names = [name.lower() for name in value]
    for name, text in value.items():
        if not _HEADER_NAME.fullmatch(name):
            yield Problem("Header names must be ASCII without spaces.", f"{path}.{name}")
        if name.lower() in _RESERVED:
            yield Problem(f"The header {name} is reserved.", f"{path}.{name}")
        if names.count(name.lower()) > 1:
            yield Problem(f"The header {name} is given more than once.", f"{path}.{name}")
        if isinstance(text, str) and re.search(r"[\r\n\0]", text):
            yield Problem("A header's value must be one line.", f"{path}.{name}")


def categories(value: Any) -> Iterator[Problem]:
    """Check the categories: at most 10, each a unique ASCII text of at most 255 characters."""
    found = as_list(value, "categories")
    if not 1 <= len(found) <= MOST_CATEGORIES:
        yield Problem(f"There must be 1 to {MOST_CATEGORIES} categories.", "categories")
    for number, name in enumerate(found):
        if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_CATEGORY:
            yield Problem(
                f"A category must be a string of 1 to {LONGEST_CATEGORY} characters.",
                f"categories.{number}",
            )
        elif not name.isascii():
            yield Problem("A category must be ASCII.", f"categories.{number}")
    if len({str(name) for name in found}) != len(found):
        yield Problem("Each category must be unique.", "categories")
