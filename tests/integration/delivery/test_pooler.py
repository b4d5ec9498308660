"""A send through a real PgBouncer in transaction mode: nothing outlives a transaction."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from newsletter.core.config.database import Database as Options
from newsletter.core.errors import StorageError
from newsletter.delivery.preconditions import SendRequest
from newsletter.sandbox.server import Sandbox
from newsletter.storage.database import connect
from tests.support.ledger import MovingClock
from tests.support.pgbouncer import pgbouncer
from tests.support.publication import make_publication

ROUNDS = 12  # more than the executions after which a driver prepares a statement


@pytest.fixture(scope="module")
def pooler(postgresql):
    with pgbouncer(postgresql) as url:
        yield url


@pytest.fixture
def pooled_url(pooler, postgresql_url):
    """Return the address of a database with this version's tables, through the pooler."""
    name = sa.make_url(postgresql_url).database
    return sa.make_url(pooler).set(database=name).render_as_string(hide_password=False)


def freeze(publication) -> None:
    app = publication.open(MovingClock(datetime.now(UTC)))
    app.sends.freeze(SendRequest(day=app.today(), at_once=True))
    app.close()


def test_three_workers_through_a_pooler_mail_everyone_once(tmp_path, pooled_url):
    with Sandbox(tmp_path / "mailbox", store="index") as sandbox:
        brief = make_publication(
            tmp_path / "brief",
            base_url=sandbox.url,
            people=240,
            batch_size=2,
            parallel=4,
            NEWSLETTER_DATABASE__URL=pooled_url,
        )
        freeze(brief)
        workers = [brief.start("worker", "--once", "--json") for _ in range(3)]
        said = [worker.communicate() for worker in workers]
        assert {worker.returncode for worker in workers} <= {0, 3}, said
        assert 'troubles": {}' in "".join(out for out, _ in said)
        mailed = Counter(mail.recipient for mail in sandbox.mails())
        assert (len(mailed), set(mailed.values())) == (240, {1})
        assert brief.json("audit")["complete"]


def test_a_send_through_a_pooler_is_whole(tmp_path, pooled_url):
    with Sandbox(tmp_path / "mailbox", store="index") as sandbox:
        brief = make_publication(
            tmp_path / "brief",
            base_url=sandbox.url,
            people=60,
            batch_size=2,
            parallel=4,
            NEWSLETTER_DATABASE__URL=pooled_url,
        )
        assert brief.json("send", "--now")["submitted"] == 60
        assert brief.json("audit")["complete"]


@pytest.mark.parametrize("prepared", [False, True])
def test_only_prepared_statements_are_what_a_pooler_mixes_up(pooled_url, prepared):
    """What is off by default is what breaks: two clients, one connection to the server."""
    query = sa.text("SELECT count(*) FROM subscriber WHERE id = :id")
    opened = [connect(pooled_url, Options(prepared_statements=prepared)) for _ in range(2)]
    faults = []
    for database in opened * ROUNDS:
        try:
            with database.read() as connection:
                connection.execute(query, {"id": 1}).scalar_one()
        except StorageError as error:
            faults.append(f"{error.what} {error.__cause__}")
    for database in opened:
        database.close()
    assert bool(faults) is prepared, faults


def test_an_import_through_a_pooler_leaves_nothing_behind_for_the_next(tmp_path, pooled_url):
    brief = make_publication(tmp_path / "brief", NEWSLETTER_DATABASE__URL=pooled_url)
    for day in range(4):
        people = "".join(f"ann{day}-{n}@example.org\n" for n in range(3))
        (brief.root / "new.csv").write_text(f"email\n{people}")
        brief.run("subscribers", "import", "new.csv", check=0)
    assert brief.json("subscribers", "stats")["total"] == 12


def test_a_connection_that_the_pooler_gives_to_others_is_told_in_a_sentence(pooled_url):
    """A second client holds the server's connection that the session had before."""
    ours, other = connect(pooled_url), connect(pooled_url)
    with ours.session() as session, other.read() as connection:
        connection.exec_driver_sql("SELECT 1")
        with (
            pytest.raises(StorageError, match="gave it another") as caught,
            session.transaction(write=False),
        ):
            pass
    assert "past the pooler" in caught.value.hint
    ours.close()
    other.close()
