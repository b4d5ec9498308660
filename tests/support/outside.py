"""Plug-ins outside the package, written into a folder that Python imports from, and commands."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsletter.cli import main

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Outside:
    """One module of a package of its own."""

    path: str  # dotted
    file: Path

    def line_of(self, text: str) -> int:
        """Return the number of the line that has a text, which only one has."""
        (number,) = (
            n for n, line in enumerate(self.file.read_text().splitlines(), 1) if text in line
        )
        return number


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Outside]:
    """Return what writes a module that can be imported; each package has a name of its own."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def write(text: str) -> Outside:
        package = folder / f"their_package_{next(_numbers)}"
        package.mkdir()
        (package / "__init__.py").write_text("")
        file = package / "tides.py"
        file.write_text(textwrap.dedent(text).lstrip())
        return Outside(f"{package.name}.tides", file)

    return write


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands in this process, as `newsletter WORDS` in a publication's folder."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, root: Path, *words: str, **environment: str) -> Ended:
        with self.monkeypatch.context() as patch:
            patch.chdir(root)
            patch.setattr("sys.argv", ["newsletter", *words])
            patch.setenv("COLUMNS", "1000")
            for name, value in environment.items():
                patch.setenv(name, value)
            code = _ended()
        said = self.capsys.readouterr()
        return Ended(code, said.out, said.err)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(monkeypatch, capsys)


def _ended() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
