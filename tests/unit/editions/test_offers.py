"""What a morning without a story may take: the newest of the site, or one of the shelf, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.app import App
from newsletter.content.source import Web
from newsletter.core.errors import Held, NothingToDo, UsageError
from newsletter.core.model import CorrectionNote
from newsletter.editions.last_save import LastSave
from newsletter.editions.offers import NothingNew, Offers
from tests.support.desk import DAY, make_root, opened
from tests.support.web import LONG, RecordedWeb, rss, rss_item

FEED = "https://site.example/feed"
SECTIONS = f"""
[sources]
story = [{{ type = "page" }}, {{ type = "feed", url = "{FEED}", full = false }}]

[edition]
fallback = "content/standing"
"""
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication with a site, and two stories that stand by."""
    root = make_root(tmp_path, SECTIONS, story="")
    shelf = root / "content" / "standing"
    shelf.mkdir()
    for name, title in (("lamps", "How lamps are lit"), ("ropes", "How ropes are made")):
        text = f'+++\ntitle = "{title}"\n+++\n\n{LONG}\n'
        (shelf / f"{name}.md").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def app(root: Path) -> Iterator[App]:
    """Open it."""
    with opened(root) as publication:
        yield publication


def offers(app: App, *items: str, answers: bool = True) -> Offers:
    """Make its offers, with a site that has some items, or that does not answer."""
    site = RecordedWeb({FEED: rss(*items)} if answers else {})
    return Offers(
        settings=app.settings,
        assembler=app.assembler,
        clock=app.clock,
        past=app.used_content.past,
        web=lambda: Web(fetch=site),
    )


def item(app: App, *, hours: float = 1) -> str:
    """Write an item that was published some hours ago."""
    return rss_item(published=app.clock.now() - timedelta(hours=hours))


def headline(app: App, day: date = DAY) -> str:
    """Return what leads an edition."""
    edition = app.files.load(day)
    assert edition is not None
    return edition.stories[0].headline


def test_the_newest_of_the_site_is_taken_and_stays(app: App) -> None:
    asked = offers(app, item(app))
    assert asked.sites == ("site.example",)
    assert asked.take_newest(DAY).headline == "The ferry keeps its hours"
    edition = app.assembler.assemble(DAY).edition  # with a site that knows nothing of it
    assert edition.stories[0].headline == "The ferry keeps its hours"
    assert edition.fact is not None  # what stands beside the story is there, too
    with pytest.raises(Held, match="has a story by now"):
        asked.take_newest(DAY)


def test_nothing_new_and_no_answer_are_told_apart(app: App) -> None:
    with pytest.raises(NothingNew, match="more than 36 hours old") as old:
        offers(app, item(app, hours=50)).take_newest(DAY)
    with pytest.raises(NothingNew, match="does not answer") as silent:
        offers(app, answers=False).take_newest(DAY)
    assert (old.value.is_silent, silent.value.is_silent) == (False, True)
    assert app.files.load(DAY) is None


def test_a_story_of_the_shelf_is_used_once(app: App) -> None:
    asked = offers(app)
    keys = {one.headline: one.key for one in asked.shelf(DAY)}
    assert set(keys) == {"How lamps are lit", "How ropes are made"}
    assert asked.take_standing(DAY, keys["How ropes are made"]).headline == "How ropes are made"
    assert headline(app) == "How ropes are made"
    assert [one.headline for one in asked.shelf(NEXT)] == ["How lamps are lit"]
    with pytest.raises(NothingToDo, match="not on the shelf"):
        asked.take_standing(NEXT, "ropes.md")
    assert asked.take_standing(NEXT).headline == "How lamps are lit"
    with pytest.raises(NothingToDo, match="Nothing is left"):
        asked.take_standing(DAY + timedelta(days=2))


def test_a_publication_without_either_says_so(tmp_path: Path) -> None:
    root = make_root(tmp_path, '[sources]\nstory = [{ type = "page" }]\n', story="")
    with opened(root) as app:
        assert (app.offers.sites, app.offers.has_shelf, app.offers.shelf(DAY)) == ((), False, ())
        with pytest.raises(UsageError, match="No site"):
            app.offers.take_newest(DAY)


def test_whoever_saved_last_is_known_until_a_hand_comes_after(app: App) -> None:
    app.assembler.assemble(DAY)
    app.editor.sign(DAY, "Ida")
    opened_now = app.editor.open(DAY)
    assert opened_now.saved is not None
    assert (opened_now.saved.by, opened_now.saved.at.tzinfo) == ("Ida", UTC)
    path = app.files.path(DAY)
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert app.editor.open(DAY).saved is None
    app.editor.sign(DAY, "")
    assert app.editor.open(DAY).saved is None
    saved = LastSave(by="Max", at=datetime(2027, 3, 9, 5, 47, tzinfo=UTC))
    app.editor.last_saves.note(DAY, saved, fingerprint="x")
    assert app.editor.last_saves.of(DAY, fingerprint="x") == saved


def test_the_next_edition_tells_a_correction_and_still_takes_what_its_sources_give(
    app: App,
) -> None:
    note = CorrectionNote(date=DAY, text="The ferry leaves at six, not at seven.")
    assert app.editor.tell_next(DAY, note) == NEXT
    app.editor.tell_next(DAY, note)
    assembled = app.assembler.assemble(NEXT)
    assert assembled.edition.corrections == (note,)
    assert not app.files.is_edited(NEXT)  # a story may still come of itself
    offers(app).take_standing(NEXT)
    more = CorrectionNote(date=DAY, text="And it is blue.")
    app.editor.tell_next(DAY, more)
    edition = app.files.load(NEXT)
    assert edition is not None
    assert edition.corrections == (note, more)
    assert headline(app, NEXT) == "How lamps are lit"
