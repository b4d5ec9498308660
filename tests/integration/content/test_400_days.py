"""With every live source failing, the library gives 400 days in a row, each with new content."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

import pytest

from newsletter.content.chain import assemble
from newsletter.content.library import collection
from newsletter.content.repeats import Uses, keys, part_of, uses
from newsletter.core.config.settings import Settings
from newsletter.core.model import Edition, Part
from newsletter.core.model.content import FrozenEdition
from newsletter.storage import used_content
from newsletter.storage.database import Database, connect
from newsletter.storage.migrate import upgrade
from newsletter.storage.used_content import FrozenContent, UsedContent
from tests.support.edition import make_settings

FIRST = date(2027, 1, 1)
DAYS = 400
FEATURES = (Part.FACT, Part.QUOTE, Part.WORD)
LIVE = {
    "fact": ["uselessfacts", "wikimedia"],
    "quote": ["zenquotes", "wikiquote"],
    "word": ["merriam_webster", "wiktionary", "wordnik"],
}


def make_offline(root: Path) -> Settings:
    """Build a publication whose editor pastes a page a day; all else fails but the library."""
    pages = root / "content" / "pages"
    pages.mkdir(parents=True)
    for number in range(DAYS):
        text = f"Harbour Notes, Number {number}\n\nOn morning {number} the tide came in again.\n"
        (pages / f"{FIRST + timedelta(days=number)}.txt").write_text(text, encoding="utf-8")
    chains = {
        part: [{"type": name} for name in (*names, "library")] for part, names in LIVE.items()
    }
    return make_settings(root, sources={"story": [{"type": "page"}]} | chains)


def live_through(settings: Settings, database: Database) -> list[Edition]:
    """Assemble and use up an edition a day."""
    content = UsedContent(database, settings.publication.id)
    editions = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        now = datetime.combine(day, time(5), UTC)
        edition = assemble(day, settings, now=now, past=content.past())
        frozen = FrozenContent(FrozenEdition(content="", record=""), tuple(uses(edition)))
        with database.write() as connection:
            used_content.write(connection, settings.publication.id, day, frozen, now=now)
        editions.append(edition)
    return editions


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> list[Edition]:
    """Return the editions of 400 days."""
    root = tmp_path_factory.mktemp("offline")
    database = connect(f"sqlite:///{root / 'newsletter.db'}")
    upgrade(database)
    made = live_through(make_offline(root), database)
    database.close()
    return made


@pytest.mark.parametrize("part", FEATURES)
def test_the_library_is_large_enough(part: Part) -> None:
    assert len(collection.entries(part)) >= DAYS


def test_every_day_has_a_story_a_fact_a_quote_and_a_word(editions: list[Edition]) -> None:
    assert {edition.missing for edition in editions} == {()}


@pytest.mark.parametrize("part", [Part.STORY, *FEATURES])
def test_nothing_comes_twice_within_a_year(part: Part, editions: list[Edition]) -> None:
    used: list[tuple[str, date]] = []
    again: list[tuple[date, date]] = []
    for edition in editions:
        recent = [entry for entry in used if entry[1] >= edition.date - timedelta(days=365)]
        supply = part_of(edition, part)
        before = Uses(recent).last(part, supply)
        if before is not None:
            again.append((edition.date, before))
        used += [(key, edition.date) for key in keys(part, supply)]
    assert again == []


@pytest.mark.parametrize("part", FEATURES)
def test_every_feature_is_credited_as_the_library_has_it(
    part: Part, editions: list[Edition]
) -> None:
    bundled = {entry.feature for entry in collection.entries(part)}
    shown = [part_of(edition, part).feature for edition in editions]
    assert set(shown) <= bundled
    assert all(feature is not None and feature.source is not None for feature in shown)


@pytest.mark.parametrize("part", FEATURES)
def test_what_was_tried_before_the_library_is_on_record(
    part: Part, editions: list[Edition]
) -> None:
    for edition in islice(editions, 0, None, 40):
        (entry,) = [one for one in edition.background.provenance if one.part is part]
        assert entry.source == "library"
        assert [tried.source for tried in entry.tried] == LIVE[part]
        assert all(tried.reason for tried in entry.tried)
