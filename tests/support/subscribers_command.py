"""`newsletter subscribers …`, run in this process in the folder of a publication."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsletter import cli
from tests.support.publication import make_publication


@dataclass(frozen=True)
class Shown:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Shown]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the folder of a publication without readers."""
    root = make_publication(tmp_path / "brief").root
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def subscribers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run `newsletter subscribers …` in this process."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str | Path) -> Shown:
        monkeypatch.setattr(sys, "argv", ["newsletter", "subscribers", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return Shown(int(ended.value.code or 0), shown.out, shown.err)

    return run
