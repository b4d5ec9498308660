"""`newsletter schedule`: stay running and send on time; `schedule plan` shows when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.cli._signals import stop_on_signals
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from newsletter.core.calendar import Due
    from newsletter.core.model.waves import Group

GROUP = True
app = _shell.group("Send every edition when it is due.")

_HELP = """\
Stay running and send every edition when it is due.

It may run beside cron or a second daemon: whoever is first sends, and nobody gets an edition
twice. SIGTERM or Ctrl-C ends it after what is under way.
"""
_MOST_DAYS = 3660


@app.callback(invoke_without_command=True, no_args_is_help=False, help=_HELP)
def schedule(context: typer.Context, config: ConfigOption = HERE) -> None:
    """Stay running and send every edition when it is due."""
    if context.invoked_subcommand is not None:
        return
    from newsletter.operations import scheduler, tick

    _shell.log_to_stderr()
    with stop_on_signals() as stop, _shell.publication(config) as publication:
        scheduler.watch(
            partial(tick.run, publication, wants_to_stop=stop.is_set),
            timetable=publication.settings.timetable,
            clock=publication.clock,
            stop=stop,
        )


@app.command()
def plan(
    config: ConfigOption = HERE,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="YYYY-MM-DD", help="First date; default: today."),
    ] = None,
    days: Annotated[
        int,
        typer.Option(
            "--days", metavar="N", min=1, max=_MOST_DAYS, help="How many days to look ahead."
        ),
    ] = 14,
    as_json: JsonOption = False,
) -> None:
    """Show when the coming editions are due, in UTC and in the publication's zone.

    A date without one says why: its weekday, a date that is skipped, a holiday. With [schedule]
    zone = "reader" also the waves: how many readers are due when.

    Example: newsletter schedule plan --from 2026-03-20 --days 14
    """
    from datetime import timedelta

    from newsletter.core import calendar

    with _shell.publication(config) as publication:
        timetable = publication.timetable
        first = _shell.day_of(publication, start)
        dates = [first + timedelta(days=number) for number in range(days)]
        reasons = {day: calendar.why_none(timetable, day) for day in dates}
        due = [calendar.due(timetable, day) for day, why in reasons.items() if why is None]
        waves = {one.date: publication.sends.waves(one.date) for one in due if timetable.readers}
        weekly = publication.settings.weekly_timetable
        digests = [
            calendar.due(weekly, day)
            for day in dates
            if weekly is not None and calendar.why_none(weekly, day) is None
        ]
    without = {day: why for day, why in reasons.items() if why is not None}
    if as_json:
        found = [entry(one, timetable.zone, waves.get(one.date, ())) for one in due]
        others = [entry(one, timetable.zone, ()) for one in digests]
        none = [{"date": day.isoformat(), "why": why} for day, why in without.items()]
        _shell.print_json({"due": found, "digests": others, "without": none})
    else:
        _show(due, without, zone=timetable.zone)
        if waves:
            _show_waves(due[0], waves[due[0].date])
        if digests:
            listed = ", ".join(f"{one.date:%a} {one.date}" for one in digests)
            _shell.say(f"Digests for weekly readers: {listed}.")
    if not due:
        _shell.end(ExitCode.NOTHING_TO_DO)


def entry(due: Due, zone: str, waves: Sequence[Group]) -> dict[str, Any]:
    """Return a due moment in the words of the JSON contract."""
    from zoneinfo import ZoneInfo

    return {
        "date": due.date.isoformat(),
        "local": due.at.astimezone(ZoneInfo(zone)).isoformat(),
        "utc": due.at.isoformat(),
        "zone": zone,
        "begin": due.begin.isoformat(),
        "waves": [{"utc": one.due_at.isoformat(), "readers": one.size} for one in waves],
    }


def _show_waves(due: Due, waves: Sequence[Group]) -> None:
    _shell.say(f"The edition of {due.date} is handed over from {due.begin:%Y-%m-%d %H:%M} UTC on.")
    rows = [[f"{one.due_at:%a %Y-%m-%d %H:%M}", f"{one.size:,}"] for one in waves]
    _shell.table(rows, headers=("due in UTC", "readers"), title=f"Waves of {due.date}")


def _show(due: list[Due], without: Mapping[date, str], *, zone: str) -> None:
    from zoneinfo import ZoneInfo

    local = ZoneInfo(zone)
    rows = {one.date: _row(one, local) for one in due}
    rows |= {day: [f"{day:%a} {day}", "", "none", "", why] for day, why in without.items()}
    headers = ("edition", "prepared", "due", "offset", "due in UTC")
    _shell.table([rows[day] for day in sorted(rows)], headers=headers, title=f"Due in {zone}")
    if not due:
        _shell.say("No edition is to come in these days.")


def _row(one: Due, local: ZoneInfo) -> list[str]:
    prepared = one.prepare_at.astimezone(local)
    is_before = prepared.date() < one.date
    return [
        f"{one.date:%a} {one.date}",
        f"{prepared:%a %H:%M}" if is_before else f"{prepared:%H:%M}",
        f"{one.at.astimezone(local):%H:%M}",
        f"{one.at.astimezone(local):%z}",
        f"{one.at:%Y-%m-%d %H:%M}",
    ]
