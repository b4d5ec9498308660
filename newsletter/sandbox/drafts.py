"""From one accepted body to one mail per person: who gets what, when, under which id. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newsletter.sandbox.shape import Object

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SPLITS = re.compile("[,;]")
_UNREADABLE = "Invalid SMTPAPI header"  # what dropped events say of names it cannot read


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An accepted mail to one address that has not reached the mailbox yet."""

    body: Object  # the request's, shared by all its drafts
    personalization: int
    recipient: str  # one of to, cc and bcc
    message_id: str  # X-Message-Id of the request
    sg_message_id: str  # of this mail: X-Message-Id, a dot and a suffix
    request: int  # the request's number on its path
    accepted_at: float  # Unix seconds
    due: float  # Unix seconds; accepted_at where there is no send_at, or one in the past

    @property
    def block(self) -> Object:
        """Return the personalization this mail is made from."""
        block: Object = self.body["personalizations"][self.personalization]
        return block

    @property
    def batch_id(self) -> str | None:
        """Return the batch id, where the request had one."""
        return self.body.get("batch_id")

    @property
    def custom_args(self) -> dict[str, str]:
        """Merge the arguments of message and personalization; the personalization wins."""
        return {**self.body.get("custom_args", {}), **self.block.get("custom_args", {})}

    @property
    def headers(self) -> dict[str, str]:
        """Merge the headers of message and personalization; the personalization wins."""
        return {**self.body.get("headers", {}), **self.block.get("headers", {})}

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the message's categories."""
        return tuple(self.body.get("categories", ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail in the mailbox, as its index knows it."""

    id: int  # 1 … in order of arrival, over all runs in this folder
    at: datetime  # when it reached the mailbox, UTC
    sender: str
    recipient: str
    subject: str
    message_id: str
    sg_message_id: str
    request: int
    batch_id: str | None
    categories: tuple[str, ...]
    custom_args: Mapping[str, str]


def drafts(body: Object, *, message_id: str, request: int, now: float) -> tuple[Draft, ...]:
    """Make one draft for everyone in to, cc and bcc, in the order of the request."""
    people = [
        (number, entry["email"].strip(), block.get("send_at", body.get("send_at", 0)))
        for number, block in enumerate(body["personalizations"])
        for field in ("to", "cc", "bcc")
        for entry in block.get(field, ())
    ]
    return tuple(
        Draft(
            body=body,
            personalization=number,
            recipient=address,
            message_id=message_id,
            sg_message_id=f"{message_id}.sandbox-{position}",
            request=request,
            accepted_at=now,
            due=max(now, send_at),
        )
        for position, (number, address, send_at) in enumerate(people)
    )


def why_dropped(draft: Draft) -> str | None:
    """Say why the real one takes a mail and drops it unsaid; None: it does not.

    Reported of `,` and `;` in a name, which it does not quote; inside quotes they are harmless.
    """
    senders = [draft.block.get("from") or draft.body["from"], draft.body.get("reply_to")]
    named = [*senders, *draft.body.get("reply_to_list", ())]
    named += [entry for field in ("to", "cc", "bcc") for entry in draft.block.get(field, ())]
    splits = any(_SPLITS.search(_QUOTED.sub("", entry.get("name", ""))) for entry in named if entry)
    return _UNREADABLE if splits else None


def index_entry(draft: Draft, *, number: int, subject: str, now: float) -> Mail:
    """Describe a draft that reaches the mailbox now."""
    sender = draft.block.get("from") or draft.body["from"]
    return Mail(
        id=number,
        at=datetime.fromtimestamp(now, UTC),
        sender=sender["email"],
        recipient=draft.recipient,
        subject=subject,
        message_id=draft.message_id,
        sg_message_id=draft.sg_message_id,
        request=draft.request,
        batch_id=draft.batch_id,
        categories=draft.categories,
        custom_args=draft.custom_args,
    )


def as_json(mail: Mail) -> dict[str, Any]:
    """Return an index entry as a JSON document."""
    return {
        "id": mail.id,
        "at": mail.at.isoformat(),
        "from": mail.sender,
        "to": mail.recipient,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "sg_message_id": mail.sg_message_id,
        "request": mail.request,
        "batch_id": mail.batch_id,
        "categories": list(mail.categories),
        "custom_args": dict(mail.custom_args),
    }


def from_json(entry: Mapping[str, Any]) -> Mail:
    """Read an index entry back."""
    return Mail(
        id=entry["id"],
        at=datetime.fromisoformat(entry["at"]),
        sender=entry["from"],
        recipient=entry["to"],
        subject=entry["subject"],
        message_id=entry["message_id"],
        sg_message_id=entry["sg_message_id"],
        request=entry["request"],
        batch_id=entry["batch_id"],
        categories=tuple(entry["categories"]),
        custom_args=entry["custom_args"],
    )
