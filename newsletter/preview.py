"""What the desk shows: one edition with its message and what the checks found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from newsletter.core.model import Edition, Message
from newsletter.core.model.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A rendered edition; its message still has its merge tags, for any reader's values."""

    publication: str  # the newsletter's name
    sender: str  # the name readers see in their inbox
    edition: Edition
    message: Message
    findings: tuple[Finding, ...]
    unsubscribe_url: str  # as a reader's own would look
    media_url: str | None = None  # where the publication's own pictures are served
    paths: tuple[Path, ...] = ()  # files and folders whose change asks for a new look
