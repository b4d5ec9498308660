"""Look an attempt up in Email Activity: proof that it was taken, never that it was not.

sendgrid.md 1.6: an add-on that not every account has, six requests a minute, with a delay. So an
answer that is no proof says nothing, whatever it is; and a message that is found is looked at
itself, so that a filter which was not heeded proves nothing either.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from sendgrid import SendGridAPIClient

from newsletter.core.http.answer import Answer, HttpFailure


def look_up(sdk: SendGridAPIClient, attempt_id: str) -> str | None:
    """Return the X-Message-Id of an attempt that was certainly taken; None: nothing is known."""
    query = {"limit": "1", "query": f"(unique_args['nl_attempt']=\"{attempt_id}\")"}
    found = _ask(lambda: sdk.client.messages.get(query_params=query))
    messages = found.get("messages") if isinstance(found, dict) else None
    for message in messages if isinstance(messages, list) else ():
        message_id = str(message.get("msg_id") or "") if isinstance(message, dict) else ""
        if message_id and _carries(_ask(sdk.client.messages._(message_id).get), attempt_id):
            return message_id.partition(".")[0]
    return None


def _carries(message: Any, attempt_id: str) -> bool:
    arguments = message.get("unique_args") if isinstance(message, dict) else None
    if isinstance(arguments, str):
        arguments = _read(arguments)
    return isinstance(arguments, dict) and arguments.get("nl_attempt") == attempt_id


def _ask(request: Callable[[], Answer]) -> Any:
    try:
        answer = request()
    except HttpFailure:
        return None
    return _read(answer.body) if answer.status == HTTPStatus.OK else None


def _read(text: bytes | str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
