"""The circles of readers, as an editor thinks of them: each person of a list is in exactly one."""

from __future__ import annotations

from enum import StrEnum


class Circle(StrEnum):
    """How somebody stands to the brief today, whatever the state they are kept in."""

    READING = "reading"  # they get the next edition that they want
    UNCONFIRMED = "unconfirmed"  # they have not said yes yet
    PAUSED = "paused"  # they asked for a rest, until a date
    LEFT = "left"  # they opted out, or called it spam
    UNREACHABLE = "unreachable"  # mail to them came back, or must not be sent
