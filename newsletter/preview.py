"""What the desk shows: one edition as a reader would get it, with what the checks found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from newsletter.findings import Finding
from newsletter.model import Edition, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A rendered edition, with an example reader's values in place of the merge tags."""

    publication: str  # the newsletter's name
    sender: str  # the name readers see in their inbox
    edition: Edition
    message: Message  # with its merge tags: sizes and digest are those of the real thing
    subject: str
    preheader: str
    html: str
    text: str
    findings: tuple[Finding, ...]
    paths: tuple[Path, ...]  # files and folders whose change asks for a new look
