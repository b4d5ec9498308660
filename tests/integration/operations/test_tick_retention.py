"""Ticks take off what is kept no longer, and yesterday's proof stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.errors import StorageError
from newsletter.operations import keeping
from newsletter.operations.tick import TickReport, run
from newsletter.storage.tables import recipient
from newsletter.subscribers import register
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, readers

DAY = date(2026, 6, 3)


@pytest.fixture
def sent(publish: Callable[..., Publication], tmp_path: Path) -> Publication:
    """Return a publication of three readers whose edition went out."""
    publication = publish(
        tmp_path / "brief",
        NEWSLETTER_DELIVERY__PROVIDER="outbox",
        NEWSLETTER_RETENTION__RECIPIENTS="2",
        NEWSLETTER_RETENTION__EVENTS="1",
    )
    app = publication.open()
    for address, name in readers(3):
        person = register.person_of(address, name=name, zone=None, attributes={})
        register.add(app.subscribers, person, consent="at the fair", now=app.clock.now())
    app.close()
    tick(publication, "2026-06-03 07:00")
    return publication


def tick(publication: Publication, now: str) -> TickReport:
    app = publication.open(MovingClock(datetime.fromisoformat(now).replace(tzinfo=UTC)))
    try:
        return run(app)
    finally:
        app.close()


def kept(publication: Publication) -> tuple[int, bool, int]:
    """Return the rows there are, and what the audit says."""
    app = publication.open()
    try:
        with app.database.read() as connection:
            rows = connection.scalar(sa.select(sa.func.count()).select_from(recipient)) or 0
        audit = app.audit(DAY)
        return rows, audit.complete, sum(audit.states.values())
    finally:
        app.close()


def test_who_got_an_old_edition_is_forgotten_and_its_audit_adds_up(sent: Publication) -> None:
    tick(sent, "2026-08-03 05:00")
    young = kept(sent)
    # On PostgreSQL they wait for the rest of their partition, 45 days at the most.
    is_kept_apart = "postgresql" in sent.environment.get("NEWSLETTER_DATABASE__URL", "")
    report = tick(sent, "2026-09-19 04:00" if is_kept_apart else "2026-08-04 04:00")

    assert report.later is None
    assert young == (3, True, 3)
    assert kept(sent) == (0, True, 3)


def test_a_database_that_is_busy_costs_no_tick(
    sent: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> int:
        raise StorageError("The database is locked.")

    monkeypatch.setattr(keeping, "tidy", busy)
    assert tick(sent, "2026-08-03 05:00").did == ()
