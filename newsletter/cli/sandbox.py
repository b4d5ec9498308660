"""`newsletter sandbox`: a local SendGrid to send to while trying things out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.core.errors import UsageError

if TYPE_CHECKING:
    from newsletter.sandbox.account import RecordedRequest
    from newsletter.sandbox.server import Sandbox

app = _shell.group("A local SendGrid.")


FolderOption = Annotated[
    Path,
    typer.Option("--dir", metavar="FOLDER", help="Where mails, index and signing key are kept."),
]
FaultsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="TOML file of faults to inject (newsletter help sandbox)."),
]


@app.command()
def sandbox(
    port: _shell.PortOption = 8025,
    folder: FolderOption = Path("mailbox"),
    faults: FaultsOption = None,
    webhook: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Address on this machine that gets signed events."),
    ] = None,
    api_key_env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Variable with the only key to take; default: any key."),
    ] = None,
    sender: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help="Address that may stand in From; repeat for more. Default: any."
        ),
    ] = None,
    rate_limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=_shell.MOST, help="Requests taken in a minute.")
    ] = 10_000,
    index_only: Annotated[
        bool, typer.Option("--index-only", help="Keep no content: only who got what, when.")
    ] = False,
    lenient: Annotated[
        bool,
        typer.Option("--lenient", help="Take what the real one is not known to refuse."),
    ] = False,
    as_json: _shell.JsonOption = False,
) -> None:
    """Stand in for SendGrid on this machine.

    It checks, keeps and shows mail, and breaks on order.

    Nothing leaves the machine. Ends with Ctrl-C.
    """
    from newsletter.sandbox import fault_file, server

    box = server.Sandbox(
        folder,
        port=port,
        faults=fault_file.load(faults) if faults else (),
        webhook=webhook,
        api_key=_key(api_key_env),
        senders=sender or None,
        strict=not lenient,
        store="index" if index_only else "eml",
        rate_limit=rate_limit,
        keep_requests=50,  # bodies are large, and people look at the last ones
        on_request=None if as_json else _tell,
    )
    server.serve(box, announce=_announce_json if as_json else _announce)


def _key(name: str | None) -> str | None:
    if name is None:
        return None
    value = os.environ.get(name, "").strip()
    if not value:
        raise UsageError(
            f"The variable {name} is not set.", hint="Leave out --api-key-env, or set it."
        )
    return value


def _announce(box: Sandbox) -> None:
    """Say where it is; plain lines, so that a key or an address is never cut when copied."""
    lines = [
        "The sandbox is running. Nothing leaves this machine.",
        f"  Mailbox     {box.url}/",
        f"  Kept in     {box.folder}",
        f"  Events key  {box.public_key}",
        "",
        "To send to it, run the newsletter with:",
        *(f"  export {name}={value}" for name, value in _environment(box).items()),
    ]
    typer.echo("\n".join(lines))
    _shell.next_step("send a test copy, then open the mailbox. Ctrl-C ends the sandbox.")


def _announce_json(box: Sandbox) -> None:
    _shell.print_json(
        {
            "url": box.url,
            "dir": box.folder,
            "public_key": box.public_key,
            "environment": _environment(box),
        }
    )


def _environment(box: Sandbox) -> dict[str, str]:
    return {"NEWSLETTER_SENDGRID__BASE_URL": box.url, "SENDGRID_API_KEY": "anything"}


def _tell(request: RecordedRequest) -> None:
    """Print one line for each request; addresses stay out of it."""
    from rich.markup import escape

    answer = str(request.status or "no answer") + (f" ({request.fault})" if request.fault else "")
    line = f"{request.at:%H:%M:%S} {request.method} {request.path} #{request.number} → {answer}"
    terminal = _shell.console(error=True)
    terminal.print(escape(line))
    for problem in request.problems[:3]:
        where = f"refused at {problem.field}" if problem.field else problem.message
        terminal.print(f"         {escape(problem.cause or where)}")
