"""Put what the page shows into plain values. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any

from newsletter.checks.size_clip import LIMIT
from newsletter.desk.stage import View
from newsletter.findings import Severity
from newsletter.preview import Preview

# Where inboxes cut subject and preheader, in characters (rendering.md 7.3).
INBOXES = (("Gmail on the web", 70, 90), ("A phone", 40, 45))


def describe(view: View) -> dict[str, Any]:
    """Give everything the page shows as one JSON document."""
    problem = view.problem
    return {
        "version": view.version,
        "problem": asdict(problem) if problem else None,
        "preview": _preview(view.preview) if view.preview else None,
    }


def cut(text: str, limit: int) -> str:
    """Cut a text as an inbox row does, with an ellipsis inside the limit."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def long_date(day: date) -> str:
    """Write a date out: "Sunday, 1 March 2026"."""
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def _preview(preview: Preview) -> dict[str, Any]:
    found = Counter(finding.severity for finding in preview.findings)
    return {
        "publication": preview.publication,
        "sender": preview.sender,
        "date": preview.edition.date.isoformat(),
        "long_date": long_date(preview.edition.date),
        "subject": preview.subject,
        "preheader": preview.preheader,
        "html": preview.html,
        "text": preview.text,
        "html_bytes": preview.message.html_bytes,
        "text_bytes": preview.message.text_bytes,
        "html_limit": LIMIT,
        "digest": preview.message.digest,
        "counts": {level: found[level] for level in _SHOWN},
        "findings": [asdict(finding) for finding in preview.findings],
        "inboxes": [_inbox(preview, *inbox) for inbox in INBOXES],
    }


_SHOWN = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def _inbox(preview: Preview, name: str, subject: int, preheader: int) -> dict[str, Any]:
    return {
        "name": name,
        "subject": cut(preview.subject, subject),
        "preheader": cut(preview.preheader, preheader),
        "subject_limit": subject,
        "preheader_limit": preheader,
    }
