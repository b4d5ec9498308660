"""A tick rests while nothing it looks at has changed, and no longer."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.operations import rest

NOW = datetime(2027, 4, 6, 5, 0, tzinfo=UTC)
REPORT = {"did": [], "held": None, "next_due": None}


@pytest.fixture
def known(tmp_path):
    """Return a folder with a note that was just written, and its configuration."""
    file, database = tmp_path / "config.toml", tmp_path / "newsletter.db"
    file.write_text("[publication]\n")
    database.write_bytes(b"pages")
    files = rest.signature([str(database), f"{database}-wal"])
    document = {
        "at": NOW.isoformat(),
        "until": (NOW + timedelta(minutes=10)).isoformat(),
        "settings": rest.settings_mark(file, {}),
        "files": files,
        "report": REPORT,
    }
    rest.write(tmp_path, rest.Note(document, "told"))
    return file


def report(file, *, environment=None, after=60):
    note = rest.read(file.parent)
    return note.report(file, environment or {}, NOW + timedelta(seconds=after))


def test_what_was_found_holds_while_nothing_changes(known):
    assert report(known) == REPORT
    assert rest.read(known.parent).told == "told"


@pytest.mark.parametrize("after", [-1, 600, 86_400])
def test_it_holds_for_its_time_and_not_when_the_clock_was_set_back(known, after):
    assert report(known, after=after) is None


@pytest.mark.parametrize("name", ["newsletter.db", "newsletter.db-wal"])
def test_a_change_of_the_database_ends_it(known, name):
    (known.parent / name).write_bytes(b"other pages")
    assert report(known) is None


def test_a_change_of_the_same_size_ends_it(known):
    os.utime(known.parent / "newsletter.db", ns=(1, 1))
    assert report(known) is None


def test_another_configuration_ends_it(known):
    assert report(known, environment={"NEWSLETTER_SCHEDULE__AT": "06:00"}) is None
    known.write_text("[publication]\nname = 'x'\n")
    assert report(known) is None


def test_no_secret_changes_the_mark(known):
    assert report(known, environment={"NEWSLETTER_SECRET_KEY": "k" * 40}) == REPORT


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"rest": 3, "told": 1}', "\x00", '{"rest": {}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path, text):
    (tmp_path / rest.FILE_NAME).write_text(text)
    note = rest.read(tmp_path)
    assert note.report(tmp_path / "config.toml", {}, NOW) is None


def test_only_a_file_of_sqlite_can_be_watched(tmp_path):
    assert rest.watched("postgresql+psycopg://me@host/x", tmp_path, ["2027-04-06"]) == []
    assert rest.watched("sqlite:///:memory:", tmp_path, []) == []
    found = rest.watched("sqlite:////srv/n.db", tmp_path, ["2027-04-06"])
    assert found[:2] == ["/srv/n.db", "/srv/n.db-wal"]
    assert found[-1].endswith("2027-04-06/edition.toml")
