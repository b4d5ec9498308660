"""`newsletter run`: do everything that is due, once; for cron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.cli._signals import stop_on_signals
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.operations.tick import TickReport

app = _shell.group("Do what is due.")


@app.command()
def run(
    config: ConfigOption = HERE,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Say nothing unless something was done or is held.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Do everything that is due now, once; for cron.

    It prepares, sends, or finishes an interrupted send.

    Meant for cron, every few minutes; running it twice, or beside the daemon, does no harm.
    Exit 3: nothing was due. Exit 4: a person is needed. Exit 75: the next run goes on.
    """
    from newsletter.operations import tick

    with _shell.publication(config) as publication, stop_on_signals() as stop:
        report = tick.run(publication, wants_to_stop=stop.is_set)
    if as_json:
        _shell.print_json(document(report))
    else:
        _show(report, quiet=quiet)
    if report.held:
        _shell.end(ExitCode.HELD)
    if report.later:
        _shell.end(ExitCode.TRY_LATER)
    if not report.did:
        _shell.end(ExitCode.NOTHING_TO_DO)


def document(report: TickReport) -> dict[str, Any]:
    """Return a tick in the words of the JSON contract."""
    return {
        "did": list(report.did),
        "held": report.held,
        "skipped": report.skipped,
        "later": report.later,
        "next_due": report.next_due.isoformat() if report.next_due else None,
    }


def _show(report: TickReport, *, quiet: bool) -> None:
    from rich.markup import escape

    for sentence in report.did:
        _shell.say(escape(sentence))
    if report.held:
        _shell.console(error=True).print(f"[bold yellow]Held.[/] {escape(report.held)}")
    if report.later:
        _shell.console(error=True).print(f"[bold]Later.[/] {escape(report.later)}")
    if quiet:
        return
    if report.skipped:
        _shell.say(escape(report.skipped))
    elif not report.did and not report.held and not report.later:
        _shell.say("Nothing is due now.")
    if report.next_due:
        _shell.say(f"The next edition is due at {report.next_due:%Y-%m-%d %H:%M} UTC.")
    else:
        _shell.tell("No edition is to come, by [schedule] days and skip.")
