"""Requests for tests of the wire, and deadlines that are meant to run out."""

from __future__ import annotations

import time

import pytest

from newsletter.core.http.answer import Answer
from newsletter.core.http.client import HttpClient
from tests.support.http import response
from tests.support.time import PATIENCE, SHORT

MORE_THAN_BUFFERS = b"x" * 20_000_000
OK = response(200, b"fine")


def post(wire: HttpClient, url: str, body: bytes = b"{}", *, timeout: float = PATIENCE) -> Answer:
    return wire.exchange("POST", url, headers={"X-Own": "1"}, body=body, timeout=timeout)


def late(error: type[Exception], url: str, wire: HttpClient, body: bytes = b"{}") -> str:
    """Return the sentence of an error that must come at the deadline, not before.

    Nor after: whatever a server does here else ends in no error, or lasts for `PATIENCE`.
    """
    started = time.monotonic()
    with pytest.raises(error) as caught:
        post(wire, url, body, timeout=SHORT)
    assert SHORT <= time.monotonic() - started < PATIENCE
    return str(caught.value)
