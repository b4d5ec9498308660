"""Who is erased is in no file of the publication: database, its log, the outbox."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.errors import ConfigError
from newsletter.storage.database import connect
from newsletter.storage.subscribers import suppressions
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import event_post, suppression
from newsletter.subscribers.erasure import Marks, marks_of
from tests.support.ledger import MORNING
from tests.support.publication import make_publication

KEY = "0123456789abcdef" * 2
NEEDLE = "zenobia.quill"
ADDRESS = f"{NEEDLE}@example.org"


@pytest.fixture
def brief(tmp_path):
    """Return a publication whose readers came, were changed, and were mailed into the outbox."""
    made = make_publication(
        tmp_path / "brief", NEWSLETTER_SECRET_KEY=KEY, NEWSLETTER_DELIVERY__PROVIDER="outbox"
    )
    people = [(f"reader{n:04}-{n * 7919 % 1000}@example.org", f"Reader {n}") for n in range(900)]
    made.add([*people[:450], (ADDRESS, "Zenobia Quillfeather"), *people[450:]])
    made.run("send", "--now", check=0)
    return made


def found_in(root: Path) -> set[str]:
    """Name the files that hold the person, by content or by name; the list itself aside."""
    return {
        path.name
        for path in root.rglob("*")
        if path.is_file()
        and path.name != "readers.csv"
        and (NEEDLE in path.name.lower() or b"zenobia" in path.read_bytes().lower())
    }


def test_nothing_of_them_is_left_in_any_file(brief):
    reading = connect(f"sqlite:///{brief.root / 'newsletter.db'}")
    with reading.read():  # so that the log outlives the commands
        pass
    assert "newsletter.db" in found_in(brief.root)
    done = brief.json("subscribers", "forget", ADDRESS, "--outbox")
    assert (done["file_is_clean"], len(done["outbox"]), done["outbox_deleted"]) == (True, 1, True)
    assert found_in(brief.root) == set()
    assert len(list((brief.root / "outbox").rglob("*.eml"))) == 900
    reading.close()


def test_mails_in_the_outbox_are_named_where_they_are_not_to_be_deleted(brief):
    done = brief.run("subscribers", "forget", ADDRESS, "--yes", check=0)
    assert f"{NEEDLE}@example.org.eml" in done.stdout.replace("\n", "")
    assert "--outbox" in done.stderr
    assert len(found_in(brief.root / "outbox")) == 1


def test_while_another_process_reads_it_is_said_and_the_next_command_finishes(brief):
    # No file is read meanwhile: closing it would give back this process's locks on it.
    other = sqlite3.connect(brief.root / "newsletter.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM subscriber").fetchone()
    done = brief.run("subscribers", "forget", ADDRESS, "--yes", "--outbox", check=0)
    assert "Another process holds the database" in done.stderr
    brief.run("subscribers", "stats", check=0)  # it is no hindrance
    assert brief.json("subscribers", "forget", ADDRESS)["file_is_clean"] is False  # still held
    other.execute("COMMIT")
    brief.run("subscribers", "stats", check=0)
    assert found_in(brief.root) == set()
    assert other.execute("PRAGMA user_version").fetchone() == (0,)
    other.close()


def test_only_their_own_mails_are_taken_from_the_outbox(tmp_path):
    brief = make_publication(
        tmp_path / "brief", NEWSLETTER_SECRET_KEY=KEY, NEWSLETTER_DELIVERY__PROVIDER="outbox"
    )
    brief.add([("a!b@example.org", ""), ("a#b@example.org", ""), ("A.Capital@example.org", "")])
    brief.run("send", "--now", check=0)
    brief.run("subscribers", "forget", "a!b@example.org", "--outbox", "--yes", check=0)
    brief.run("subscribers", "forget", "a.capital@example.org", "--outbox", "--yes", check=0)
    left = [path.read_text() for path in (brief.root / "outbox").rglob("*.eml")]
    assert len(left) == 1
    assert "a#b@example.org" in left[0]


# --- keys ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["x", "correct horse battery staple 12"])
def test_a_short_key_is_refused_with_the_command_that_makes_one(tmp_path, key):
    with pytest.raises(ConfigError, match="32 at least") as caught:
        marks_of(key)
    assert "token_hex(32)" in caught.value.hint
    assert key not in caught.value.what[len("NEWSLETTER_SECRET_KEY") :].replace("characters", "")
    brief = make_publication(tmp_path / "brief", NEWSLETTER_SECRET_KEY=key)
    assert brief.run("subscribers", "forget", ADDRESS, "--yes", check=2).stdout == ""


def test_a_key_is_stretched_before_it_marks_anybody():
    """A thief who knows an erased address pays for each key he tries."""
    import hashlib
    import hmac

    marks = Marks(KEY)
    cheap = hashlib.sha256(b"newsletter erasure\0" + KEY.encode()).digest()
    for text in (ADDRESS, "which key is this"):
        assert hmac.digest(cheap, text.encode(), "sha256").hex()[:8] not in marks(ADDRESS)


def test_hashes_of_an_earlier_release_are_recognised_and_written_anew(database):
    marks = Marks(KEY)
    import hashlib
    import hmac

    cheap = hashlib.sha256(b"newsletter erasure\0" + KEY.encode()).digest()
    inner = hmac.digest(cheap, ADDRESS.encode(), "sha256").hex()
    with database.write() as connection:
        suppressions.suppress(
            connection, marks.former_prefix + inner, publication="", reason="", now=MORNING
        )
    assert suppressions.renew(database, marks) == 1
    assert suppressions.renew(database, marks) == 0
    assert Subscribers(database, "main", marker=marks).status_of(ADDRESS).suppressed
    with database.read() as connection:
        assert connection.scalars(sa.select(suppression.c.canonical)).all() == [marks(ADDRESS)]


@pytest.mark.parametrize(
    "address", [ADDRESS, "o'brien+a_b%c@example.org", "zoë@example.org", "back\\slash@example.org"]
)
def test_posts_of_events_that_name_them_go_whatever_bytes_are_in_them(database, address):
    named = b'\x00\xff[{"email": "%s"}]' % address.encode().replace(b"zenobia", b"Zenobia")
    others = [b"\x00\xff\\", b'[{"email": "other@example.org"}]', b""]
    with database.write() as connection:
        rows = [
            {"provider": "sendgrid", "received_at": MORNING, "body": one, "problem": "it"}
            for one in (named, *others)
        ]
        connection.execute(sa.insert(event_post), rows)
    Subscribers(database, "main", marker=Marks(KEY)).forget(address, reason="asked", now=MORNING)
    with database.read() as connection:
        left = connection.scalars(sa.select(event_post.c.body).order_by(event_post.c.id)).all()
    assert left == others


def test_a_folder_in_the_databases_place_keeps_its_mode(tmp_path):
    from newsletter.core import private

    tmp_path.chmod(0o755)
    private.create(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755
