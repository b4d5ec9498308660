"""What goes over the wire, as values: a request, an answer, and what a refusal names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

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


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of `errors`."""

    message: str
    field: str | None = None  # a path such as personalizations.500.to.0.email, where known
    cause: str = ""  # what the answer keeps to itself; shown by the sandbox's own pages only


def bare(cause: str) -> Problem:
    """Refuse without a reason, as SendGrid does for a value of the wrong type (sendgrid.md 1.1)."""
    return Problem("Bad Request", None, cause)


def as_document(problems: Iterable[Problem]) -> dict[str, Any]:
    """Return the body of an error answer: `{"errors": [{"message", "field", "help"}]}`."""
    return {
        "errors": [
            {"message": problem.message, "field": problem.field, "help": None}
            for problem in problems
        ]
    }


def json_answer(status: int, value: Any, headers: Headers = ()) -> Answer:
    """Answer with a JSON document."""
    kind = ("Content-Type", "application/json")
    return Answer(status=status, body=orjson.dumps(value), headers=(kind, *headers))


def refusal(status: int, *problems: Problem) -> Answer:
    """Answer with SendGrid's error document."""
    return json_answer(status, as_document(problems))
