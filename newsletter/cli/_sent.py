"""What a command tells of a send: its numbers, what was called back, and how to go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from newsletter.cli import _shell
from newsletter.core.errors import ExitCode
from newsletter.core.model import SendKind

if TYPE_CHECKING:
    from newsletter.core.model.records import CalledBack, SendView


def how_to_go_on(view: SendView) -> tuple[str, ExitCode]:
    """Return the next step after a command, and how it ends."""
    from newsletter.core.model import BatchState
    from newsletter.delivery import preconditions

    options, doubts = preconditions.options(view.send), view.tally(BatchState.UNCERTAIN).batches
    if view.send.status == "complete" and view.next_retry:
        return (
            f"newsletter run and newsletter schedule try those again whom the mail server asked "
            f"to try later, from {view.next_retry:%Y-%m-%d %H:%M} UTC on; newsletter audit "
            f"{options}"
        ), ExitCode.DONE
    if view.send.status == "complete":
        return f"newsletter audit {options}", ExitCode.DONE
    if view.send.status == "open" and view.next_due and not doubts:
        return (
            f"the next wave is due at {view.next_due:%Y-%m-%d %H:%M} UTC; newsletter run and "
            "newsletter schedule hand it over then"
        ), ExitCode.TRY_LATER
    return f"newsletter audit {options} says what is in doubt, and how to go on", ExitCode.HELD


def show(view: SendView, *, as_json: bool) -> None:
    """Show where a send stands."""
    document = summary(view)
    if as_json:
        _shell.print_json(document)
        return
    what = "Digest" if view.send.kind is SendKind.WEEKLY else "Edition"
    _shell.say(f"[bold]{what} of {view.send.edition}[/], send {view.send.id}: {view.send.status}")
    counts = {key: value for key, value in document.items() if isinstance(value, int) and value}
    del counts["send_id"]
    _shell.table([[key.replace("_", " "), f"{value:,}"] for key, value in counts.items()])


def summary(view: SendView) -> dict[str, Any]:
    """Return a send's numbers in the words of the JSON contract."""
    from newsletter.core.model import BatchState

    return {
        "send_id": view.send.id,
        "status": str(view.send.status),
        "segment": view.send.segment or None,
        "recipients": view.send.recipients,
        "submitted": view.tally(BatchState.SUBMITTED).recipients,
        "skipped": view.skipped,
        "refused": view.refused + view.tally(BatchState.REFUSED).recipients,
        "uncertain": view.tally(BatchState.UNCERTAIN).recipients,
        "deferred": view.tally(BatchState.DEFERRED).recipients + view.given_up,
        "planned": view.tally(BatchState.PLANNED).recipients,
        "under_way": view.tally(BatchState.CLAIMED).recipients,
        "cancelled": view.tally(BatchState.CANCELLED).recipients,
        "batches": sum(tally.batches for tally in view.batches.values()),
        "next_due": view.next_due.isoformat() if view.next_due else None,
        "next_retry": view.next_retry.isoformat() if view.next_retry else None,
    }


def called_back(batches: Sequence[CalledBack]) -> list[dict[str, Any]]:
    """Return what became of each batch that was handed over ahead, in the words of the contract."""
    return [
        {
            "batch": one.batch,
            "recipients": one.recipients,
            "send_at": one.send_at.isoformat(),
            "recalled": one.recalled,
            "reason": one.reason or None,
        }
        for one in batches
    ]


def show_called_back(batches: Sequence[CalledBack]) -> None:
    """Show what became of each batch that was handed over ahead."""
    if not batches:
        return
    rows = [
        [str(one.batch), f"{one.recipients:,}", "recalled" if one.recalled else one.reason]
        for one in batches
    ]
    headers = ("batch", "recipients", "called back")
    _shell.table(rows, headers=headers, title="Handed over ahead")
