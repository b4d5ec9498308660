"""What an import did or would do, for people and for programs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.cli import _shell

if TYPE_CHECKING:
    from newsletter.subscribers.imports.importer import ImportRequest, Report
    from newsletter.subscribers.imports.questions import Asked

_SHOWN_REJECTED = 20
_CLASSES = {
    "new": "new to the list; they get the next edition",
    "updated": "known; what the file says differs",
    "unchanged": "known, nothing to change",
    "revived": "opted out before; brought back by their own words",
    "kept_opted_out": "opted out; they stay so",
    "suppressed": "must never be mailed; left alone",
    "duplicate": "the address stands again further down; the last row and the worst state count",
    "rejected": "cannot be taken; see below",
}


def show(report: Report, request: ImportRequest, *, title: str) -> None:
    """Show what becomes of the rows, which are rejected and why, and what is worth a look."""
    rows = [
        (row_class.replace("_", " "), f"{count:,}", _CLASSES[row_class])
        for row_class, count in report.counts.items()
        if count
    ]
    program = request.columns.export
    of = f", an export of {program}" if program else ""
    name = request.file.path.name
    again = "; an import that was begun before goes on" if report.resumed else ""
    _shell.table(
        rows,
        headers=("", "Rows", ""),
        title=f"{title}: {name}{of}, {_shell.counted(report.rows, 'row')}{again}",
    )
    if report.import_id is None:
        from newsletter.subscribers.imports.columns import meanings

        _shell.table(meanings(request.columns), headers=("Column", "is read as"))
    if request.tags:
        _shell.say(f"Each of them {_gets(request, done=report.import_id is not None)}.")
    _show_rejected(report)
    for one in report.findings:
        _shell.tell(f"{one.count:,} × {one.code}: {one.message}")
        for line, text in one.first[:3]:
            _shell.tell(f"  line {line}: {text}")


def _gets(request: ImportRequest, *, done: bool) -> str:
    named = ", ".join(f"“{tag}”" for tag in request.tags)
    return f"{'has' if done else 'gets'} {named} as a tag, beside the tags they have"


def _show_rejected(report: Report) -> None:
    shown = report.first_rejected[:_SHOWN_REJECTED]
    if shown:
        _shell.table(
            [(str(row.line), row.address, row.reason) for row in shown],
            headers=("Line", "Address", "Why it is rejected"),
        )
    hidden = report.counts_of("rejected") - len(shown)
    if hidden > 0:
        _shell.say(f"… and {hidden:,} more.")


def show_next(
    report: Report, request: ImportRequest, *, dry_run: bool, rejects: Path | None
) -> None:
    """Say what to do next."""
    _shell.next_step(_next(report, request, dry_run=dry_run, rejects=rejects))


def _next(report: Report, request: ImportRequest, *, dry_run: bool, rejects: Path | None) -> str:
    file = request.file.path
    if dry_run:
        tags = "".join(f" --tag {shlex.quote(tag)}" for tag in request.tags)
        return f"newsletter subscribers import {file}{tags}"
    if report.counts_of("rejected") and rejects is None:
        return f"import again with --rejects FILE, correct FILE, then import it instead of {file}"
    if report.counts_of("rejected"):
        return f"correct {rejects}, then import it"
    if report.import_id is not None:
        return f"newsletter subscribers imports undo {report.import_id} takes it back"
    return "newsletter subscribers stats"


def document(report: Report, request: ImportRequest, *, dry_run: bool) -> dict[str, Any]:
    """Return an import's report; of the rejected rows the first hundred."""
    from newsletter.subscribers.imports.columns import meanings

    return {
        "rows": report.rows,
        **{str(row_class): count for row_class, count in report.counts.items()},
        "import_id": report.import_id,
        "resumed": report.resumed,
        "dry_run": dry_run,
        "tags": list(request.tags),
        "export_of": request.columns.export or None,
        "columns": dict(meanings(request.columns)),
        "encoding": request.file.encoding,
        "delimiter": request.file.delimiter,
        "rejected_rows": [
            {"line": row.line, "address": row.address, "reason": row.reason}
            for row in report.first_rejected
        ],
        "findings": [
            {
                "code": one.code,
                "message": one.message,
                "count": one.count,
                "first": [{"line": line, "text": text} for line, text in one.first],
            }
            for one in report.findings
        ],
    }


def questions(asked: Asked) -> dict[str, Any]:
    """Return what an import has to be told before it goes on, as data."""
    return {
        "error": {"type": "Asked", "message": asked.what, "hint": asked.hint} | asked.where.known,
        "questions": [
            {
                "column": one.column,
                "question": one.sentence,
                "values": [{"value": value, "count": count} for value, count in one.values],
                "others": one.others,
                "answers": list(one.answers),
                "options": list(one.options),
            }
            for one in asked.questions
        ],
    }
