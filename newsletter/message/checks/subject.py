"""Inbox rows cut a subject at about 70 characters, phones at 40."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "subject"
LEVEL = Severity.WARNING

LIMIT = 70
_WORD = 6  # an acronym may stand alone


def check(checked: Checked) -> Iterator[Fault]:
    """Find a subject that is empty, too long, shouted, or on several lines, or one nobody gets."""
    yield from _judged(checked.subject)
    for key in checked.edition.background.unused:
        yield Fault(
            f"`{key}` in edition.toml is not used: everybody gets the one subject.",
            "Take it out of the file; nothing else depends on it.",
            measured="two subjects",
            limit="one",
            place=Place(part="edition", excerpt=key),
        )


def _judged(subject: str) -> Iterator[Fault]:
    place = Place(part="subject", excerpt=subject)
    if not subject.strip():
        yield Fault(
            "The subject is empty.",
            "Give the edition a subject or the story a headline.",
            measured="0 characters",
            limit="1",
            place=place,
        )
    if len(subject) > LIMIT:
        yield Fault(
            f"The subject has {len(subject)} characters; inboxes cut it at {LIMIT}.",
            "Set a shorter `subject` in edition.toml.",
            measured=f"{len(subject)} characters",
            limit=f"{LIMIT} characters",
            place=place,
        )
    if subject.isupper() and len(subject) > _WORD:
        yield Fault(
            "The subject is all in capitals.",
            "Filters and readers take that for shouting.",
            measured="capitals only",
            limit=f"capitals up to {_WORD} characters",
            place=place,
        )
    if (lines := len(subject.splitlines())) > 1:
        yield Fault(
            "The subject has several lines.",
            "Put it on one line.",
            measured=f"{lines} lines",
            limit="1 line",
            place=place,
        )
