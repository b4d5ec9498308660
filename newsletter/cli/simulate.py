"""`newsletter simulate`: live through coming months in minutes, and see what each day would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from newsletter.operations.simulation.verdicts import DayRecord

app = _shell.group("See what coming days would do.")
_MOST_DAYS = 3660
_SHOWN = {
    "once": "sent once",
    "late": "late",
    "held": "held",
    "twice": "TWICE",
    "missed": "MISSED",
    "none": "no edition",
}


@app.command()
def simulate(
    config: ConfigOption = HERE,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="YYYY-MM-DD", help="First date; default: today."),
    ] = None,
    days: Annotated[
        int,
        typer.Option(
            "--days", metavar="N", min=1, max=_MOST_DAYS, help="How many days to live through."
        ),
    ] = 30,
    faults: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="TOML file of what goes wrong; see docs/simulation.md."),
    ] = None,
    readers: Annotated[
        int,
        typer.Option(
            "--readers", metavar="N", min=1, max=10_000, help="How many readers there are."
        ),
    ] = 50,
    as_json: JsonOption = False,
) -> None:
    """Live through coming days on a clock of their own, and judge what each one did.

    The calendar, the tick, the database code, the template and the delivery are the real ones; the
    sources are stood in for, and a sandbox takes the mail. Neither the publication's database nor
    its files nor its provider are touched.

    Exit 1: somebody got an edition twice, or one failed without a word. Exit 4: a day was held.

    Example: newsletter simulate --from 2026-03-20 --days 30
    """
    from newsletter.cli import _dates
    from newsletter.cli._progress import rate_bar
    from newsletter.core import calendar
    from newsletter.core.clock import SystemClock
    from newsletter.operations.simulation.running import Plan, dates_from
    from newsletter.operations.simulation.running import simulate as live_through
    from newsletter.sandbox import fault_file

    settings = _shell.load_settings(config)
    today = calendar.today(settings.publication.zone, SystemClock().now())
    first = _dates.read(start, today=today) if start else today
    rules = fault_file.load(faults) if faults else ()
    plan = Plan(settings=settings, dates=dates_from(first, days), readers=readers, rules=rules)
    done = Counter[str]()
    with rate_bar(days, of="days", shown=not as_json) as bar:

        def advance(_day: object) -> None:
            done["days"] += 1
            bar.advance("Living through", done["days"])

        found = live_through(plan, progress=advance)
    if as_json:
        _shell.print_json(document(found))
    else:
        _show(found, zone=settings.publication.zone)
    _shell.end(_code(found))


def document(days: Sequence[DayRecord]) -> dict[str, Any]:
    """Return a simulation in the words of the JSON contract."""
    from newsletter.operations.simulation.verdicts import is_in_order

    return {
        "days": [
            {
                "date": day.date.isoformat(),
                "verdict": str(day.verdict),
                "due": day.due.isoformat() if day.due else None,
                "arrived": day.arrived.isoformat() if day.arrived else None,
                "recipients": day.recipients,
                "copies": len(day.copies),
                "most_copies": day.most_copies,
                "troubles": list(day.troubles),
                "kills": day.kills,
                "told": list(day.told),
                "skipped": day.skipped,
            }
            for day in days
        ],
        "verdicts": _counts(days),
        "ok": is_in_order(days),
    }


def _counts(days: Sequence[DayRecord]) -> dict[str, int]:
    counted = Counter(str(day.verdict) for day in days)
    return {word: counted[word] for word in _SHOWN}


def _show(days: Sequence[DayRecord], *, zone: str) -> None:
    from zoneinfo import ZoneInfo

    headers = ("date", "due", "last arrived", "copies", "verdict", "what went wrong")
    rows = [_row(day, ZoneInfo(zone)) for day in days]
    _shell.table(rows, headers=headers, title=f"Simulated days, in {zone}")
    counts = (f"{_SHOWN[word]}: {count}" for word, count in _counts(days).items() if count)
    _shell.say(", ".join(counts))
    for day in days:
        if day.verdict in {"held", "missed"} and day.told:
            _shell.tell(f"{day.date}: {day.told[-1]}")


def _row(day: DayRecord, zone: ZoneInfo) -> list[str]:
    kills = [_shell.counted(day.kills, "kill")] if day.kills else []
    return [
        day.date.isoformat(),
        f"{day.due.astimezone(zone):%H:%M %z}" if day.due else "",
        f"{day.arrived.astimezone(zone):%a %H:%M}" if day.arrived else "",
        f"{len(day.copies):,} of {day.recipients:,}" if day.recipients else "",
        _SHOWN[str(day.verdict)],
        ", ".join([*(one.removeprefix("/") for one in day.troubles), *kills]),
    ]


def _code(days: Sequence[DayRecord]) -> ExitCode:
    from newsletter.operations.simulation.verdicts import is_in_order

    if not is_in_order(days):
        return ExitCode.FAILED
    return ExitCode.HELD if any(day.verdict == "held" for day in days) else ExitCode.DONE
