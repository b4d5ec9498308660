"""`newsletter audit`: prove what went to whom."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import (
    HERE,
    ConfigOption,
    DateOption,
    JsonOption,
    KindOption,
    SentKind,
)
from newsletter.core.errors import ExitCode, NothingToDo, UsageError, Where
from newsletter.core.model import SendKind

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.core.feedback_loops import Feedback
    from newsletter.core.model.records import Dossier
    from newsletter.delivery.audit.rules import Audit

app = _shell.group("Prove what went to whom.")


@app.command()
def audit(
    day: Annotated[str | None, typer.Argument(metavar="[YYYY-MM-DD]", show_default=False)] = None,
    config: ConfigOption = HERE,
    date: DateOption = None,
    kind: KindOption = SentKind.EDITION,
    who: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="What this person was mailed, and what became of it."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the audit as a page to keep."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove from the ledger what went to whom.

    Exit 1 when anything is unaccounted for.

    Example: newsletter audit --who ann@example.org
    """
    if who is not None:
        _who(config, who, as_json=as_json)
        return
    with _shell.publication(config) as publication:
        wanted = _shell.day_of(publication, day or date)
        result = publication.audit(wanted, SendKind(kind))
        if html is not None:
            _write(html, result, publication)
    if as_json:
        _shell.print_json(document(result))
    else:
        _show(result)
        if html is not None:
            _shell.next_step(f"open {html}")
    if not result.complete:
        _shell.end(ExitCode.FAILED)


def _write(file: Path, result: Audit, publication: App) -> None:
    from newsletter.core import private
    from newsletter.delivery.audit.page import page

    name, now = publication.settings.publication.name, publication.clock.now()
    try:
        private.write_bytes(file, page(result, publication=name, now=now).encode())
    except OSError as error:
        what = f"{file} cannot be written: {error.strerror or error}."
        raise UsageError(what, where=Where(file=str(file), leads=False)) from error


def _who(config: Path, address: str, *, as_json: bool) -> None:
    from newsletter.storage.sends import dossier
    from newsletter.subscribers import addresses

    found = addresses.parse(address)
    if isinstance(found, addresses.Refused):
        raise UsageError(found.reason)
    with _shell.publication(config) as publication:
        of = publication.settings.publication.id
        told = dossier.read(publication.database, found.canonical, publication=of)
    if told.state is None and not told.suppressed and not told.copies:
        raise NothingToDo("This address is not in the list, and was never mailed.")
    if as_json:
        _shell.print_json(asdict(told))
    else:
        _show_dossier(told)


def _show_dossier(dossier: Dossier) -> None:
    from rich.markup import escape

    state = dossier.state or "not in the list"
    suppressed = f", suppressed ({dossier.suppressed})" if dossier.suppressed else ""
    _shell.say(escape(f"{dossier.canonical}: {state}{suppressed}"))
    rows = [
        [
            str(copy.edition),
            copy.state,
            f"{copy.attempt_at:%H:%M:%S} UTC" if copy.attempt_at else "–",
            copy.digest[:12],
            copy.reported or "–",
            copy.reason,
        ]
        for copy in dossier.copies
    ]
    headers = ("edition", "state", "attempt", "message", "reported", "reason")
    _shell.table(rows, headers=headers)


def _complaints(feedback: Feedback | None) -> dict[str, int | None] | None:
    """Return complaints with whom they are of; null where nobody would be heard."""
    if feedback is None:
        return None
    is_known = bool(feedback.reporting or feedback.complained)
    return {
        "complained": feedback.complained if is_known else None,
        "of_reporting": feedback.reporting,
        "unknown": feedback.gmail + feedback.others,
        "unknown_gmail": feedback.gmail,
    }


def document(result: Audit) -> dict[str, Any]:
    """Return an audit in the words of the JSON contract."""
    record = result.record
    return {
        "complete": result.complete,
        "edition": record.send.edition.isoformat(),
        "kind": str(record.send.kind),
        "send_id": record.send.id,
        "digest": record.send.digest,
        "provider": record.send.provider,
        "segment": record.send.segment or None,
        "recipients": record.send.recipients,
        "states": dict(result.states),
        "joined": dict(record.joined.states),
        "reported": dict(record.reported),
        "complaints": _complaints(record.feedback),
        "left_out": [
            {"outcome": outcome, "reason": reason, "recipients": count}
            for outcome, reason, count in record.left_out
        ],
        "batches": [
            {"number": b.number, "recipients": b.size, "state": str(b.state)}
            for b in record.batches
        ],
        "attempts": [
            {
                "id": a.id,
                "batch": a.batch,
                "state": a.state,
                "provider_id": a.provider_id,
                "status": a.status,
                "reason": a.reason,
                "digest": a.digest,
                "started_at": a.started_at.isoformat(),
                "ended_at": a.ended_at.isoformat() if a.ended_at else None,
                "proven_at": a.proven_at.isoformat() if a.proven_at else None,
                "went_at": a.went_at.isoformat() if a.went_at else None,
                "send_at": a.send_at.isoformat() if a.send_at else None,
            }
            for a in record.attempts
        ],
        "accepted": {one.code: one.reason for one in result.accepted},
        "problems": list(result.problems),
    }


def _show(result: Audit) -> None:
    from rich.markup import escape

    record = result.record
    what = "Digest" if record.send.kind is SendKind.WEEKLY else "Edition"
    _shell.say(
        f"[bold]{what} of {record.send.edition}[/], send {record.send.id} through "
        f"{record.send.provider}, message {record.send.digest[:12]}"
    )
    if record.send.segment:
        _shell.say(escape(f"Only for the segment {record.send.segment}"))
    states = [[state, f"{count:,}"] for state, count in sorted(result.states.items())]
    _shell.table([*states, ["recipients", f"{record.send.recipients:,}"]])
    if record.joined.states:
        rows = [[state, f"{count:,}"] for state, count in sorted(record.joined.states.items())]
        _shell.table(rows, title="Copies of people who joined after the freeze")
    if record.feedback is not None:
        _shell.say(f"Complaints: {record.feedback.sentence}")
    if record.reported:
        rows = [[kind, f"{count:,}"] for kind, count in sorted(record.reported.items())]
        _shell.table(rows, title="Reported by the provider")
    if record.left_out:
        rows = [[outcome, f"{count:,}", reason] for outcome, reason, count in record.left_out]
        _shell.table(rows, headers=("outcome", "people", "reason"))
    rows = [
        [str(a.batch), a.state, a.provider_id or "–", str(a.status or "–"), a.reason or ""]
        for a in record.attempts[-20:]
    ]
    _shell.table(rows, headers=("batch", "attempt", "provider's id", "status", "reason"))
    if result.accepted:
        rows = [[one.code, one.reason] for one in result.accepted]
        _shell.table(rows, headers=("check", "accepted before the send"))
    if result.complete:
        _shell.say("[bold green]Complete.[/] Every recipient is in exactly one state.")
        return
    _shell.say("[bold red]Not complete.[/]")
    for problem in result.problems:
        _shell.tell(f"  • {problem}")
