"""Help by groups, one style of placeholders, and the names that commands had before."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from newsletter.cli import _commands, app

PLACEHOLDER = re.compile(r"\[?[A-Z]+([-=][A-Z]+)*(\.\.\.)?\]?")


def parameters(command: Any, path: str = "newsletter") -> Iterator[tuple[str, Any]]:
    """Yield what the commands are given, with the command's name."""
    for one in command.params:
        if not getattr(one, "is_flag", False):
            yield path, one
    for name, inner in getattr(command, "commands", {}).items():
        yield from parameters(inner, f"{path} {name}")


def test_every_placeholder_is_a_word_in_capitals() -> None:
    found = list(parameters(typer.main.get_command(app)))
    odd = [
        f"{path} {one.opts[0]}: {one.metavar}"
        for path, one in found
        if not PLACEHOLDER.fullmatch(one.metavar or "")
    ]
    assert len(found) > 80
    assert odd == []


def test_help_lists_every_command_once_under_its_group() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    headings = re.findall(r"^([A-Z][A-Za-z ]+):$", shown, flags=re.MULTILINE)
    assert headings == ["Options", *_commands.GROUPS]
    commands = shown.partition("The edition:")[2].partition("\n\n  Begin")[0]
    listed = re.findall(r"^  ([a-z]+)  ", commands, flags=re.MULTILINE)
    assert listed == list(_commands.CommandFiles())
    assert len(set(listed)) == len(listed)


def test_a_command_that_no_group_names_is_one_of_the_tools() -> None:
    groups = _commands.grouped({"send", "abacus", "_shell", "sandbox"})
    assert groups["Tools"] == ["sandbox", "abacus"]
    assert groups["Sending"] == ["send"]


@pytest.mark.parametrize(
    ("before", "today"),
    [
        (["imports", "undo", "3"], ["subscribers", "imports", "undo", "3"]),
        (["quote", "check", "No."], ["quote", "No."]),
        (["library", "runway", "--json"], ["library", "--json"]),
        (["quote", "Check your facts."], ["quote", "Check your facts."]),
        ([], []),
    ],
)
def test_the_name_of_before_leads_to_the_command_of_today(before, today) -> None:
    assert _commands.todays(before) == today


def test_help_loads_no_command() -> None:
    asked = "import sys; from newsletter.cli import main; sys.argv[1:] = ['--help']\n"
    asked += "try: main()\nexcept SystemExit: print([one for one in sys.modules if 'cli.' in one])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1]
    assert "newsletter.cli._commands" in loaded
    assert "newsletter.cli.send" not in loaded


@pytest.mark.parametrize("before", ["imports list", "quote check", "library runway"])
def test_names_of_before_are_understood_and_listed_nowhere(before: str) -> None:
    asked = CliRunner().invoke(app, [*before.split(), "--help"])
    assert asked.exit_code == 0
    assert before not in CliRunner().invoke(app, ["--help"]).output
