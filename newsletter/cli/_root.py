"""The root of the command line: the program itself, and what every command ends in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError  # not exported

from newsletter import __version__
from newsletter.cli import _output, _shell
from newsletter.cli._commands import FileGroup
from newsletter.core import logs
from newsletter.core.errors import ExitCode, NewsletterError, PluginError, UsageError

_EPILOG = """\
Begin with `newsletter init my-brief` and `newsletter preview`; see it all at work with
`newsletter demo`. Each command explains itself with --help. Exit codes: 0 done, 1 failed,
2 usage, 3 nothing to do, 4 held (a person is needed), 75 try again later.
"""

app = typer.Typer(
    name="newsletter",
    cls=FileGroup,
    help="A daily news brief: assembled, checked, and delivered once to everyone who asked for it.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"newsletter {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
    env_file: Annotated[
        Path | None,
        typer.Option(
            "--env-file", metavar="FILE", help="Read variables from a file first, as cron needs it."
        ),
    ] = None,
) -> None:
    del version
    if env_file is not None:
        from newsletter.cli import _env_file

        _env_file.load(env_file, os.environ)


def main() -> None:
    """Run the command line; every error a person can cause ends in a sentence, not a traceback."""
    _output.prepare()
    as_json = "--json" in sys.argv
    wants_details = bool(os.environ.get(_shell.DEBUG))
    if wants_details:
        _shell.log_details()
    try:
        code = _run(as_json=as_json)
    except NewsletterError as error:
        if wants_details and isinstance(error, PluginError):
            from newsletter.core import plugin_errors

            sys.stderr.write(f"{plugin_errors.details(error)}\n")
        _shell.report(error, as_json=as_json)
        code = int(error.exit_code)
    except Exception as error:
        if wants_details:
            raise
        told = _fault(error)
        _shell.report(told, as_json=as_json)
        code = int(told.exit_code)
    sys.exit(_with_output(code))


def _run(*, as_json: bool) -> int:
    """Run the command that was asked for; return what it ends with."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        _shell.report(NewsletterError("It was not answered, so nothing was done."), as_json=as_json)
        return int(ExitCode.FAILED)
    except ClickException as error:
        if as_json and not isinstance(error, NoArgsIsHelpError):
            told = UsageError(
                error.format_message(), hint="The same with --help says what it takes."
            )
            _shell.report(told, as_json=True)
        else:
            error.show()
        return error.exit_code
    return code if isinstance(code, int) else int(ExitCode.DONE)


def _with_output(code: int) -> int:
    """Write out what waits, and return what the command ends with: 1 where a result was lost."""
    try:
        _output.refuse_lost()
    except NewsletterError as error:
        _shell.report(error, as_json=False)
        sys.stderr.flush()
        return code or int(error.exit_code)
    return code


def _fault(error: Exception) -> NewsletterError:
    if isinstance(error, OSError):
        return NewsletterError(f"The system refused: {error}.")
    if isinstance(error, UnicodeEncodeError) and error.encoding.startswith("utf"):
        broken = logs.without_addresses(ascii(error.object[:60]))
        return UsageError(
            f"A text has a character that is none, or a byte that is not UTF-8: {broken}.",
            hint="Write it anew, without the sign that is shown with a backslash.",
        )
    return NewsletterError(
        f"This is a fault of the program: {type(error).__name__}: "
        f"{logs.without_addresses(str(error))}",
        hint=f"Run it again with {_shell.DEBUG}=1 for the details, and please report them.",
    )
