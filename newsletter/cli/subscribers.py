"""`newsletter subscribers`: who gets the brief: import, add, remove, show, export."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell, _subscribers
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from newsletter.model import SubscriberState
    from newsletter.subscribers.plan import Rejected

GROUP = True
app = _shell.group("Keep the list: import, add, remove, show, export, count.")

MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FIELD",
        help="What a column holds: email, name, first_name, last_name, zone, subscription, "
        "ignore, or an attribute's key. May be repeated.",
    ),
]
RejectsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the rejected rows there, to correct and import."),
]
AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="Their e-mail address.")]


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file, with or without names.")
    ],
    columns: MapOption = None,
    consent: Annotated[
        str, typer.Option(metavar="TEXT", help="By which words and where they subscribed.")
    ] = "",
    rejects: RejectsOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add and update subscribers from a CSV file, all of it or nothing.

    Encoding, delimiter and columns are found; columns that are not name, address or time zone
    become attributes. Nobody who opted out is ever brought back. Importing the same file again
    changes nothing.
    """
    from newsletter.subscribers import importing

    wish = importing.prepare(
        file, mapping=_pairs(columns, option="--map"), consent=consent, dry_run=dry_run
    )
    if rejects is not None and rejects.resolve() == file.resolve():
        raise UsageError("--rejects names the file that is imported.", hint="Choose another name.")
    with ExitStack() as stack:
        publication = stack.enter_context(_shell.publication(config))
        progress = stack.enter_context(_progress(wish.file.lines, shown=not as_json))
        writer = _RejectsFile(rejects, wish.columns.header)
        stack.callback(writer.close)
        report = importing.run(
            publication.subscribers,
            wish,
            now=publication.clock.now(),
            rejected=writer.write,
            progress=progress,
        )
    if as_json:
        _shell.print_json(_subscribers.document(report, wish))
    else:
        _subscribers.show_report(report, wish, rejects=rejects)
    if not report.changed:
        _shell.end(ExitCode.NOTHING_TO_DO)


@app.command()
def add(
    address: AddressArgument,
    name: Annotated[str, typer.Option(metavar="NAME", help="Their full name.")] = "",
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Their time zone, such as Europe/Berlin.")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An attribute. May be repeated."),
    ] = None,
    consent: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="How and when they asked for it; needed for somebody who opted out before.",
        ),
    ] = "",
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add one subscriber, or bring back one who asked for it."""
    from newsletter.subscribers import register

    person = register.person_of(
        address, name=name, zone=zone, attributes=_pairs(values, option="--set")
    )
    with _shell.publication(config) as publication:
        added = register.add(
            publication.subscribers, person, consent=consent, now=publication.clock.now()
        )
    _subscribers.show_one(added, as_json=as_json)


@app.command()
def remove(
    address: AddressArgument,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, for the record.")
    ] = "asked to leave",
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Opt one subscriber out, at once: also from a send that is running.

    They stay in the list as unsubscribed, so that no import brings them back.
    """
    from newsletter.subscribers import register

    who = register.address_of(address)
    with _shell.publication(config) as publication:
        removed = register.remove(
            publication.subscribers, who, reason=reason, now=publication.clock.now()
        )
    _subscribers.show_one(removed, as_json=as_json)


@app.command()
def show(
    address: AddressArgument, config: ConfigOption = HERE, as_json: JsonOption = False
) -> None:
    """Show everything that is held on one subscriber."""
    from newsletter.subscribers import register

    who = register.address_of(address)
    with _shell.publication(config) as publication:
        found = register.found(publication.subscribers.find(who.canonical), who.address)
        history = publication.subscribers.history(found.id)
    if as_json:
        _shell.print_json(_subscribers.as_document(found) | _subscribers.history_document(history))
        return
    _subscribers.show_one(found, as_json=False)
    _subscribers.show_history(history)


@app.command()
def export(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there; default: standard output.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only subscribers in this state.")
    ] = None,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the list as CSV, in a form `subscribers import` takes back unchanged.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    from newsletter.csvfile import write_row

    if as_json and out is None:
        raise UsageError(
            "--json and the list cannot share standard output.", hint="Add --out FILE."
        )
    wanted = _as_state(state)
    with _shell.publication(config) as publication, _output(out) as stream:
        keys = publication.subscribers.attribute_keys()
        write_row(stream, ("email", "name", "time_zone", "subscription", *keys))
        count = 0
        for one in publication.subscribers.everyone(state=wanted):
            values = (one.attributes.get(key, "") for key in keys)
            write_row(stream, (one.address, one.name, one.zone or "", one.state, *values))
            count += 1
    if as_json:
        _shell.print_json({"file": out, "subscribers": count})
    elif out is not None:
        _shell.say(f"{count:,} subscribers in {_subscribers.plain(str(out))}")


@app.command()
def stats(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Count the subscribers in each state."""
    with _shell.publication(config) as publication:
        counts = publication.subscribers.counts()
        suppressed = publication.subscribers.suppressed()
    total = sum(counts.values())
    if as_json:
        _shell.print_json({"total": total, "states": dict(counts), "suppressed": suppressed})
        return
    rows = [(str(state), f"{count:,}") for state, count in counts.items()]
    _shell.table([*rows, ("total", f"{total:,}")], headers=("State", "Subscribers"))
    if suppressed:
        _shell.say(f"{suppressed:,} addresses are suppressed.")
    if not total:
        _shell.next_step("newsletter subscribers import FILE")


# --- options, files, progress ------------------------------------------------------------------


def _pairs(texts: Sequence[str] | None, *, option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts or ():
        key, equals, value = text.rpartition("=") if option == "--map" else text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{option} “{text}” is not of the form NAME=VALUE.")
        pairs[key.strip()] = value.strip()
    return pairs


def _as_state(text: str | None) -> SubscriberState | None:
    from newsletter.model import SubscriberState

    if text is None:
        return None
    try:
        return SubscriberState(text)
    except ValueError as error:
        raise UsageError(
            f"“{text}” is not a state.", hint=f"Valid: {', '.join(SubscriberState)}."
        ) from error


@contextmanager
def _output(path: Path | None) -> Iterator[IO[str]]:
    if path is None:
        yield sys.stdout
        return
    # With a byte-order mark: spreadsheets take the file for Windows-1252 otherwise.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        yield stream


class _RejectsFile:
    """The rejected rows as a CSV file; there is none when no row is rejected."""

    def __init__(self, path: Path | None, header: Sequence[str]) -> None:
        self._path = path
        self._header = header
        self._stream: IO[str] | None = None

    def write(self, row: Rejected) -> None:
        """Write one row with its line and reason in front."""
        from newsletter.csvfile import write_row

        if self._path is None:
            return
        if self._stream is None:
            self._stream = self._path.open("w", encoding="utf-8-sig", newline="")
            write_row(self._stream, ("rejected_line", "rejected_reason", *self._header))
        write_row(self._stream, (str(row.line), row.reason, *row.cells))

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._stream is not None:
            self._stream.close()


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show a bar with the time left, once a piece of work has lasted longer than a second."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    console = _shell.console(error=True)
    bar = Progress(
        BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=console, transient=True
    )
    task = bar.add_task("", total=total)
    begun = time.monotonic()

    def advance(line: int) -> None:
        if shown and console.is_terminal and time.monotonic() - begun > 1:
            bar.start()
        bar.update(task, completed=line)

    try:
        yield advance
    finally:
        bar.stop()
