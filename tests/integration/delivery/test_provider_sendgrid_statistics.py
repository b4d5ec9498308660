"""SendGrid's own count, as the sandbox plays it, and what a restored database makes of it."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.core.errors import AccountRefused, Unreachable
from newsletter.delivery.opening import open_statistics
from newsletter.operations.tick import run
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from newsletter.storage.restored import Restoration, mark
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication

DAY = date(2026, 6, 3)
SEVEN = datetime(2026, 6, 3, 7, tzinfo=UTC)


def clock(hour: int, minute: int = 0) -> MovingClock:
    return MovingClock(SEVEN.replace(hour=hour, minute=minute))


@pytest.fixture
def sandbox(tmp_path: Path):
    with Sandbox(tmp_path / "mailbox", clock=SEVEN.timestamp) as box:
        yield box


def copied(sandbox: Sandbox, tmp_path: Path, *, is_lost: bool) -> Publication:
    """Return a publication whose database is a copy of 06:50, back since 07:03."""
    first = make_publication(tmp_path / "first", base_url=sandbox.url, people=3)
    if is_lost:
        app = first.open(clock(7))
        run(app)
        app.close()
        assert len(sandbox.mails()) == 3
    second = make_publication(tmp_path / "second", base_url=sandbox.url, people=3)
    app = second.open(clock(7, 3))
    with app.database.write() as connection:
        found = Restoration(taken_at=clock(6, 50).moment, restored_at=clock(7, 3).moment)
        mark(connection, found)
    app.close()
    return second


def test_what_the_provider_counted_holds_the_edition(sandbox: Sandbox, tmp_path: Path) -> None:
    publication = copied(sandbox, tmp_path, is_lost=True)
    for hour in (7, 12):
        app = publication.open(clock(hour, 5))
        report = run(app)
        app.close()
        assert "the provider counted mail" in (report.held or "")
    assert len(sandbox.mails()) == 3


def test_a_count_of_nothing_frees_it_when_it_had_time(sandbox: Sandbox, tmp_path: Path) -> None:
    publication = copied(sandbox, tmp_path, is_lost=False)
    told = []
    for hour in (7, 11):
        app = publication.open(clock(hour, 5))
        told.append(run(app).held)
        app.close()
    assert "nothing says that it did not" in (told[0] or "")
    assert (told[1], len(sandbox.mails())) == (None, 3)


def test_a_count_that_cannot_be_had_proves_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    publication = copied(sandbox, tmp_path, is_lost=False)
    sandbox.set_faults([Rule(fault="status", path="/v3/categories/stats", status=503)])
    app = publication.open(clock(12))
    assert run(app).held
    counts = open_statistics(app.settings, app.clock)
    assert counts is not None
    with pytest.raises(Unreachable):
        counts.handed_over(DAY, DAY)
    sandbox.set_faults([Rule(fault="status", path="/v3/categories/stats", status=403)])
    with pytest.raises(AccountRefused, match="statistics"):
        counts.handed_over(DAY, DAY)
    counts.close()
    app.close()
    shutil.rmtree(publication.root / "editions", ignore_errors=True)
