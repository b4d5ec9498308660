"""`newsletter subscribers import`: the plan first, then the question, then the import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _import_report, _shell, _subscribers
from newsletter.cli._progress import rate_bar
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode, UsageError
from newsletter.subscribers.imports.columns import ANSWERS, FIELDS
from newsletter.subscribers.imports.wordings import WORDS_ANSWER

if TYPE_CHECKING:
    from newsletter.subscribers.imports.importer import ImportRequest, Plan, Report
    from newsletter.subscribers.imports.questions import Asked
    from newsletter.subscribers.imports.rows import Rejected

MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FIELD",
        help=f"What a column holds: {', '.join(FIELDS)}, or an attribute's key; or what it is: "
        f"{', '.join((*ANSWERS, WORDS_ANSWER))}; or what a word in it means: COLUMN: WORD=STATE. "
        "May be repeated.",
    ),
]
TagOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="TAG",
        help="A tag that everybody in it gets, beside those they have. May be repeated.",
    ),
]
RejectsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the rejected rows there, to correct and import."),
]


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file, with or without names.")
    ],
    columns: MapOption = None,
    consent: Annotated[
        str, typer.Option(metavar="TEXT", help="By which words and where they subscribed.")
    ] = "",
    revive: Annotated[
        bool,
        typer.Option(
            "--revive",
            help="Bring back who opted out, where their row's evidence column says they asked.",
        ),
    ] = False,
    rejects: RejectsOption = None,
    tags: TagOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan; write nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; without a terminal nobody is asked.")
    ] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add and update subscribers from a CSV file: shows its plan, asks, then applies it.

    Encoding, delimiter and columns are found, those of other programs' exports too; other columns
    become attributes. One that may speak of opting out, and is not understood, stops the import
    with a question that --map answers. Nobody who opted out is brought back without evidence. An
    import that was killed is finished by the same command; importing the same file again changes
    nothing.
    """
    from newsletter.subscribers import register
    from newsletter.subscribers.imports.questions import Asked

    if rejects is not None and rejects.resolve() == file.resolve():
        raise UsageError("--rejects names the file that is imported.", hint="Choose another name.")
    told = _subscribers.pairs(columns, option="--map")
    wish = _Wish(file, consent, revive, rejects, dry_run, register.tags_of(tags or ()))
    asks = not (yes or as_json) and sys.stdin.isatty() and sys.stdout.isatty()
    while True:
        try:
            report, request = _imported(wish, told, config=config, asks=asks, as_json=as_json)
            break
        except Asked as asked:
            if as_json:
                _shell.print_json(_import_report.questions(asked))
                _shell.end(ExitCode.USAGE)
            if not asks:
                raise
            told |= _answered(asked)
    _finish(report, request, dry_run=dry_run, rejects=rejects, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked of an import, besides what its columns mean."""

    file: Path
    consent: str
    revive: bool
    rejects: Path | None
    dry_run: bool
    tags: tuple[str, ...]


def _imported(
    wish: _Wish, told: Mapping[str, str], *, config: Path, asks: bool, as_json: bool
) -> tuple[Report, ImportRequest]:
    """Plan, ask and apply. Raises `Asked` before anything is written."""
    from newsletter.subscribers.imports import importer

    request = importer.prepare(
        wish.file, mapping=told, consent=wish.consent, revive=wish.revive, tags=wish.tags
    )
    with (
        _shell.publication(config) as publication,
        _rejects_file(wish.rejects, request.columns.header) as rejected,
        rate_bar(request.file.lines, of="lines", shown=not as_json) as progress,
        importer.planned(
            publication.subscribers,
            request,
            now=publication.clock.now(),
            rejected=rejected,
            progress=progress.advance,
        ) as plan,
    ):
        progress.pause()
        report = plan.report
        if not wish.dry_run and (not asks or _agreed(plan, request)):
            report = plan.apply(progress.advance)
    return report, request


def _answered(asked: Asked) -> dict[str, str]:
    """Ask a person what each column in question means."""
    answers = {}
    for one in asked.questions:
        _shell.say(_subscribers.plain(one.sentence))
        words = ", ".join(one.answers)
        answer = ""
        while answer not in one.answers:
            answer = typer.prompt(f"“{one.column}” is ({words})", type=str).strip()
        answers[one.column] = answer
    return answers


def _agreed(plan: Plan, request: ImportRequest) -> bool:
    """Show the plan and ask; where there is nothing to do, nothing is asked."""
    if not plan.report.changed:
        return True
    _import_report.show(plan.report, request, title="The plan")
    if not typer.confirm("Apply it?"):
        _shell.say("Nothing was changed.")
        _shell.end(ExitCode.NOTHING_TO_DO)
    return True


def _finish(
    report: Report, request: ImportRequest, *, dry_run: bool, rejects: Path | None, as_json: bool
) -> None:
    if as_json:
        _shell.print_json(_import_report.document(report, request, dry_run=dry_run))
    else:
        title = "What an import would do" if dry_run else "Imported"
        _import_report.show(report, request, title=title)
        _import_report.show_next(report, request, dry_run=dry_run, rejects=rejects)
    if not report.changed:
        _shell.end(ExitCode.NOTHING_TO_DO)


@contextmanager
def _rejects_file(path: Path | None, header: Sequence[str]) -> Iterator[Callable[[Rejected], None]]:
    """Write the rejected rows with line and reason in front; without any there is no file."""
    from newsletter.core import private
    from newsletter.subscribers.csv_cells import write_row

    with ExitStack() as stack:
        streams: list[IO[str]] = []

        def write(row: Rejected) -> None:
            if path is None:
                return
            if not streams:
                opened = private.opened(path, encoding="utf-8-sig", newline="")
                streams.append(stack.enter_context(opened))
                write_row(opened, ("rejected_line", "rejected_reason", *header))
            write_row(streams[0], (str(row.line), row.reason, *row.cells))

        yield write
