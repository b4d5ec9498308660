"""`newsletter run`: do everything that is due, once; for cron."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.cli._signals import stop_on_signals
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.operations.rest import Note
    from newsletter.operations.tick import TickReport

app = _shell.group("Do what is due.")


@app.command()
def run(
    config: ConfigOption = HERE,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", help="Say only what was done, and what waits for a person once."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Do everything that is due now, once; for cron.

    It prepares, sends, or finishes an interrupted send.

    Meant for cron, every few minutes; running it twice, or beside the daemon, does no harm.
    Exit 3: nothing was due. Exit 4: a person is needed. Exit 75: the next run goes on.
    """
    from newsletter.operations import rest

    file = _shell.config_file(config)
    note = rest.read(file.parent)
    known = note.report(file, os.environ, datetime.now(UTC))
    if known is not None:
        _show_rest(known, quiet=quiet, as_json=as_json)
    report = _tick(config, note)
    if as_json:
        _shell.print_json(document(report))
    else:
        _show(report, quiet=quiet, told=note.told)
    if report.held:
        _shell.end(ExitCode.HELD)
    if report.later:
        _shell.end(ExitCode.TRY_LATER)
    if not report.did:
        _shell.end(ExitCode.NOTHING_TO_DO)


def _tick(config: Path, before: Note) -> TickReport:
    """Do a tick, and write down until when none is needed."""
    from newsletter.operations import rest, tick

    file = _shell.config_file(config)
    mark, began = rest.settings_mark(file, os.environ), datetime.now(UTC)
    with stop_on_signals() as stop, _shell.publication(config) as publication:
        url, root = publication.settings.database_url, publication.settings.root
        days = _open_days(publication)
        files = rest.signature(rest.watched(url, root, days))
        report = tick.run(publication, wants_to_stop=stop.is_set)
    known: dict[str, Any] = {}
    # What changed meanwhile, by this tick or by others, the next one looks at.
    if report.rest_until and files and files == rest.signature(files):
        known = {"at": began.isoformat(), "until": report.rest_until.isoformat()}
        known |= {"settings": mark, "files": files, "report": document(report)}
    told = " ".join(filter(None, (report.held, report.later)))
    if known or before != rest.Note({}, told):
        rest.write(root, rest.Note(known, told))
    return report


def _open_days(publication: App) -> list[str]:
    from newsletter.core import calendar

    timetable, now = publication.settings.timetable, publication.clock.now()
    return [day.isoformat() for day in calendar.open_days(timetable, now)]


def _show_rest(known: Mapping[str, Any], *, quiet: bool, as_json: bool) -> NoReturn:
    """Tell what the last tick found, which is so still."""
    if as_json:
        _shell.print_json(known)
    elif not quiet:
        sys.stdout.write("Nothing is due now.\n")
        due = known["next_due"]
        moment = datetime.fromisoformat(due) if due else None
        sys.stdout.write(f"{_next_due(moment)}\n")
    _shell.end(ExitCode.NOTHING_TO_DO)


def _next_due(moment: datetime | None) -> str:
    if moment is None:
        return "No edition is to come, by [schedule] days and skip."
    return f"The next edition is due at {moment:%Y-%m-%d %H:%M} UTC."


def document(report: TickReport) -> dict[str, Any]:
    """Return a tick in the words of the JSON contract."""
    return {
        "did": list(report.did),
        "held": report.held,
        "skipped": report.skipped,
        "later": report.later,
        "next_due": report.next_due.isoformat() if report.next_due else None,
    }


def _show(report: TickReport, *, quiet: bool, told: str) -> None:
    from rich.markup import escape

    for sentence in report.did:
        _shell.tell(sentence)
    waits = " ".join(filter(None, (report.held, report.later)))
    if not quiet or waits != told:  # cron sends a mail for each line
        if report.held:
            _shell.console(error=True).print(f"[bold yellow]Held.[/] {escape(report.held)}")
        if report.later:
            _shell.console(error=True).print(f"[bold]Later.[/] {escape(report.later)}")
    if quiet:
        return
    if report.skipped:
        _shell.tell(report.skipped)
    elif not report.did and not report.held and not report.later:
        _shell.tell("Nothing is due now.")
    _shell.tell(_next_due(report.next_due))
