"""Files of readers' data are the owner's alone, and no command shows what a setting hides."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from newsletter.core import private
from tests.support.publication import make_publication

SECRET = "tall-ship-9"


@pytest.fixture(params=[0o000, 0o022, 0o277])
def umask(request):
    """Let the umask be generous, usual, or in the way."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): mode(path) for path in folder.rglob("*")}


def test_files_and_folders_are_the_owners_whatever_the_umask(tmp_path, umask):
    private.folder(tmp_path / "one" / "two")
    private.write_bytes(tmp_path / "one" / "two" / "a.eml", b"Dear Ann")
    with private.opened(tmp_path / "one" / "list.csv", encoding="utf-8") as file:
        file.write("ann@example.org")
    private.create(tmp_path / "one" / "list.db")
    found = modes(tmp_path / "one")
    assert found.pop("two") == 0o700
    assert set(found.values()) == {0o600}


def test_what_is_there_is_taken_from_others_and_a_groups_database_stays_the_groups(tmp_path):
    for name in ("a.csv", "b.db"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o664)
    private.write_bytes(tmp_path / "a.csv", b"")
    private.create(tmp_path / "b.db")
    assert modes(tmp_path) == {"a.csv": 0o600, "b.db": 0o660}


def test_a_publications_files_with_readers_are_private(tmp_path):
    before = os.umask(0)
    try:
        brief = make_publication(tmp_path / "brief", NEWSLETTER_DELIVERY__PROVIDER="outbox")
        (brief.root / "in.csv").write_text("email\nann@example.org\nno address\n")
        brief.run("subscribers", "import", "in.csv", "--rejects", "out-rejects.csv")
        brief.run("subscribers", "export", "--out", "out-list.csv", check=0)
        brief.run("send", "--now", check=0)
        app = brief.open()
        with app.database.read():  # what SQLite keeps beside the file is there meanwhile
            beside = {path.name: mode(path) for path in brief.root.glob("newsletter.db*")}
        app.close()
    finally:
        os.umask(before)
    assert set(beside) == {"newsletter.db", "newsletter.db-wal", "newsletter.db-shm"}
    assert set(beside.values()) == {0o600}
    outbox = brief.root / "outbox"
    assert mode(outbox) == 0o700
    kinds = {path.is_dir(): mode(path) for path in outbox.rglob("*")}
    assert kinds == {True: 0o700, False: 0o600}
    assert {mode(path) for path in brief.root.glob("out-*.csv")} == {0o600}


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_config_show_hides_passwords_and_the_path_of_a_hook(tmp_path, form):
    brief = make_publication(
        tmp_path / "brief",
        NEWSLETTER_DATABASE__URL=f"postgresql+psycopg://ann:{SECRET}@127.0.0.1:9/brief",
        NEWSLETTER_ALERTS__URL=f"https://hooks.example.org/services/{SECRET}",
    )
    done = brief.run("config", "show", *form, check=0)
    assert SECRET not in done.stdout + done.stderr
    assert "postgresql+psycopg://ann:***@127.0.0.1:9/brief" in done.stdout
    assert "https://hooks.example.org/***" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSLETTER_DATABASE__URL", f"postgresql+psycopg://a:{SECRET}@db:abc/x"),
        ("NEWSLETTER_SENDGRID__BASE_URL", f"https://ann:{SECRET}@proxy.example.org"),
    ],
)
def test_an_error_about_an_address_hides_its_password(tmp_path, name, value):
    brief = make_publication(tmp_path / "brief", **{name: value})
    done = brief.run("subscribers", "stats", check=2)
    assert SECRET not in done.stdout + done.stderr
    assert name in done.stderr
