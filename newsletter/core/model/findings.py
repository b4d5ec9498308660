"""What a check reports: the fault, measured, with its place, at the publication's level."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Severity(StrEnum):
    """How much a finding matters; only errors hold a send."""

    OFF = "off"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a fault lies, as closely as it is known."""

    part: Literal["html", "text", "subject", "preheader", "edition", "header", "template"]
    tag: str = ""  # of an element of the HTML …
    index: int = 0  # … and which one: `querySelectorAll(tag)[index]`
    line: int | None = None  # of that part
    excerpt: str = ""  # words or markup at the place
    template: str | None = None  # file and line it was written in: "partials/story.mjml.j2:12"


@dataclass(frozen=True, slots=True)
class Fault:
    """What one check found in one place."""

    message: str  # one sentence
    hint: str = ""  # one more: how it is mended
    measured: str = ""  # with its unit: "81,204 bytes"
    limit: str = ""  # what it was held against: "80,000 bytes"
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Fault):
    """A fault under its check's code, at the level the publication chose."""

    code: str
    severity: Severity
    accepted: str = ""  # the reason a person gave, for this edition

    @property
    def holds(self) -> bool:
        """Say whether a send waits until this is mended or accepted."""
        return self.severity is Severity.ERROR and not self.accepted
