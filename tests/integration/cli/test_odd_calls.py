"""Every command, every option, with values nobody should give: an exit code and a sentence.

The table is made from the command line itself, so that a new option is in it at once.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from newsletter.cli import main
from newsletter.cli._commands import CommandFiles
from newsletter.cli._root import app
from newsletter.core.errors import ExitCode
from tests.support.publication import make_publication

TEXTS = (*("", "\udcff", "\x1b[31m[bold]", "9" * 23, "0001-01-01", "9999-12-31", "nowhere/at/all"),)
NUMBERS = ("-1", "0", "99999", "9" * 23, "1e9", "")
FILLERS = {
    "address": "a@brief.example.org",
    "addresses": "a@brief.example.org",
    "batch": "1",
    "import_id": "1",
    "line": "1",
    "kind": "keep",
    "note": "A slip of the pen",
}
FILES = CommandFiles()
_FIND = CommandFiles.__getitem__
SHORT = {("simulate",): ("--days", "1", "--readers", "2")}  # what would take long by itself
NEVER = {"network", "from_url", "help", "install_completion", "show_completion", "no_open"}


@dataclass(frozen=True)
class Call:
    """A command, its words as they have to be at least, and one of its parameters."""

    path: tuple[str, ...]
    least: tuple[str, ...]
    parameter: Any
    has_json: bool
    config: bool

    def words(self, value: str | None) -> list[str]:
        words = [*self.path, *self.least]
        name = self.parameter.opts[0]
        if not name.startswith("-"):
            return [*self.path, *self.least[:-1], "--", value or ""] if value else words
        return [*words, name] if value is None else [*words, f"{name}={value}"]

    @property
    def values(self) -> tuple[str | None, ...]:
        if getattr(self.parameter, "is_flag", False):
            return (None,)
        return NUMBERS if self.parameter.type_descriptor.annotation in {int, float} else TEXTS


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", {})
    if not children or path in {("send",), ("schedule",)}:
        yield path, command
    for name in children:
        yield from _commands(children[name], (*path, name))


def _calls() -> Iterator[Any]:
    for path, command in _commands(typer.main.get_command(app), ()):
        options = {one.name for one in command.params}
        least = [word for one in command.params if one.required for word in _filled(one)]
        least += SHORT.get(path, ())
        for one in command.params:
            if one.name in NEVER:
                continue
            call = Call(path, tuple(least), one, "as_json" in options, "config" in options)
            yield pytest.param(call, id=" ".join((*path, one.name)))


@cache
def _command(name: str) -> Any:
    """Return a command, made once for all calls: Typer takes longer for that than most run."""
    return _FIND(FILES, name)


def _filled(parameter: Any) -> tuple[str, ...]:
    name = parameter.opts[0]
    filler = FILLERS.get(parameter.name, "readers.csv")
    if getattr(parameter, "is_flag", False):
        return (name,)
    return (name, filler) if name.startswith("-") else (filler,)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_publication(tmp_path / "brief").root
    (root / "readers.csv").write_text("email\na@brief.example.org\n")
    monkeypatch.chdir(root)
    monkeypatch.setenv("NEWSLETTER_DELIVERY__PROVIDER", "outbox")
    monkeypatch.setattr(CommandFiles, "__getitem__", lambda _, name: _command(name))
    monkeypatch.setenv("EDITOR", "true")
    for server in (
        "newsletter.sandbox.server.serve",
        "newsletter.web.webhook.server",
        "newsletter.operations.scheduler.watch",
        "newsletter.cli.demo._step",
        "newsletter.cli.demo._farewell",
        "webbrowser.open",
    ):
        monkeypatch.setattr(server, lambda *_, **__: None)
    monkeypatch.setattr("newsletter.web.desk.server.serve", lambda _, *, listener: listener.close())
    return root


def called(words: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    """Run the command line in this process; return exit code, standard output and error."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace") for _ in "oe")
    monkeypatch.setattr(sys, "argv", ["newsletter", *words])
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    with pytest.raises(SystemExit) as ended:
        main()
    told = []
    for stream in (out, err):
        stream.flush()
        told.append(stream.buffer.getvalue().decode())
    return int(ended.value.code or 0), told[0], told[1]


@pytest.mark.parametrize("call", [*_calls()])
def test_an_odd_value_ends_in_a_sentence(call: Call, folder: Path, monkeypatch) -> None:
    codes = {int(code) for code in ExitCode}
    for number, value in enumerate(call.values):
        more = ["--json"] if call.has_json and number % 2 == 0 else []  # as a person, by turns
        words = call.words(value)
        where = len(call.path)
        words = [*words[:where], *more, *words[where:]]
        code, out, err = called(words, monkeypatch)
        told = f"{words!r}: exit {code}\n{out}\n{err}"
        assert code in codes, told
        assert "fault of the program" not in out + err, told
        assert "Traceback" not in out + err, told
        assert "Error." not in out, told
        if more and (out or code):  # a server whose running is left out here says nothing
            json.loads(out)
