"""What is wrong with a request, in SendGrid's shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


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
    """Give the body of an error answer: `{"errors": [{"message", "field", "help"}]}`."""
    return {
        "errors": [
            {"message": problem.message, "field": problem.field, "help": None}
            for problem in problems
        ]
    }
