"""The page of every command with its arguments and options, from the command line itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from newsletter.cli import app
from newsletter.cli._commands import GROUPS
from tools.docs.tables import code, table

_MARK = "<!-- not run: an example of --help -->"
_NOT_OURS = {"--install-completion", "--show-completion"}
_HEAD = """# Every command

What `--help` says, on one page; [commands](../commands.md) explains them. `newsletter --version`
shows the version, and `newsletter --env-file FILE COMMAND` reads variables from a file first.
"""


def text() -> str:
    """Return the page."""
    root: Any = typer.main.get_command(app)
    parts = [_HEAD]
    for heading, names in GROUPS.items():
        parts.append(f"## {heading}\n")
        for name in names:
            parts += [section(*one) for one in commands(root.commands[name], (name,))]
    return "\n".join(parts)


def all_of_them() -> Iterator[tuple[str, Any]]:
    """Yield every command of the program."""
    return commands(typer.main.get_command(app), ())


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield every command that can be run, with its full name."""
    inner = getattr(command, "commands", {})
    if path and (not inner or command.invoke_without_command):
        yield " ".join(("newsletter", *path)), command
    for name, one in inner.items():
        yield from commands(one, (*path, name))


def section(name: str, command: Any) -> str:
    """Write what one command takes."""
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    usage = " ".join([name, *(_metavar(one) for one in arguments)])
    about, _, examples = (command.help or "").partition("\b")
    parts = [f"### `{name}`\n", f"`{usage}`\n", " ".join(about.split()) + "\n"]
    if examples:
        parts.append(f"{_MARK}\n```sh\n{_commented(examples)}\n```\n")
    options = [one for one in command.params if one.param_type_name == "option"]
    rows = [
        (_named(one), _default(one), one.help or "")
        for one in (*arguments, *options)
        if not one.hidden and not _NOT_OURS & {*one.opts}
    ]
    if rows:
        parts.append(table(("argument or option", "default", ""), rows) + "\n")
    return "\n".join(parts)


def _commented(examples: str) -> str:
    """Return the examples of a command as a shell takes them, what is said of each as a comment."""
    lines = [line.strip() for line in examples.splitlines() if line.startswith("  ")]
    return "\n".join(re.sub(r" {2,}(?=\w)", "  # ", line) for line in lines)


def _metavar(argument: Any) -> str:
    shown = argument.metavar or argument.name.upper()
    return shown if argument.required or shown.startswith("[") else f"[{shown}]"


def _named(one: Any) -> str:
    if one.param_type_name == "argument":
        return code(_metavar(one))
    named = ", ".join(map(code, (*one.opts, *one.secondary_opts)))
    return named if one.is_flag else f"{named} {code(one.metavar or 'TEXT')}"


def _default(one: Any) -> str:
    if one.required:
        return "needed"
    value = one.default.value if isinstance(one.default, Enum) else one.default
    if (
        value in (None, (), "")
        or getattr(one, "is_flag", False)
        or not one.show_default
        or callable(value)
    ):
        return code(f"${one.envvar}") if getattr(one, "envvar", None) else ""
    return code(str(value))
