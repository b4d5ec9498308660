"""Requests for tests of the wire, with short deadlines that are measured."""

from __future__ import annotations

import time

import pytest
from builders_http import response

from newsletter.core.http.answer import Answer
from newsletter.core.http.client import HttpClient

LIMIT = 0.15
SLACK = 0.35  # for a machine that is busy with other things
MORE_THAN_BUFFERS = b"x" * 20_000_000
OK = response(200, b"fine")


def post(wire: HttpClient, url: str, body: bytes = b"{}", *, timeout: float = LIMIT) -> Answer:
    return wire.exchange("POST", url, headers={"X-Own": "1"}, body=body, timeout=timeout)


def late(error: type[Exception], url: str, wire: HttpClient, body: bytes = b"{}") -> str:
    """Give the sentence of an error that must come at the deadline, not before or after."""
    started = time.monotonic()
    with pytest.raises(error) as caught:
        post(wire, url, body)
    assert LIMIT <= time.monotonic() - started < LIMIT + SLACK
    return str(caught.value)
