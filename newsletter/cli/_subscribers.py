"""How subscribers and imports are shown: as tables for people, as documents for programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.cli import _shell

if TYPE_CHECKING:
    from newsletter.model import Subscriber
    from newsletter.storage.subscribers import History
    from newsletter.subscribers.importing import Report, Wish

_SHOWN_REJECTED = 20
_CLASSES = {
    "new": "added; they get the next edition",
    "updated": "known; name, time zone or attributes changed",
    "unchanged": "known, nothing to change",
    "kept_opted_out": "opted out; an import never brings anybody back",
    "suppressed": "must never be mailed; left alone",
    "duplicate": "the same address again further down in the file",
    "rejected": "cannot be taken; see below",
}


def plain(text: str) -> str:
    """Keep square brackets from being read as markup."""
    from rich.markup import escape

    return escape(text)


def show_report(report: Report, wish: Wish, *, rejects: Path | None) -> None:
    """Show what became of the rows, which were rejected and why, and what to do next."""
    title = "What an import would do" if wish.dry_run else "Imported"
    rows = [
        (row_class.replace("_", " "), f"{count:,}", _CLASSES[row_class])
        for row_class, count in report.counts.items()
        if count
    ]
    _shell.table(
        rows,
        headers=("", "Rows", ""),
        title=f"{title}: {plain(wish.file.path.name)}, {report.rows:,} rows",
    )
    shown = report.first_rejected[:_SHOWN_REJECTED]
    if shown:
        _shell.table(
            [(str(row.line), row.address, row.reason) for row in shown],
            headers=("Line", "Address", "Why it is rejected"),
        )
    hidden = report.counts_of("rejected") - len(shown)
    if hidden > 0:
        _shell.say(f"… and {hidden:,} more.")
    _shell.next_step(_next(report, wish, rejects=rejects))


def _next(report: Report, wish: Wish, *, rejects: Path | None) -> str:
    file = plain(str(wish.file.path))
    if wish.dry_run:
        return f"newsletter subscribers import {file}"
    if report.counts_of("rejected") and rejects is None:
        return f"import again with --rejects FILE, correct FILE, then import it instead of {file}"
    if report.counts_of("rejected"):
        return f"correct {plain(str(rejects))}, then import it"
    return "newsletter subscribers stats"


def document(report: Report, wish: Wish) -> dict[str, Any]:
    """Give an import's report; of the rejected rows the first hundred."""
    return {
        "rows": report.rows,
        **{str(row_class): count for row_class, count in report.counts.items()},
        "import_id": report.import_id,
        "dry_run": wish.dry_run,
        "rejected_rows": [
            {"line": row.line, "address": row.address, "reason": row.reason}
            for row in report.first_rejected
        ],
    }


def show_one(one: Subscriber, *, as_json: bool) -> None:
    """Show one subscriber."""
    if as_json:
        _shell.print_json(as_document(one))
        return
    _shell.table(
        [
            ("address", one.address),
            ("name", one.name or "—"),
            ("state", one.state),
            ("time zone", one.zone or "the publication's"),
            *sorted(one.attributes.items()),
            ("since", f"{one.created_at:%Y-%m-%d %H:%M} UTC"),
        ]
    )


def as_document(one: Subscriber) -> dict[str, Any]:
    """Give what is held on a person; their token opens their unsubscribe page and stays out."""
    return {
        "address": one.address,
        "name": one.name,
        "state": one.state,
        "zone": one.zone,
        "attributes": dict(one.attributes),
        "created_at": one.created_at.isoformat(),
        "changed_at": one.changed_at.isoformat(),
    }


def show_history(history: History) -> None:
    """Show every change and every consent, oldest first."""
    _shell.table(
        [
            (f"{change.at:%Y-%m-%d %H:%M}", change.to_state, change.reason, change.by)
            for change in history.changes
        ],
        headers=("When (UTC)", "State", "Why", "By"),
    )
    _shell.table(
        [(f"{one.at:%Y-%m-%d %H:%M}", one.how, one.text) for one in history.consents],
        headers=("When (UTC)", "Consent by", "Words or file"),
    )


def history_document(history: History) -> dict[str, Any]:
    """Give every change and every consent, oldest first."""
    return {
        "changes": [
            {
                "at": change.at.isoformat(),
                "from": change.from_state,
                "to": change.to_state,
                "reason": change.reason,
                "by": change.by,
            }
            for change in history.changes
        ],
        "consents": [
            {"at": one.at.isoformat(), "how": one.how, "text": one.text} for one in history.consents
        ],
    }
