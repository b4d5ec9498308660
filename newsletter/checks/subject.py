"""Inbox rows cut a subject at about 70 characters, phones at 40."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "subject"
LEVEL = Severity.WARNING

LIMIT = 70
_WORD = 6  # an acronym may stand alone


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find a subject that is empty, too long, shouted, or on several lines."""
    subject = checked.subject
    if not subject.strip():
        yield ("The subject is empty.", "Give the edition a subject or the story a headline.")
    if len(subject) > LIMIT:
        yield (
            f"The subject has {len(subject)} characters; inboxes cut it at {LIMIT}.",
            "Set a shorter `subject` in edition.toml.",
        )
    if subject.isupper() and len(subject) > _WORD:
        yield ("The subject is all in capitals.", "Filters and readers take that for shouting.")
    if len(subject.splitlines()) > 1:
        yield ("The subject has several lines.", "Put it on one line.")
