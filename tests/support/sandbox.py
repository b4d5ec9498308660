"""Requests to the sandbox, with defaults, and a client that does exactly what it is told."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.support.time import PATIENCE

NOW = 1_800_000_000.0


def make_block(number: int = 0, **changes: Any) -> dict[str, Any]:
    return {"to": [{"email": f"reader{number}@example.org"}], **changes}


def make_body(people: int = 1, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "personalizations": [make_block(number) for number in range(people)],
        "from": {"email": "brief@example.org", "name": "The Brief"},
        "subject": "A quiet morning",
        "content": [
            {"type": "text/plain", "value": "Good morning"},
            {"type": "text/html", "value": "<p>Good morning</p>"},
        ],
    }
    body.update(changes)
    return {key: value for key, value in body.items() if value is not ...}


class Client:
    """A kept-open connection; answers are (status, headers, parsed body or bytes)."""

    def __init__(self, url: str, *, timeout: float = PATIENCE) -> None:
        parts = urlsplit(url)
        self.http = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=timeout, blocksize=2**20
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Mapping[str, str], Any]:
        sent = {"Authorization": "Bearer SG.test", "Content-Type": "application/json"}
        sent.update(headers or {})
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        self.http.request(method, path, body=raw, headers=sent)
        answer = self.http.getresponse()
        content = answer.read()
        kind = answer.headers.get("Content-Type", "")
        found = json.loads(content) if kind == "application/json" else content
        return answer.status, dict(answer.headers), found

    def send(self, body: Any) -> tuple[int, Mapping[str, str], Any]:
        return self.call("POST", "/v3/mail/send", body)

    def close(self) -> None:
        self.http.close()
