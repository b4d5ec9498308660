"""What goes over the wire, as values: one request and one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from newsletter.sandbox.problems import Problem, as_document

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, complete or with its body still to come."""

    method: str
    path: str  # percent-decoded, without the query
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    size: int = 0  # bytes of the body as sent; more than `body` holds when it was over the limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer; Content-Length is added when it is written."""

    status: int
    body: bytes = b""
    headers: Headers = ()


def json_answer(status: int, value: Any, headers: Headers = ()) -> Answer:
    """Answer with a JSON document."""
    kind = ("Content-Type", "application/json")
    return Answer(status=status, body=orjson.dumps(value), headers=(kind, *headers))


def refusal(status: int, *problems: Problem) -> Answer:
    """Answer with SendGrid's error document."""
    return json_answer(status, as_document(problems))
