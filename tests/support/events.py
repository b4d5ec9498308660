"""Events as SendGrid posts them, signed with a key of the test's own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from newsletter.core.model import Attempt
from newsletter.core.model.events import Entry, Event, EventKind
from newsletter.delivery.events import rules as judging
from newsletter.sandbox.events import public_text, signed_headers
from newsletter.storage.events import Judgement
from newsletter.subscribers import lifecycle

NOW = datetime(2027, 3, 9, 7, 30, tzinfo=UTC)
SIGNING_KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC_KEY = public_text(SIGNING_KEY)


def make_entry(kind: str = "delivered", number: int = 1, **changes: Any) -> dict[str, Any]:
    """Build one entry of a post, about reader `number`; `...` leaves a field out."""
    entry = {
        "email": f"reader{number:04}@example.org",
        "timestamp": int(NOW.timestamp()),
        "event": kind,
        "sg_event_id": f"{kind}-{number}-{changes.get('timestamp', 0)}",
        "sg_message_id": f"m1.recv-{number}",
        "category": ["main", "edition"],
        "nl_attempt": "a1",
        "nl_position": str(number),
    } | changes
    return {name: value for name, value in entry.items() if value is not ...}


def make_post(*entries: object) -> bytes:
    return json.dumps(entries).encode() + b"\r\n"


def signed(body: bytes, *, at: datetime = NOW) -> dict[str, str]:
    return signed_headers(SIGNING_KEY, body, at=at.timestamp())


def make_event(kind: EventKind = EventKind.DELIVERED, number: int = 1, **changes: Any) -> Event:
    """Build a typed event about reader `number`."""
    values: dict[str, Any] = {
        "event_id": None,
        "kind": kind,
        "name": str(kind),
        "at": NOW,
        "canonical": f"reader{number:04}@example.org",
        "attempt_id": "a1",
        "position": number,
        "provider_id": "m1",
    } | changes
    values.setdefault("key", " ".join(map(str, (kind, number, values["at"], values["attempt_id"]))))
    return Event(**values)


def events_of(attempt: Attempt, *kinds: EventKind, at: datetime) -> tuple[Event, ...]:
    """Build one event each of the first recipients of an attempt."""
    return tuple(
        make_event(
            kind,
            to.position,
            canonical=to.address,
            attempt_id=attempt.id,
            at=at,
        )
        for kind, to in zip(kinds, attempt.recipients, strict=False)
    )


def entries(*events: Event) -> tuple[Entry, ...]:
    """Wrap events as the entries of a post."""
    return tuple(Entry({}, one) for one in events)


def make_judgement(parser: Any = None) -> Judgement:
    return Judgement(
        parse=lambda body, at: entries(*parser.parse(body, received_at=at)),
        effects=lambda events, sends, pasts: judging.effects(events, sends=sends, pasts=pasts),
        allows=lifecycle.allows,
    )
