"""Batch ids and their cancellation: what SendGrid has accepted for later is called back.

sendgrid.md 1.4. A cancel is set by POST, once; a second POST for the same id is refused, and so
is an eleventh cancel, so what GET shows has the last word. DELETE takes a cancel back, which lets
the mail go: it is asked for only long after the mail's moment, to give the place back.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from sendgrid import SendGridAPIClient

from newsletter.core.errors import DeliveryError, Unreachable
from newsletter.core.http.answer import Answer, HttpFailure
from newsletter.core.sentences import said
from newsletter.delivery.providers.sendgrid import answers


class BatchRecalls:
    """`Recalls` by batch id."""

    def __init__(self, sdk: SendGridAPIClient, judge: Callable[[Answer], DeliveryError]) -> None:
        self._sdk = sdk
        self._judge = judge  # says what an answer means that is not the hoped-for one

    def reserve(self) -> str:
        """Return a new batch id. Raises `NotSubmitted`."""
        try:
            answer: Answer = self._sdk.client.mail.batch.post()
        except HttpFailure as failure:
            raise Unreachable(said("SendGrid gave no batch id: %(why)s.", why=failure)) from failure
        batch_id = _batch_id(answer)
        if answer.status == HTTPStatus.CREATED and batch_id:
            return batch_id
        raise answers.harmless(self._judge(answer))

    def recall(self, recall_id: str) -> None:
        """Cancel what is scheduled under a batch id. Raises `DeliveryError` unless told so."""
        body = orjson.dumps({"batch_id": recall_id, "status": "cancel"})
        answer = self._ask(lambda: self._held.post(request_body=body))
        if answer.status != HTTPStatus.CREATED:
            raise self._judge(answer)

    def is_recalled(self, recall_id: str) -> bool:
        """Read back whether a batch id is cancelled. Raises `DeliveryError` without an answer."""
        answer = self._ask(lambda: self._held._(recall_id).get())
        if answer.status != HTTPStatus.OK:
            raise self._judge(answer)
        return {"batch_id": recall_id, "status": "cancel"} in _entries(answer)

    def forget_recall(self, recall_id: str) -> None:
        """Take a cancel back whose mail was discarded long ago. Raises `DeliveryError`."""
        answer = self._ask(lambda: self._held._(recall_id).delete())
        if answer.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
            raise self._judge(answer)

    @property
    def _held(self) -> Any:
        return self._sdk.client.user.scheduled_sends

    def _ask(self, request: Callable[[], Answer]) -> Answer:
        try:
            return request()
        except HttpFailure as failure:
            raise answers.lost(failure) from failure


def _batch_id(answer: Answer) -> str:
    found = _read(answer)
    return str(found.get("batch_id") or "") if isinstance(found, dict) else ""


def _entries(answer: Answer) -> list[dict[str, Any]]:
    """List (batch id, status) of an answer: one entry or a list of them, as its description has."""
    found = _read(answer)
    entries = found if isinstance(found, list) else [found]
    return [
        {name: one.get(name) for name in ("batch_id", "status")}
        for one in entries
        if isinstance(one, dict)
    ]


def _read(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
