"""Attempts for tests of the providers, in words that never age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from newsletter.core.model import Attempt, Envelope, MergeField, Message, Recipient, Recipients
from newsletter.message import merge

NOW = datetime(2027, 3, 9, 7, 0, tzinfo=UTC)
DAY = date(2027, 3, 9)
NAME = MergeField(name="name", html_tag="-q0a1b2c_name_h-", text_tag="-q0a1b2c_name_t-")
LEAVE = MergeField(
    name="unsubscribe_url",
    html_tag="-q0a1b2c_unsubscribe_url_h-",
    text_tag="-q0a1b2c_unsubscribe_url_t-",
)


class FixedClock:
    """A clock that stands still unless it is told to wait."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"a provider must not wait (asked for {seconds} s)")


def make_envelope(**overrides: Any) -> Envelope:
    """Build who the mail comes from."""
    envelope = Envelope(
        sender_name="The Harbour Brief",
        sender_email="brief@brief.example.org",
        reply_to="desk@brief.example.org",
        list_id="The Harbour Brief <main.brief.example.org>",
        edition=DAY,
        publication="main",
    )
    return replace(envelope, **overrides)


def make_message(**overrides: Any) -> Message:
    """Build a short message with the two merge fields every message has."""
    message = Message(
        subject=f"Gulls over the quay, {NAME.text_tag}",
        preheader="A quiet day by the water",
        html=f"<p>Dear {NAME.html_tag},</p><p>Gulls.</p><a href={LEAVE.html_tag}>Leave</a>",
        text=f"Dear {NAME.text_tag},\n\nGulls.\n\nLeave: {LEAVE.text_tag}\n",
        fields=(NAME, LEAVE),
    )
    return merge.with_digest(replace(message, **overrides))


def make_recipient(position: int = 1, **overrides: Any) -> Recipient:
    """Build one person; name and unsubscribe address are also the merge values."""
    name = overrides.get("name", f"Reader {position}")
    url = overrides.get("unsubscribe_url", f"https://brief.example.org/u/{position:022d}")
    recipient = Recipient(
        position=position,
        address=f"reader{position}@example.com",
        name=name,
        substitutions=merge.substitutions(
            (replace(NAME, fallback="reader"), replace(LEAVE, fallback="-")),
            {"name": name, "unsubscribe_url": url},
        ),
        unsubscribe_url=url,
    )
    return replace(recipient, **overrides)


def make_attempt(*recipients: Recipient, count: int = 2, **overrides: Any) -> Attempt:
    """Build an attempt at a batch of `recipients`, or of `count` ordinary ones."""
    attempt = Attempt(
        id="attempt-1",
        send_id=7,
        batch=3,
        envelope=make_envelope(),
        message=make_message(),
        recipients=Recipients.of(recipients or map(make_recipient, range(1, count + 1))),
    )
    return replace(attempt, **overrides)
