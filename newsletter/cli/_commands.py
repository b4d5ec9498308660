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
# As people think of them, each in the order of a day; what is not named here is one of the tools.
_TOOLS = "Tools"
GROUPS = {
    "The edition": ("new", "edit", "assemble", "preview", "render", "check", "test", "approve"),
    "Sending": ("send", "run", "schedule", "worker", "audit", "mails", "events", "simulate"),
    "Readers": ("subscribers", "web", "comments"),
    "The publication": ("init", "config", "doctor", "status", "metrics", "db", "library"),
    _TOOLS: ("demo", "help", "page", "quote", "sandbox"),
}
# What commands were called before, for one release: understood, and listed nowhere.
_BEFORE = {
    ("imports",): ("subscribers", "imports"),
    ("library", "runway"): ("library",),
    ("quote", "check"): ("quote",),
}


class CommandFiles(MutableMapping[str, Command]):
    """The commands by name; a file is imported when its command is asked for.

    A file holds an `app`. With one command of the file's own name it is that command
    (`sandbox.py`); with `GROUP = True` it is a group (`subscribers.py`: `subscribers import`).
    """

    def __init__(self) -> None:
        found = {module.name for module in pkgutil.iter_modules([str(_FOLDER)])}
        self._names = [name for names in grouped(found).values() for name in names]

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
        """List the commands by their groups, with the first line of their files."""
        del ctx
        widest = max(map(len, self.commands))
        for heading, names in grouped(set(self.commands)).items():  # "in" would load the files
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{widest}}", summary(name)) for name in names])

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that is meant, also by the name it had before."""
        return super().resolve_command(ctx, todays(args))


def summary(name: str) -> str:
    """Say in a line what a command is for: its file begins with `newsletter NAME` and a colon."""
    with (_FOLDER / f"{name}.py").open(encoding="utf-8") as file:
        line = file.readline().strip().strip('"').rstrip(".")
    text = line.partition(": ")[2]
    return text[:1].upper() + text[1:]


def grouped(found: set[str]) -> dict[str, list[str]]:
    """Return commands by their group, in order; files that begin with "_" are none."""
    groups = {heading: [one for one in names if one in found] for heading, names in GROUPS.items()}
    placed = {name for names in GROUPS.values() for name in names}
    groups[_TOOLS] += sorted(name for name in found if name[0] != "_" and name not in placed)
    return groups


def todays(words: list[str]) -> list[str]:
    """Return the words of a call with the name that a command has today."""
    for before, name in _BEFORE.items():
        if tuple(words[: len(before)]) == before:
            return [*name, *words[len(before) :]]
    return words
