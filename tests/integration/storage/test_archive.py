"""The archive, on both databases: what was sent, found by date and words, and nobody else's."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import alembic.command
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.core.model import BatchState, SendStatus
from newsletter.core.model.content import FrozenEdition
from newsletter.editions.record import frozen
from newsletter.storage.archive import Archive
from newsletter.storage.database import Database
from newsletter.storage.migrate import _config, upgrade
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import batch, frozen_edition, send
from newsletter.storage.used_content import FrozenContent
from tests.support.edition import make_edition, make_note, make_story
from tests.support.examples import examples
from tests.support.ledger import DAY, MORNING, add_people, make_freeze, make_ledger_message

LATER = MORNING + timedelta(hours=1)


def edition_of(day: date, **story: object) -> FrozenEdition:
    return frozen(make_edition(date=day, stories=(make_story(**story),)))


def sent(
    database: Database, day: date = DAY, *, publication: str = "main", **story: object
) -> Ledger:
    """Freeze a send of an edition."""
    ledger = Ledger(database)
    content = FrozenContent(edition_of(day, **story), ())
    ledger.freeze(make_freeze(edition=day, publication=publication, content=content), now=MORNING)
    return ledger


@pytest.fixture
def archive(database: Database) -> Archive:
    """Return the archive of a publication with a reader."""
    add_people(database, 1)
    return Archive(database, "main")


def found(archive: Archive, question: str) -> list[date]:
    editions, total = archive.search(question, count=50)
    assert total == len(editions)
    return [one.edition for one in editions]


def test_an_edition_is_in_the_archive_from_the_moment_its_send_is_frozen(
    archive: Archive, database: Database
) -> None:
    assert archive.sent(DAY) is None
    assert archive.newest(5) == ()
    sent(database, headline="The bridge")
    whole = archive.sent(DAY)
    assert whole is not None
    assert whole.frozen == edition_of(DAY, headline="The bridge")
    assert whole.listed.entry.headline == "The bridge"
    assert (whole.listed.sent_at, whole.listed.changed_at) == (MORNING, MORNING)
    assert [one.edition for one in archive.newest(5)] == [DAY]
    assert archive.sent(DAY + timedelta(days=1)) is None


def test_a_correction_is_shown_and_dated_and_found(archive: Archive, database: Database) -> None:
    ledger = sent(database, headline="Fourteen pins")
    (row,) = _sends(database)
    ledger.steer(row.id, SendStatus.PAUSED)
    note = make_note(date=DAY)
    corrected = frozen(
        make_edition(date=DAY, stories=(make_story(headline="Forty pins"),), corrections=(note,))
    )
    message = make_ledger_message("Forty")
    assert ledger.correct(row.id, message, corrected, note=note.text, now=LATER)
    whole = archive.sent(DAY)
    assert whole is not None
    assert whole.frozen == corrected
    assert (whole.listed.sent_at, whole.listed.changed_at) == (MORNING, LATER)
    assert [(one.at, one.note) for one in whole.corrections] == [(LATER, note.text)]
    assert found(archive, "forty") == [DAY]
    assert archive.state().changed_at == LATER


def test_a_send_called_off_before_anybody_had_it_is_not_shown(
    archive: Archive, database: Database
) -> None:
    sent(database, headline="Called off")
    with database.write() as connection:
        connection.execute(sa.update(send).values(status=SendStatus.CANCELLED))
        connection.execute(sa.update(batch).values(state=BatchState.CANCELLED))
    assert archive.sent(DAY) is None
    assert found(archive, "called") == []
    assert archive.state().editions == 0
    with database.write() as connection:
        connection.execute(sa.update(batch).values(state=BatchState.SUBMITTED))
    assert archive.sent(DAY) is not None


def test_words_are_found_in_any_order_begun_only_and_without_accents(
    archive: Archive, database: Database
) -> None:
    sent(database, headline="How the Tides Are Counted")
    day = DAY + timedelta(days=1)
    sent(database, day, headline="Die Fähre, die niemand wollte", byline="港の朝")
    assert found(archive, "tide") == [DAY]
    assert found(archive, "counted tides") == [DAY]
    assert found(archive, "FAHRE") == [day]
    assert found(archive, "港の") == [day]
    assert found(archive, "港朝") == []
    assert found(archive, "bridge") == [day, DAY]
    assert found(archive, "tide niemand") == []
    assert found(archive, "…") == []


def test_a_search_gives_a_page_and_counts_all(archive: Archive, database: Database) -> None:
    days = [DAY + timedelta(days=number) for number in range(5)]
    for day in days:
        sent(database, day)
    page, total = archive.search("bridge", count=2, after=2)
    assert total == 5
    assert [one.edition for one in page] == [days[2], days[1]]


def test_a_publication_sees_its_own_editions_only(archive: Archive, database: Database) -> None:
    add_people(
        database,
        1,
        publication="other",
        address="o@example.org",
        canonical="o@example.org",
        token="token-other-00001",
    )
    sent(database, publication="other", headline="Theirs")
    assert archive.sent(DAY) is None
    assert found(archive, "theirs") == []
    assert archive.days() == ()
    assert Archive(database, "other").days() == (DAY,)


def test_editions_are_listed_by_a_stretch_of_days(archive: Archive, database: Database) -> None:
    for number in (0, 1, 40):
        sent(database, DAY + timedelta(days=number))
    assert [one.edition for one in archive.between(DAY, DAY + timedelta(days=9))] == [
        DAY + timedelta(days=1),
        DAY,
    ]
    assert len(archive.everything()) == len(archive.days()) == 3


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=60) | st.sampled_from(['"', "tide*", "a AND", "NOT", "(:*", "'"]))
def test_no_question_is_refused(archive: Archive, question: str) -> None:
    archive.search(question, count=3)


def test_what_was_sent_before_there_was_an_archive_is_in_it(empty_database: Database) -> None:
    moment = datetime.fromisoformat("2026-03-02T07:00:00+00:00")
    with empty_database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0026")
        old = edition_of(DAY, headline="An older morning")
        row = {"publication": "main", "edition": DAY, "used_at": moment}
        row |= {"content": old.content, "record": old.record}
        connection.execute(sa.insert(frozen_edition).values(row))
        damaged = row | {"edition": DAY + timedelta(days=1), "content": "not = [toml"}
        connection.execute(sa.insert(frozen_edition).values(damaged))
    upgrade(empty_database)
    archive = Archive(empty_database, "main")
    assert found(archive, "older") == [DAY]
    assert len(archive.days()) == 2


def _sends(database: Database) -> list[sa.Row[tuple[int]]]:
    with database.read() as connection:
        return list(connection.execute(sa.select(send.c.id)).all())
