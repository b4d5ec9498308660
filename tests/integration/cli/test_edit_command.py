"""`newsletter edit`: the file in an editor of one's own, and what is told afterwards."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from newsletter.cli import edit as command
from newsletter.cli import main
from newsletter.core.errors import UsageError
from tests.support.publication import make_publication

DAY = "2999-05-04"


@pytest.fixture
def brief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_publication(tmp_path / "brief").root
    monkeypatch.chdir(root)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("NEWSLETTER_DELIVERY__PROVIDER", "outbox")
    return root


@pytest.fixture
def edited(brief, tmp_path, monkeypatch, capsys):
    """Return a function that edits by a line of `sed`, and gives exit code and both outputs."""

    def run(change: str, *words: str) -> tuple[int, str]:
        script = tmp_path / "an editor"
        script.write_text(f'#!/bin/sh\nexec sed -i -e "{change}" "$2"\n')
        script.chmod(0o700)
        monkeypatch.setenv("EDITOR", f'"{script}" --wait')
        monkeypatch.setattr(sys, "argv", ["newsletter", "edit", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((told.out + told.err).split())

    return run


def test_an_edition_is_assembled_opened_and_checked(brief: Path, edited) -> None:
    code, told = edited("s/^headline = .*/headline = 'Herons on the quay'/", "--date", DAY)
    assert (code, "Herons on the quay" in told) == (0, True), told
    assert "Herons" in (brief / "editions" / DAY / "edition.toml").read_text()


def test_a_slip_is_told_with_file_and_line(edited) -> None:
    code, told = edited("s/^headline = .*/headline = Herons/", "--date", DAY)
    assert code == 2
    assert f"editions/{DAY}/edition.toml, line " in told


def test_a_broken_file_is_opened_all_the_same(edited) -> None:
    edited("s/^headline = .*/headline = Herons/", "--date", DAY)
    code, told = edited("s/^headline = .*/headline = 'Herons'/", "--date", DAY)
    assert code == 0, told


def test_nothing_changed_is_nothing_to_do(edited) -> None:
    assert edited("s/nowhere at all//", "--date", DAY)[0] == 3


def test_without_a_story_its_file_is_begun(brief: Path, edited) -> None:
    (brief / "content" / "stories" / "tides.md").unlink()
    code, told = edited("s/^title = .*/title = 'Herons'/", "--date", DAY)
    begun = brief / "content" / "stories" / f"{DAY}.md"
    assert "Herons" in begun.read_text()
    assert code == 1, told  # it has a title and no text
    assert f"{DAY}.md" in told
    code, told = edited("\\$a They stand, and wait.", "--date", DAY)
    assert code == 0, told
    assert "Herons" in told


def test_the_storys_file_waits_for_an_edition_that_was_edited(edited) -> None:
    edited("s/^headline = .*/headline = 'Mine'/", "--date", DAY)
    _, told = edited("\\$a A text.", "--date", DAY, "--story")
    assert "--fresh" in told


def test_an_editor_that_fails_is_named(edited) -> None:
    code, told = edited("no command of sed", "--date", DAY)
    assert code == 1
    assert "ended with 1" in told


def test_a_day_that_is_over_and_had_none_gets_no_files(brief: Path, edited) -> None:
    code, _ = edited("s/a/b/", "--date", "2001-01-01")
    assert code == 3
    assert not (brief / "editions" / "2001-01-01").exists()


@pytest.mark.parametrize(
    ("environment", "told"),
    [({"EDITOR": "no-such-editor -w"}, "no-such-editor"), ({"VISUAL": 'a "b'}, "VISUAL")],
)
def test_an_editor_that_is_none_is_told(environment, told) -> None:
    with pytest.raises(UsageError, match=told):
        command.editor(environment)


def test_visual_goes_before_editor() -> None:
    assert command.editor({"VISUAL": "true -x", "EDITOR": "false"}) == ["true", "-x"]
