"""`newsletter subscribers quiet`: who is mailed and shows no sign of life."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import NothingToDo

if TYPE_CHECKING:
    from newsletter.subscribers.quiet import QuietReader, QuietReport

_MEANINGS = {
    "unopened": "delivered, never opened or clicked",
    "undelivered": "never delivered: nothing but soft bounces and the like",
    "silent": "no event of any edition",
}
_COLUMNS = ("email", "name", "quiet", "quiet_editions", "consented")


def quiet(
    days: Annotated[
        int, typer.Option(metavar="N", min=1, max=36_500, help="Look back so many days.")
    ] = 180,
    editions: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=_shell.MOST, help="Only who got so many editions, or more."
        ),
    ] = 20,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them as CSV, for a mail that asks.")
    ] = None,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Report active subscribers who show no sign of life; it changes nothing.

    Who gave their consent in that time is not among them. What counts as life is what the
    provider reports: opening and clicking where that is tracked, else only delivery.
    """
    with _shell.publication(config) as publication:
        since = publication.clock.now() - timedelta(days=days)
        report = publication.quiet.report(since=since, editions=editions)
        if report.editions < editions:
            raise NothingToDo(
                f"The provider reported of {_shell.counted(report.editions, 'edition')} of the "
                f"last {_shell.counted(days, 'day')}; "
                f"at least {editions} are needed to call anybody quiet.",
                hint="`newsletter events listen` takes in what it reports; or look at fewer with "
                "--editions.",
            )
        if export is not None:
            _write(export, publication.quiet.people(since=since, editions=editions))
    if as_json:
        _shell.print_json(_document(report, days=days, at_least=editions, export=export))
    else:
        _show(report, days=days, export=export)


def _write(file: Path, people: Iterable[QuietReader]) -> None:
    from newsletter.cli._subscribers import output
    from newsletter.subscribers.csv_cells import write_row

    with output(file) as stream:
        write_row(stream, _COLUMNS)
        for one in people:
            asked = one.consented_at.date().isoformat()
            write_row(stream, (one.address, one.name, one.quietness, str(one.editions), asked))


def _document(
    report: QuietReport, *, days: int, at_least: int, export: Path | None
) -> dict[str, object]:
    return {
        "days": days,
        "at_least": at_least,
        "editions": report.editions,
        "tracked": report.tracked,
        "subscribers": sum(group.subscribers for group in report.groups),
        "groups": [
            {"group": one.quietness, "subscribers": one.subscribers, "oldest": one.oldest}
            for one in report.groups
        ],
        "file": export,
    }


def _show(report: QuietReport, *, days: int, export: Path | None) -> None:
    rows = [
        (one.quietness, f"{one.subscribers:,}", f"{one.oldest:%Y-%m-%d}", _MEANINGS[one.quietness])
        for one in report.groups
    ]
    told = _shell.counted(report.editions, "edition")
    title = f"Quiet for {_shell.counted(days, 'day')}, in {told}"
    _shell.table(rows, headers=("Group", "Subscribers", "Oldest consent", "Known"), title=title)
    if not report.groups:
        _shell.say("Nobody is.")
    if not report.tracked:
        _shell.say("Nothing tells of opening, so a delivery counts as a sign of life.")
    if report.groups and export is None:
        _shell.next_step("--export FILE writes them, for a mail that asks if they still want it")
