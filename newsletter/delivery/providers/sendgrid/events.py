"""SendGrid's event webhook: is a post genuine, and what does it report (sendgrid.md 1.7). Pure.

Keys and ids begin with the second of the event: those of a post lie together in an index then
(`docs/decisions/0036`).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError, InputError
from newsletter.core.model import SubscriberState
from newsletter.core.model.events import Event, EventKind
from newsletter.delivery.provider import EventParser
from newsletter.subscribers.times import as_moment

KEY = "SENDGRID_WEBHOOK_PUBLIC_KEY"
SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
# A refused post is repeated for 24 hours, perhaps under its first signature; what is older than
# that, or comes from the future, is no retry. Repetition itself does no harm.
OLDEST, NEWEST = timedelta(hours=48), timedelta(hours=1)
_LONGEST_REASON = 300
_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")
_POSITION = re.compile(r"[0-9]{1,12}")
_LATEST = 10**11  # second; beyond it a number counts milliseconds
_KINDS = {
    "processed": EventKind.PROCESSED,
    "deferred": EventKind.DEFERRED,
    "dropped": EventKind.DROPPED,
    "delivered": EventKind.DELIVERED,
    "bounce": EventKind.BOUNCED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
}
# What SendGrid alone has beside an event's name, and what others have there instead.
_OWN = frozenset({"sg_event_id", "sg_message_id"})
_FOREIGN = frozenset({"time", "ts", "ts_event", "MessageID", "message-id", "msg", "recipient"})
_WANTED = "Wanted are SendGrid's own: “event”, “email” and “timestamp” in each."
_NEEDS_ADDRESS = frozenset({EventKind.BOUNCED, EventKind.COMPLAINED, EventKind.UNSUBSCRIBED})
# Why SendGrid drops: only what it knows of the person, not of the message or the account.
_CAUSES = (
    ("spam reporting", SubscriberState.COMPLAINED),
    ("unsubscribed", SubscriberState.UNSUBSCRIBED),
    ("bounced address", SubscriberState.BOUNCED),
)


def make_parser(settings: Settings) -> EventParser:
    """Return the parser; without a key it refuses every post.

    Raises `ConfigError` for a key that is none.
    """
    text = settings.secret(KEY)
    return _Parser(_key(text) if text else None)


def _key(text: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise _no_key() from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _no_key()
    return key


def _no_key() -> ConfigError:
    return ConfigError(
        f"{KEY} is not a verification key: base64 on one line, of a P-256 key.",
        hint="Copy it from SendGrid under Settings, Mail Settings, Event Webhook, Signed.",
    )


class _Parser:
    """`EventParser` for SendGrid."""

    def __init__(self, key: ec.EllipticCurvePublicKey | None) -> None:
        self._key = key

    def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> None:
        """Refuse a post that SendGrid did not sign just so, with `InputError`."""
        if self._key is None:
            raise InputError("No verification key is configured.", hint=f"Set {KEY}.")
        lowered = {name.lower(): value for name, value in headers.items()}
        stamp, signature = lowered.get(TIMESTAMP, ""), lowered.get(SIGNATURE, "")
        _refuse_age(stamp, now=now)
        try:
            raw = base64.b64decode(signature, validate=True)
            self._key.verify(raw, stamp.encode() + body, ec.ECDSA(SHA256()))
        except (ValueError, InvalidSignature) as error:
            raise InputError("The signature does not fit the post.") from error

    def parse(
        self, entries: Sequence[Mapping[str, Any]], *, received_at: datetime
    ) -> tuple[Event, ...]:
        """Read the event of each entry of a post, in its order.

        Raises `InputError` for one that another provider wrote, or that says of nobody that they
        left.
        """
        return tuple([_event(entry, received_at) for entry in entries])


def _refuse_age(stamp: str, *, now: datetime) -> None:
    if not re.fullmatch(r"[0-9]{1,11}", stamp):
        raise InputError("The post has no timestamp.")
    signed = datetime.fromtimestamp(int(stamp), UTC)
    if not now - OLDEST <= signed <= now + NEWEST:
        raise InputError(
            f"The post was signed at {signed:%Y-%m-%d %H:%M} UTC, which is too far from now.",
            hint="Is this machine's clock right?",
        )


def _event(entry: Mapping[str, Any], received_at: datetime) -> Event:
    """Read one entry. A post has a thousand: what costs a microsecond here counts."""
    get = entry.get
    name, event_id = _text(get("event")) or "", _text(get("sg_event_id"))
    if name not in _KINDS or event_id is None:
        name = name.strip().lower()
        _refuse_foreign(name, entry)
    address = _text(get("email"))
    canonical = (address.strip().lower() or None) if address else None
    attempt_id, message_id = _text(get("nl_attempt")), _text(get("sg_message_id"))
    stamp = get("timestamp")
    first, at = _moment(_second(stamp))
    reason = _reason(entry, name)
    kind = _kind(name, entry)
    if canonical is None and kind in _NEEDS_ADDRESS:
        raise InputError(f"It says “{name}” and of no address. {_WANTED}")
    place = message_id or f"{canonical} {attempt_id}"
    text = f"{place}\0{name}\0{stamp}\0{get('url')}\0{get('attempt')}"
    return Event(
        first + _digest(text),
        f"{first}-{event_id}" if event_id else None,
        kind,
        name,
        at or received_at,
        canonical,
        attempt_id,
        _position(get("nl_position")),
        message_id.partition(".")[0] if message_id else None,
        reason,
        _cause(reason) if kind is EventKind.DROPPED else None,
    )


def _refuse_foreign(name: str, entry: Mapping[str, Any]) -> None:
    """Refuse what another provider writes, so that nobody believes that it was taken in."""
    if not _OWN.isdisjoint(entry):
        return
    if not name or not _FOREIGN.isdisjoint(entry):
        raise InputError(f"It is no event as SendGrid writes them. {_WANTED}")
    if name not in _KINDS:
        raise InputError(f"“{name[:40]}” is no event that SendGrid has. {_WANTED}")


def _text(value: object) -> str | None:
    """Read a text; whatever else stands there is as good as nothing."""
    if type(value) is not str:
        return None
    return (value.replace("\x00", "") if "\x00" in value else value) or None


def _kind(name: str, entry: Mapping[str, Any]) -> EventKind:
    if name == "bounce" and entry.get("type") == "blocked":
        return EventKind.BLOCKED
    return _KINDS.get(name, EventKind.OTHER)


def _cause(reason: str) -> SubscriberState | None:
    lowered = reason.lower()
    if lowered.strip() == "invalid":  # the address; "Invalid SMTPAPI header" is the message
        return SubscriberState.BOUNCED
    return next((state for words, state in _CAUSES if words in lowered), None)


def _reason(entry: Mapping[str, Any], name: str) -> str:
    """Say why, without addresses: receivers like to repeat them."""
    get = entry.get
    why = _text(get("reason"))
    if name == "dropped":
        text = why or _text(get("type"))
    else:
        status, said = _text(get("status")), why or _text(get("response"))
        text = f"{status} {said}" if status and said else status or said
    if not text:
        return ""
    line = " ".join(text.split())
    return (_ADDRESS.sub("(address)", line) if "@" in line else line)[:_LONGEST_REASON]


def _digest(text: str) -> str:
    """Name what happened: copy, event, second, and what tells two of a second apart."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def _second(value: object) -> int | None:
    """Read a moment; what is none, or lies in no year of ours, is as good as nothing.

    Stores in between write it as a text, in milliseconds, or as ISO 8601.
    """
    if type(value) is int and 0 < value < _LATEST:
        return value
    if isinstance(value, str):
        moment = as_moment(value)
        value = moment.timestamp() if moment else _number(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if _LATEST <= value < 1_000 * _LATEST:
        value /= 1_000
    return int(value) if 0 < value < _LATEST else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _moment(second: int | None) -> tuple[str, datetime | None]:
    """Return how keys begin, and the moment where there is one."""
    return f"{second or 0:08x}", None if second is None else datetime.fromtimestamp(second, UTC)


def _position(value: object) -> int | None:
    text = value if isinstance(value, str) else str(value) if type(value) is int else None
    return int(text) if text and _POSITION.fullmatch(text) else None
