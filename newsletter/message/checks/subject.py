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
    """Find a subject that is empty, too long, shouted, or on several lines; the second one, too."""
    yield from _judged(checked.subject, "The subject", key="subject")
    trial = checked.message.trial
    if trial is None:
        return
    yield from _judged(trial.subject, "The second subject", key="subject_b")
    if trial.subject.casefold() == checked.subject.casefold():
        yield Fault(
            "Both subjects are the same.",
            "Write another `subject_b` in edition.toml, or take it out.",
            measured="one subject",
            limit="two",
            place=Place(part="subject", excerpt=trial.subject),
        )


def _judged(subject: str, name: str, *, key: str) -> Iterator[Fault]:
    place = Place(part="subject", excerpt=subject)
    if not subject.strip():
        yield Fault(
            f"{name} is empty.",
            "Give the edition a subject or the story a headline.",
            measured="0 characters",
            limit="1",
            place=place,
        )
    if len(subject) > LIMIT:
        yield Fault(
            f"{name} has {len(subject)} characters; inboxes cut it at {LIMIT}.",
            f"Set a shorter `{key}` in edition.toml.",
            measured=f"{len(subject)} characters",
            limit=f"{LIMIT} characters",
            place=place,
        )
    if subject.isupper() and len(subject) > _WORD:
        yield Fault(
            f"{name} is all in capitals.",
            "Filters and readers take that for shouting.",
            measured="capitals only",
            limit=f"capitals up to {_WORD} characters",
            place=place,
        )
    if (lines := len(subject.splitlines())) > 1:
        yield Fault(
            f"{name} has several lines.",
            "Put it on one line.",
            measured=f"{lines} lines",
            limit="1 line",
            place=place,
        )
