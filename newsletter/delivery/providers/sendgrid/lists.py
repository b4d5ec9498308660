"""SendGrid's suppression lists: whom it mails no more, read by windows of time (sendgrid.md 1.5).

`blocks` are not read: they are faults of a message, and SendGrid goes on mailing the person.
Paging by offset loses rows when a list changes meanwhile, so a window that is full is halved
until each answer is whole; only within one second there is nothing left but to page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from sendgrid import SendGridAPIClient

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import AccountRefused, DeliveryError, Throttled, Unreachable
from newsletter.core.http.answer import Answer, HttpFailure
from newsletter.core.http.client import HttpClient
from newsletter.core.model import SubscriberState
from newsletter.core.model.events import Leaving
from newsletter.delivery.provider import SuppressionLists
from newsletter.delivery.providers.sendgrid import answers
from newsletter.delivery.providers.sendgrid.client import api_key, connect, open_wire

_LISTS = {
    "spam_reports": SubscriberState.COMPLAINED,
    "unsubscribes": SubscriberState.UNSUBSCRIBED,
    "bounces": SubscriberState.BOUNCED,
    "invalid_emails": SubscriberState.BOUNCED,
}
_MOST_ROWS = 500  # of one answer
_LONGEST_REASON = 200
_ADDRESS = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")


def make_lists(settings: Settings, clock: Clock) -> SuppressionLists:
    """Return the account's lists. Raises `ConfigError` when the key is missing or cannot be one."""
    wire = open_wire(settings, connections=1)
    sdk = connect(
        key=api_key(settings),
        base_url=settings.sendgrid.base_url,
        wire=wire,
        timeout=settings.delivery.timeout,
        on_behalf_of=settings.sendgrid.on_behalf_of,
    )
    return _Lists(sdk=sdk, wire=wire, clock=clock)


class _Lists:
    """`SuppressionLists` for SendGrid."""

    def __init__(self, *, sdk: SendGridAPIClient, wire: HttpClient, clock: Clock) -> None:
        self._sdk = sdk
        self._wire = wire
        self._clock = clock

    def between(self, start: datetime, end: datetime) -> Iterator[Leaving]:
        """Return who came onto a list from `start` to `end`, list by list."""
        seconds = int(start.timestamp()), int(end.timestamp())
        for name, state in _LISTS.items():
            for row in self._window(name, *seconds):
                leaving = _leaving(row, name=name, state=state, otherwise=end)
                if leaving is not None:
                    yield leaving

    def close(self) -> None:
        """Close the connection; harmless when called twice."""
        self._wire.close()

    def _window(self, name: str, start: int, end: int) -> Iterator[Any]:
        rows = self._page(name, start, end)
        if len(rows) < _MOST_ROWS:
            yield from rows
        elif start < end:
            middle = (start + end) // 2
            yield from self._window(name, start, middle)
            yield from self._window(name, middle + 1, end)
        else:
            yield from rows
            offset = _MOST_ROWS
            while rows := self._page(name, start, end, offset=offset):
                yield from rows
                offset += _MOST_ROWS

    def _page(self, name: str, start: int, end: int, *, offset: int = 0) -> list[Any]:
        query = {"start_time": start, "end_time": end, "limit": _MOST_ROWS, "offset": offset}
        try:
            answer: Answer = self._sdk.client.suppression._(name).get(query_params=query)
        except HttpFailure as failure:
            raise Unreachable(f"SendGrid's list {name} was not reached: {failure}.") from failure
        if answer.status != 200:
            raise self._refusal(answer, name)
        try:
            rows = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            rows = None
        if not isinstance(rows, list):
            raise Unreachable(f"SendGrid's list {name} came in a form that is not known.")
        return rows

    def _refusal(self, answer: Answer, name: str) -> DeliveryError:
        if answer.status in {401, 403}:
            return AccountRefused(
                f"SendGrid does not show its list {name} to this key ({answer.status}).",
                hint="Give the key the permission Suppressions, Read Access.",
                status=answer.status,
            )
        if answer.status == 429:
            return Throttled(
                "SendGrid asks to wait before its lists are read on (429).",
                until=answers.asked_to_wait(answer, self._clock.now()),
                status=answer.status,
            )
        return Unreachable(
            f"SendGrid did not show its list {name} ({answer.status}).", status=answer.status
        )


def _leaving(row: Any, *, name: str, state: SubscriberState, otherwise: datetime) -> Leaving | None:
    """Read a row; one without an address says nothing."""
    email = row.get("email") if isinstance(row, dict) else None
    if not isinstance(email, str) or "@" not in email:
        return None
    created, said = row.get("created"), row.get("reason")
    at = datetime.fromtimestamp(created, UTC) if isinstance(created, int) else otherwise
    told = " ".join(_ADDRESS.sub("(address)", said).split()) if isinstance(said, str) else ""
    reason = f"on the provider's list {name}{': ' if told else ''}{told}"[:_LONGEST_REASON]
    return Leaving(canonical=email.strip().lower(), state=state, at=at, reason=reason)
