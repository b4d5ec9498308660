"""What an exchange ends in: an answer, or one of two failures that must not be confused. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, whatever its status; redirects are answers too."""

    status: int
    headers: Mapping[str, str]  # names in lower case; repeated ones joined by ", "
    body: bytes
    whole_request: bool = True  # False: answered before the last byte of the request was out


class HttpFailure(Exception):  # noqa: N818  # the tree's names say what is known
    """Be the root of the failures of an exchange."""


class NeverSent(HttpFailure):
    """The request was certainly not handed over completely: the server cannot act on it."""


class NotAllowed(NeverSent):
    """The host has no address that may be connected to."""


class NoAnswer(HttpFailure):
    """The whole request is out, and no whole answer came back: the server may have acted on it."""

    def __init__(self, what: str, *, status: int | None = None) -> None:
        super().__init__(what)
        self.status = status
        """The status, where the answer broke off only after it."""
