"""The no-repeat ledger, on both databases: written once, looked at for a year, never for itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.content.repeats import part_of, uses
from newsletter.core.model import Fact, Part, Supply
from newsletter.core.model.content import FrozenEdition
from newsletter.storage import used_content
from newsletter.storage.database import Database
from newsletter.storage.used_content import FrozenContent, UsedContent
from tests.support.edition import make_edition

EDITION = make_edition()
DAY = EDITION.date
NOW = datetime(2027, 3, 9, 7, tzinfo=UTC)
FROZEN = FrozenEdition(content="x = 1\n", record="{}")
FACT = part_of(EDITION, Part.FACT)


@pytest.fixture
def content(database: Database) -> UsedContent:
    """Return the content of a publication that sent one edition."""
    keep(database, DAY, now=NOW)
    return UsedContent(database, "main")


def keep(database: Database, day: date, frozen: FrozenEdition = FROZEN, *, now: datetime) -> None:
    """Write what the send of an edition freezes."""
    with database.write() as connection:
        content = FrozenContent(frozen, uses(EDITION))
        used_content.write(connection, "main", day, content, now=now)


@pytest.mark.parametrize(
    ("later", "expected"), [(-1, None), (0, None), (1, DAY), (365, DAY), (366, None)]
)
def test_a_use_is_seen_for_365_days_but_not_on_its_own_date(
    content: UsedContent, later: int, expected: date | None
) -> None:
    day = DAY + timedelta(days=later)
    assert content.past().used_on(Part.FACT, FACT, day=day) == expected


@pytest.mark.parametrize("part", list(Part))
def test_every_part_is_remembered(content: UsedContent, part: Part) -> None:
    tomorrow = DAY + timedelta(days=1)
    assert content.past().used_on(part, part_of(EDITION, part), day=tomorrow) == DAY


def test_what_is_nearly_the_same_is_seen(content: UsedContent) -> None:
    text = "A snail can sleep for months, when the weather is far too dry for it!"
    supply = Supply(feature=Fact(text=text))
    assert content.past().used_on(Part.FACT, supply, day=DAY + timedelta(days=2)) == DAY


def test_another_publication_has_a_past_of_its_own(content: UsedContent) -> None:
    other = UsedContent(content.database, "other")
    assert other.past().used_on(Part.FACT, FACT, day=DAY + timedelta(days=1)) is None
    assert other.frozen(DAY) is None


def test_the_last_send_is_that_of_the_latest_edition_before_a_date(content: UsedContent) -> None:
    past, tomorrow = content.past(), DAY + timedelta(days=1)
    assert past.last_sent(day=DAY) is None
    assert past.last_sent(day=tomorrow) == NOW
    keep(content.database, tomorrow, now=NOW + timedelta(days=1))
    assert past.last_sent(day=tomorrow) == NOW
    assert past.last_sent(day=DAY + timedelta(days=9)) == NOW + timedelta(days=1)
    assert UsedContent(content.database, "other").past().last_sent(day=tomorrow) is None


def test_an_edition_is_written_once_and_the_first_stays(content: UsedContent) -> None:
    second = FrozenEdition(content="x = 2\n", record="{}")
    keep(content.database, DAY, second, now=NOW)
    assert content.frozen(DAY) == FROZEN
    assert content.uses(Part.FACT, day=DAY + timedelta(days=1)) != []
