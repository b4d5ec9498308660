"""`newsletter doctor`: say line by line what is missing for a real send."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode, InputError, UsageError, Where

if TYPE_CHECKING:
    from newsletter.core.model.checkup import Check

GROUP = True
app = typer.Typer(
    help="Say line by line what is missing for a real send.",
    invoke_without_command=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_SIGNS = {
    "ok": ("✓", "green"),
    "info": ("·", "dim"),
    "warning": ("!", "yellow"),
    "problem": ("✗", "red"),
}

_ROOMS = {
    "rules": "This machine",
    "database": "This machine",
    "machine": "This machine",
    "backup": "This machine",
    "schedule": "The edition",
    "templates": "The edition",
    "header": "The edition",
    "edition": "The edition",
    "library": "The edition",
    "readers": "The edition",
    "network": "The network",
    "sendgrid": "The provider",
    "dns": "The DNS",
    "site": "The site",
    "received": "The mail",
}


@app.callback(invoke_without_command=True)
def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nothing of the network.")] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Say line by line what is missing for a real send, and how to mend it.

    It looks at this machine, the database and the next edition; then at the provider's account,
    the DNS of the sender and the site. Nothing is changed and nobody is mailed. Exit 4 when a real
    send would bounce, go astray or be unlawful.
    """
    if context.invoked_subcommand is not None:
        return
    from newsletter.operations.doctor.examination import examine

    with _shell.publication(config) as publication:
        found = _told(examine(publication, network=not offline), as_json=as_json)
    _finish(found, as_json=as_json)


@app.command()
def received(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Judge one mail as a mailbox got it: a test copy that arrived, saved with all its headers.

    In Gmail: “Show original”, “Download original”. It tells SPF, DKIM and DMARC, what the DKIM
    signature covers, and what was changed on the way. Exit 4 when a mailbox would refuse its like.

    Example: newsletter doctor received original.eml
    """
    from newsletter.operations.doctor import received as judging

    where = Where(file=str(file), leads=False)
    try:
        if file.stat().st_size > judging.MOST_BYTES:
            raise InputError(f"{file} is larger than any mail.", where=where)
        content = file.read_bytes()
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror or error}."
        raise UsageError(what, where=where) from error
    try:
        mail = judging.read(content)
    except InputError as error:
        raise InputError(f"{file}: {error.sentence}", hint=error.hint, where=where) from error
    _finish(_told(judging.judge(mail), as_json=as_json), as_json=as_json)


def _told(checks: Iterable[Check], *, as_json: bool) -> tuple[Check, ...]:
    """Print each line as soon as it is known."""
    found = []
    room = ""
    for one in checks:
        found.append(one)
        if as_json:
            continue
        if (entered := _room(one.id)) != room:
            _shell.say(f"{chr(10) if room else ''}[bold]{entered}[/]")
        room = entered
        _line(one)
    return tuple(found)


def _room(name: str) -> str:
    """Return the heading a line stands below, by its name."""
    return _ROOMS.get(name.partition(".")[0], "The publication")


def _line(one: Check) -> None:
    sign, colour = _SIGNS[one.level]
    style = "dim" if one.level == "info" else ""
    _shell.hanging(sign, one.measured, sign_style=colour, style=style)
    if one.level in {"ok", "info"}:
        return
    if one.rule:
        told = f"{one.rule} ({one.source})" if one.source else one.rule
        _shell.hanging("   ", told, style="dim")
    _shell.hanging("  →", one.next)


def _finish(found: tuple[Check, ...], *, as_json: bool) -> None:
    problems = [one for one in found if one.level == "problem"]
    warnings = [one for one in found if one.level == "warning"]
    if as_json:
        _shell.print_json(document(found))
    elif problems:
        told = _shell.counted(len(problems), "thing stands", "things stand")
        _shell.say(f"\n[bold red]Not ready.[/] {told} in the way of a real send.")
    else:
        more = f" {_shell.counted(len(warnings), 'warning')}." if warnings else ""
        _shell.say(f"\n[bold green]Ready.[/] Nothing is missing for a real send.{more}")
    if problems:
        _shell.end(ExitCode.HELD)


def document(found: tuple[Check, ...]) -> dict[str, Any]:
    """Return an examination in the words of the JSON contract."""
    return {
        "ok": all(one.level != "problem" for one in found),
        "checks": [asdict(one) for one in found],
    }
