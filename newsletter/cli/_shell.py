"""What every command shares: options, the publication it works on, output, and how it ends.

A command is thin: it opens the publication, calls one method, and shows the result. Results go to
standard output: tables for people, or with `--json` one document. Everything else (progress,
next steps, errors) goes to standard error.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from newsletter.core.errors import ConfigError, ExitCode, NewsletterError, UsageError, Where

if TYPE_CHECKING:
    from rich.console import Console

    from newsletter.app import App
    from newsletter.core.config.settings import Settings

DEBUG = "NEWSLETTER_DEBUG"
LOGS = "NEWSLETTER_LOGS"  # "json" or "text": how the lines of a log are written

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        metavar="PATH",
        help="config.toml of the publication, or its folder; else found from here upwards.",
        envvar="NEWSLETTER_CONFIG",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of tables.")
]
PortOption = Annotated[
    int, typer.Option(metavar="N", min=0, max=65_535, help="Port on 127.0.0.1; 0 takes a free one.")
]
DateOption = Annotated[
    str | None,
    typer.Option(
        "--date", metavar="YYYY-MM-DD", help="Publication date; default: today in its zone."
    ),
]


class SentKind(StrEnum):
    """What `--kind` takes."""

    EDITION = "edition"
    WEEKLY = "weekly"


KindOption = Annotated[
    SentKind,
    typer.Option("--kind", metavar="WORD", help="edition: that of the date; weekly: its week's."),
]
PROVIDERS = "newsletter.delivery.providers"
HERE = Path("config.toml")
_NARROW = 10  # columns of a terminal for one of a table, at least
MOST = 2**31 - 1  # of what is counted: what every database can hold


def group(help_text: str) -> typer.Typer:
    """Make a group of commands in the house's manner."""
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
    )


def config_file(config: Path) -> Path:
    """Return config.toml itself: in the folder that was named, or found upwards from here."""
    if config.is_dir():
        return config / HERE
    return _upwards() if config == HERE and not config.exists() else config


def _upwards() -> Path:
    """Find the publication this folder lies in, as git does; other programs have such files."""
    for folder in Path.cwd().parents:
        file = folder / HERE
        with suppress(OSError):
            if file.is_file() and b"[publication]" in file.read_bytes():
                return file
    return HERE


def load_settings(config: Path) -> Settings:
    """Read config.toml and the environment."""
    from newsletter.core.config import settings as configuration

    return configuration.load(config_file(config), os.environ)


@contextmanager
def publication(config: Path) -> Iterator[App]:
    """Open the publication a command works on, and close it again."""
    from newsletter.app import build

    settings = load_settings(config)
    _refuse_unknown_provider(settings)
    app = build(settings)
    try:
        yield app
    finally:
        app.close()


def _refuse_unknown_provider(settings: Settings) -> None:
    """Refuse a provider that there is none of, before anything is made; not only when it sends."""
    from newsletter.core import plugins

    name = settings.delivery.provider
    if "." in name or name in plugins.names(PROVIDERS):
        return
    try:
        plugins.find(PROVIDERS, name)
    except ConfigError as error:
        where = settings.written.where(("delivery", "provider"))
        raise ConfigError(error.sentence, hint=error.hint, where=where) from error


def day_of(publication: App, text: str | None) -> date:
    """Read a `--date` in the publication's zone; None is today. Raises `UsageError`."""
    if text is None:
        return publication.today()
    from newsletter.cli import _dates

    return _dates.read(text, today=publication.today())


def console(*, error: bool = False) -> Console:
    """Return the terminal: standard output, or standard error for all that is not a result."""
    from rich.console import Console

    return Console(stderr=error, highlight=False, soft_wrap=not sys.stdout.isatty())


_BROKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def cleaned(note: str) -> str:
    """Return a note without what no record can hold: half characters, controls, line ends.

    What a note goes with comes first: an opt-out does not fail for a sign in its reason.
    """
    return _BROKEN.sub("\N{REPLACEMENT CHARACTER}", note)


def print_json(document: Mapping[str, Any]) -> None:
    """Print one document; dates and paths as text."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # the terminal lacks a sign, or it is half of one
        text = json.dumps(document, indent=2, default=str)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()  # a server that announces itself goes on for long


def log_to_stderr() -> None:
    """Show what the newsletter does as it happens, for commands that stay."""
    from newsletter.core.log_lines import JsonLines, Lines

    kind = JsonLines if os.environ.get(LOGS) == "json" else Lines
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(kind(_secrets_set()))
    logging.basicConfig(handlers=[handler])
    logging.getLogger("newsletter").setLevel(logging.INFO)


def _secrets_set() -> list[str]:
    """Return the values of the environment that are named like secrets, so that no log has them."""
    from newsletter.core.config.masking import is_secret_name

    found = []
    for name, value in os.environ.items():
        if not is_secret_name(name):
            continue
        if name.endswith("_FILE"):
            with suppress(OSError, UnicodeDecodeError):
                found.append(Path(value).read_text(encoding="utf-8").strip())
        else:
            found.append(value.strip())
    return found


def log_details() -> None:
    """Show also what is only told on request: the steps that led to a plug-in's fault."""
    log_to_stderr()
    logging.getLogger("newsletter").setLevel(logging.DEBUG)


def say(text: str = "") -> None:
    """Print a line of the result for people; square brackets are Rich's markup."""
    console().print(text)


def tell(text: str) -> None:
    """Print a line of the result as it is; square brackets are only brackets."""
    from rich.text import Text

    console().print(Text(text))


def note(sentence: str) -> None:
    """Tell something worth a look, on standard error."""
    from rich.markup import escape

    console(error=True).print(f"[yellow]Note.[/] {escape(sentence)}")


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: "1 test copy", "2,015 readers"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def next_step(text: str) -> None:
    """Tell what to do next, on standard error; square brackets are only brackets."""
    from rich.markup import escape

    console(error=True).print(f"[dim]Next:[/] {escape(text)}")


def hanging(sign: str, text: str, *, sign_style: str = "", style: str = "") -> None:
    """Print a line that hangs below its own beginning; into a pipe it stays one line."""
    from rich.table import Table
    from rich.text import Text

    terminal = console()
    if not terminal.is_terminal:
        terminal.print(Text(f"{sign} {text}"))
        return
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True, width=len(sign))
    line.add_column(overflow="fold")
    line.add_row(Text(sign, style=sign_style), Text(text, style=style))
    terminal.print(line)


def table(
    rows: Sequence[Sequence[str]], *, headers: Sequence[str] = (), title: str | None = None
) -> None:
    """Print rows as a table; cells and title are plain text, whatever they contain."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    terminal = console()
    if rows and terminal.width < _NARROW * len(rows[0]):
        _records(terminal, rows, headers=headers, title=title)
        return
    shown = Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_header=bool(headers),
        pad_edge=False,
    )
    for place, header in enumerate(headers or [""] * len(rows[0] if rows else ())):
        numbers = bool(rows) and all(_is_number(row[place]) for row in rows)
        shown.add_column(header, overflow="fold", justify="right" if numbers else "left")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    terminal.print(shown)


def _records(
    terminal: Console, rows: Sequence[Sequence[str]], *, headers: Sequence[str], title: str | None
) -> None:
    """Print rows below each other, for terminals that are too narrow for columns."""
    from rich.text import Text

    if title:
        terminal.print(Text(title, style="bold"))
    for row in rows:
        named = zip(headers or [""] * len(row), row, strict=True)
        for header, cell in named:
            terminal.print(Text(f"{header}: {cell}" if header else cell))
        terminal.print()


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").isdecimal()


def end(code: ExitCode) -> NoReturn:
    """End the command with one of the house's exit codes."""
    raise typer.Exit(int(code))


def report(error: NewsletterError, *, as_json: bool) -> None:
    """Tell a person, or a program, what went wrong and what to do next, without passwords."""
    from newsletter.core.config.masking import masked_text

    what, hint = masked_text(error.what), masked_text(error.hint)
    if as_json:
        told = {"type": type(error).__name__, "message": what, "hint": hint}
        print_json({"error": told | error.where.known})
        return
    from rich.markup import escape

    terminal = console(error=True)
    word, colour = _heading(error)
    terminal.print(f"[bold {colour}]{word}[/] {escape(what)}")
    if hint:
        terminal.print(f"[dim]→[/] {escape(hint)}")


def _heading(error: NewsletterError) -> tuple[str, str]:
    headings = {
        ExitCode.NOTHING_TO_DO: ("Nothing to do.", "green"),
        ExitCode.HELD: ("Held.", "yellow"),
        ExitCode.TRY_LATER: ("Later.", "yellow"),
    }
    return headings.get(error.exit_code, ("Error.", "red"))


def page_in(file: str) -> bytes:
    """Return a page's text or markup from a file, or from standard input for `-`."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.",
            hint="Name a text file, or - to paste the page on standard input.",
            where=Where(file=file, leads=False),
        ) from error
