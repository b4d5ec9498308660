"""A machine's clock that jumps a year, and back: no edition is made up, none comes twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from newsletter.operations import tick
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication


def run(publication: Publication, text: str) -> tick.TickReport:
    """Do one tick at a moment."""
    app = publication.open(MovingClock(datetime.fromisoformat(text).replace(tzinfo=UTC)))
    try:
        return tick.run(app)
    finally:
        app.close()


def copies(publication: Publication) -> Counter[str]:
    """Count the copies of each reader."""
    files = (publication.root / "outbox").rglob("*.eml")
    return Counter(str(message_from_bytes(file.read_bytes())["To"]) for file in files)


def test_clock_that_jumps_a_year_and_back_sends_each_date_once(tmp_path: Path) -> None:
    publication = make_publication(
        tmp_path / "brief",
        people=2,
        NEWSLETTER_DELIVERY__PROVIDER="outbox",
        NEWSLETTER_SCHEDULE__CATCH_UP="11:00",
    )
    for moment in ("2026-06-03 07:00", "2027-06-03 07:05"):
        did = " ".join(run(publication, moment).did)
        assert f"Handed over the edition of {moment[:10]} to 2 recipients" in did
    assert run(publication, "2026-06-03 07:10").did == ()
    assert "edition of 2026-06-04" in " ".join(run(publication, "2026-06-04 07:00").did)
    late = run(publication, "2027-06-04 12:00")
    assert late.did == ()
    assert "catch-up window closed" in str(late.held)
    assert set(copies(publication).values()) == {3}
