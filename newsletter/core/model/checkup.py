"""One line of an examination: what was measured, against which rule, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CheckLevel = Literal["ok", "info", "warning", "problem"]
LEVELS: tuple[CheckLevel, ...] = ("ok", "info", "warning", "problem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found of one thing.

    A `problem` is what would make a real send bounce, go astray or be unlawful.
    """

    id: str  # stable: "dns.dmarc"
    level: CheckLevel
    measured: str
    rule: str = ""
    source: str = ""  # of the rule, with its date
    next: str = ""  # the exact next step, or the record to publish

    def __post_init__(self) -> None:
        """Let nothing that is wrong stand without a next step."""
        if self.level in {"warning", "problem"} and not self.next:
            raise ValueError(f"{self.id}: a {self.level} says what to do next")


def worst(checks: tuple[Check, ...]) -> CheckLevel:
    """Return the worst level among checks; "ok" for none."""
    return max((one.level for one in checks), key=LEVELS.index, default="ok")
