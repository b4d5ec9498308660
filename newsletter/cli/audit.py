"""`newsletter audit`: prove what went to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.delivery.audit import Audit

app = _shell.group("Prove what went to whom.")


@app.command()
def audit(
    day: Annotated[str | None, typer.Argument(metavar="[DATE]", show_default=False)] = None,
    config: ConfigOption = HERE,
    date: DateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prove from the ledger what went to whom.

    Exit 1 when anything is unaccounted for.

    Example: newsletter audit 2026-03-01 --json
    """
    with _shell.publication(config) as publication:
        wanted = _shell.as_date(day or date) or publication.today()
        result = publication.audit(wanted)
    if as_json:
        _shell.print_json(document(result))
    else:
        _show(result)
    if not result.complete:
        _shell.end(ExitCode.FAILED)


def document(result: Audit) -> dict[str, Any]:
    """Give an audit in the words of the JSON contract."""
    record = result.record
    return {
        "complete": result.complete,
        "edition": record.send.edition.isoformat(),
        "send_id": record.send.id,
        "digest": record.send.digest,
        "provider": record.send.provider,
        "recipients": record.send.recipients,
        "states": dict(result.states),
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
            }
            for a in record.attempts
        ],
        "problems": list(result.problems),
    }


def _show(result: Audit) -> None:
    record = result.record
    _shell.say(
        f"[bold]Edition of {record.send.edition}[/], send {record.send.id} through "
        f"{record.send.provider}, message {record.send.digest[:12]}"
    )
    states = [[state, f"{count:,}"] for state, count in sorted(result.states.items())]
    _shell.table([*states, ["recipients", f"{record.send.recipients:,}"]])
    if record.left_out:
        rows = [[outcome, f"{count:,}", reason] for outcome, reason, count in record.left_out]
        _shell.table(rows, headers=("outcome", "people", "reason"))
    rows = [
        [str(a.batch), a.state, a.provider_id or "–", str(a.status or "–"), a.reason or ""]
        for a in record.attempts[-20:]
    ]
    _shell.table(rows, headers=("batch", "attempt", "provider's id", "status", "reason"))
    if result.complete:
        _shell.say("[bold green]Complete.[/] Every recipient is in exactly one state.")
        return
    _shell.say("[bold red]Not complete.[/]")
    for problem in result.problems:
        _shell.say(f"  • {problem}")
