"""Answers of foreign services as they are documented, and a `Fetch` that gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from newsletter.content.source import Fetched, SourceOptions
from newsletter.core.errors import SourceError
from newsletter.core.model import Part

DAY = date(2026, 3, 24)
NOW = datetime(2026, 3, 24, 5, 30, tzinfo=UTC)


@dataclass(slots=True)
class Recorded:
    """Gives a recorded answer to each address, and remembers what it was asked, and how."""

    answers: Mapping[str, bytes | str]
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most_bytes: int = 5_000_000,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        self.asked.append(url)
        self.headers.append(headers or {})
        if url not in self.answers:
            raise SourceError(f"{url} does not answer.")
        body = self.answers[url]
        raw = body.encode() if isinstance(body, str) else body
        return Fetched(url=url, status=200, headers={}, body=raw[:most_bytes], at=NOW)


@dataclass(frozen=True, slots=True)
class Always:
    """Gives one and the same body, whatever it is asked."""

    body: bytes

    def __call__(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most_bytes: int = 5_000_000,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        return Fetched(url=url, status=200, headers={}, body=self.body, at=NOW)


def source_options(part: Part, fetch: Any, **more: Any) -> SourceOptions:
    """Make the surroundings of a source that asks a recorded service."""
    from pathlib import Path

    values: dict[str, Any] = {"options": {}, "root": Path(), "now": NOW}
    return SourceOptions(part=part, fetch=fetch, **values | more)


def key_of(secrets: Mapping[str, str]) -> Callable[[str], str | None]:
    """Make the look-up of secrets."""
    return secrets.get
