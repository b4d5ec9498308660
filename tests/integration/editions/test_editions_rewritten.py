"""An edition's file rewritten for an editor: never over a change that nobody has seen."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.core.errors import Overtaken
from newsletter.core.model import Edition
from newsletter.editions import EditionFiles
from tests.support.edition import make_edition

EDITION = make_edition()
DAY = EDITION.date
MINE = replace(EDITION, subject="Mine")


@pytest.fixture
def editions(tmp_path: Path) -> EditionFiles:
    """Save an edition as its sources gave it."""
    made = EditionFiles(tmp_path / "editions")
    made.save(EDITION)
    return made


def subject(editions: EditionFiles) -> str | None:
    """Read the subject as the file has it."""
    edition = editions.load(DAY)
    assert edition is not None
    return edition.subject


def backups(editions: EditionFiles) -> list[str]:
    """Read the files that were put aside."""
    folder = editions.path(DAY).parent
    return [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.backup-*"))]


def test_a_rewritten_file_counts_as_the_editors(editions: EditionFiles) -> None:
    editions.rewrite(MINE, seen=editions.fingerprint(DAY))
    assert subject(editions) == "Mine"
    assert editions.is_edited(DAY)
    assert editions.save(EDITION).kept == "edited"
    assert backups(editions) == []


def test_another_file_than_was_seen_is_not_overwritten(editions: EditionFiles) -> None:
    seen = editions.fingerprint(DAY)
    editions.rewrite(replace(EDITION, subject="Theirs"), seen=seen)
    with pytest.raises(Overtaken):
        editions.rewrite(MINE, seen=seen)
    assert subject(editions) == "Theirs"


def test_a_change_in_the_last_moment_is_not_overwritten_either(
    editions: EditionFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, path = editions.fingerprint(DAY), editions.path(DAY)
    late = path.read_text(encoding="utf-8").replace('subject = ""', 'subject = "Late"')

    def change_meanwhile(_file: int) -> None:
        path.write_text(late, encoding="utf-8")

    monkeypatch.setattr(os, "fsync", change_meanwhile)
    with pytest.raises(Overtaken):
        editions.rewrite(MINE, seen=seen)
    assert subject(editions) == "Late"
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []


def test_the_first_file_of_a_date_needs_no_other_before_it(editions: EditionFiles) -> None:
    first: Edition = replace(MINE, date=DAY.replace(day=10))
    editions.rewrite(first, seen="")
    assert editions.load(first.date) == first
    with pytest.raises(Overtaken):
        editions.rewrite(first, seen="")


def test_what_is_replaced_is_put_aside_where_that_is_asked_for(editions: EditionFiles) -> None:
    before = editions.path(DAY).read_text(encoding="utf-8")
    editions.rewrite(MINE, seen=editions.fingerprint(DAY), put_aside=True)
    assert backups(editions) == [before]
