"""The root of the command line: the program itself, and what every command ends in."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from newsletter import __version__
from newsletter.cli import _shell
from newsletter.cli._commands import FileGroup
from newsletter.core import logs
from newsletter.core.errors import NewsletterError, PluginError

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
) -> None:
    del version


def main() -> None:
    """Run the command line; every error a person can cause ends in a sentence, not a traceback."""
    as_json = "--json" in sys.argv
    wants_details = bool(os.environ.get(_shell.DEBUG))
    if wants_details:
        _shell.log_details()
    try:
        app()
    except NewsletterError as error:
        if wants_details and isinstance(error, PluginError):
            from newsletter.core import plugin_errors

            sys.stderr.write(f"{plugin_errors.details(error)}\n")
        _shell.report(error, as_json=as_json)
        sys.exit(int(error.exit_code))
    except Exception as error:
        if wants_details:
            raise
        _shell.report(_fault(error), as_json=as_json)
        sys.exit(1)


def _fault(error: Exception) -> NewsletterError:
    if isinstance(error, OSError):
        return NewsletterError(f"The system refused: {error}.")
    return NewsletterError(
        f"This is a fault of the program: {type(error).__name__}: "
        f"{logs.without_addresses(str(error))}",
        hint=f"Run it again with {_shell.DEBUG}=1 for the details, and please report them.",
    )
