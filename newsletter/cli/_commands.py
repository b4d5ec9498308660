"""Find the commands by their files, and load a file only when its command is used.

Typer takes a millisecond or two to build each command and each import costs as much again; the
list of commands needs neither, only the first line of each file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import typer
from typer._click.core import Command, Context  # Typer brings its own Click; they are not exported
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup

_FOLDER = Path(__file__).parent
# The order of a first day, then of the house; what is not named here comes last.
_ORDER = (
    *("init", "demo", "new", "assemble", "preview", "render", "check", "test", "approve"),
    *("subscribers", "imports", "send", "audit", "mails", "stats"),
    *("run", "schedule", "simulate", "worker", "events"),
    *("page", "library", "quote", "sandbox", "doctor", "config", "db"),
)


class CommandFiles(MutableMapping[str, Command]):
    """The commands by name; a file is imported when its command is asked for.

    A file holds an `app`. With one command of the file's own name it is that command
    (`sandbox.py`); with `GROUP = True` it is a group (`subscribers.py`: `subscribers import`).
    """

    def __init__(self) -> None:
        found = {module.name for module in pkgutil.iter_modules([str(_FOLDER)])}
        self._names = sorted((name for name in found if name[0] != "_"), key=_place)

    def __getitem__(self, name: str) -> Command:
        if name not in self._names:
            raise KeyError(name)
        module = importlib.import_module(f"newsletter.cli.{name}")
        make = typer.main.get_group if getattr(module, "GROUP", False) else typer.main.get_command
        command: Command = make(module.app)
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __setitem__(self, name: str, command: Command) -> None:
        raise TypeError(f"a command is a file: newsletter/cli/{name}.py")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"a command is a file: newsletter/cli/{name}.py")


class FileGroup(TyperGroup):
    """The root of the command line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = CommandFiles()

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names alone; Typer's own way would load every file."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """List the commands with the first line of their files."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(name)) for name in self.list_commands(ctx)])


def summary(name: str) -> str:
    """Say in a line what a command is for: its file begins with `newsletter NAME` and a colon."""
    with (_FOLDER / f"{name}.py").open(encoding="utf-8") as file:
        line = file.readline().strip().strip('"').rstrip(".")
    text = line.partition(": ")[2]
    return text[:1].upper() + text[1:]


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)
