"""The events SendGrid reports about a mail, and how a POST of them is signed (sendgrid.md 1.7)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsletter.sandbox.drafts import Draft

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
LARGEST_POST = 768 * 1024  # bytes

Kind = Literal["processed", "delivered", "dropped"]
Event = dict[str, Any]


def event(
    kind: Kind, draft: Draft, *, at: float, event_id: str, reason: str | None = None
) -> Event:
    """Describe what happened to a mail; the event's own fields win over custom_args. Pure."""
    own: Event = {
        "email": draft.recipient,
        "timestamp": int(at),
        "event": kind,
        "smtp-id": f"<{draft.sg_message_id}@sandbox.invalid>",
        "sg_event_id": event_id,
        "sg_message_id": draft.sg_message_id,
    }
    if draft.categories:
        own["category"] = list(draft.categories)
    if kind == "processed" and draft.due > draft.accepted_at:
        own["send_at"] = int(draft.due)
    if reason:
        own["reason"] = reason
    if kind == "delivered":
        own["response"] = "250 2.0.0 accepted by the sandbox"
    return draft.custom_args | own


def bodies(events: Iterable[Event]) -> Iterator[bytes]:
    """Make the bodies of as few POSTs as the size allows: JSON arrays that end in CRLF. Pure."""
    waiting: list[bytes] = []
    size = 0
    for entry in events:
        line = orjson.dumps(entry)
        if waiting and size + len(line) > LARGEST_POST:
            yield _array(waiting)
            waiting, size = [], 0
        waiting.append(line)
        size += len(line) + 1
    if waiting:
        yield _array(waiting)


def _array(lines: list[bytes]) -> bytes:
    return b"[" + b",".join(lines) + b"]\r\n"


def signed_headers(key: ec.EllipticCurvePrivateKey, body: bytes, *, at: float) -> dict[str, str]:
    """Sign timestamp and raw body: ECDSA with P-256 and SHA-256, DER in base64."""
    timestamp = str(int(at))
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    return {
        "Content-Type": "application/json",
        SIGNATURE: base64.b64encode(signature).decode(),
        TIMESTAMP: timestamp,
    }


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half as SendGrid shows it: base64 SubjectPublicKeyInfo on one line."""
    encoded = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(encoded).decode()
