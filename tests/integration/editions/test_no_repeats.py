"""Days of a publication that never gives its readers the same twice, and what becomes of gaps."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from newsletter.core.errors import NothingToDo
from newsletter.core.model import Edition, Part
from newsletter.delivery.preconditions import SendRequest
from newsletter.storage.tables import used
from tests.integration.operations.test_tick_of_a_publication import interrupt, mails, make_day, tick
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication

MONDAY, TUESDAY = date(2026, 6, 1), date(2026, 6, 2)
FACTS = "text\nA snail can sleep for months.\nBees can count to four.\n"
PAGE = "The Bridge Turns\n\nIt turned.\n\nFact of the Day: Bees can count to four.\n"


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """Return a publication with two facts that take turns."""
    return with_facts(
        make_day(make_publication, tmp_path / "brief", **chain("fact", "page", "table"))
    )


def chain(part: str, *names: str) -> dict[str, str]:
    """Name the sources of a part in the environment."""
    return {f"NEWSLETTER_SOURCES__{part.upper()}": json.dumps([{"type": name} for name in names])}


def with_facts(publication: Publication, facts: str = FACTS) -> Publication:
    (publication.root / "content" / "facts.csv").write_text(facts, encoding="utf-8")
    return publication


def assembled(publication: Publication, day: date) -> Edition:
    """Assemble a date as `newsletter assemble` does."""
    app = publication.open()
    try:
        return app.assembler.assemble(day).edition
    finally:
        app.close()


def fact(edition: Edition) -> str:
    assert edition.fact is not None
    return edition.fact.text


def test_what_was_sent_does_not_come_again(publication: Publication) -> None:
    with_facts(publication, "text\nBees can count to four.\n")
    tick(publication, "2026-06-01 07:00")
    with_facts(publication)
    days = [TUESDAY, date(2026, 6, 3), date(2026, 6, 4)]
    shown = {fact(assembled(publication, day)) for day in days}
    assert shown == {"A snail can sleep for months."}


def test_looking_uses_nothing_up(publication: Publication) -> None:
    before = fact(assembled(publication, MONDAY))
    app = publication.open()
    app.proofs.preview(MONDAY)
    app.proofs.prove(MONDAY)
    with app.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(used)) == 0
    app.close()
    assert fact(assembled(publication, MONDAY)) == before


def test_an_edition_that_was_sent_comes_as_it_was_sent(publication: Publication) -> None:
    tick(publication, "2026-06-01 07:00")
    first = assembled(publication, MONDAY)
    with_facts(publication, "text\nOwls cannot move their eyes.\n")
    assert assembled(publication, MONDAY) == first
    assert fact(assembled(publication, TUESDAY)) == "Owls cannot move their eyes."


def test_what_was_frozen_is_remembered_whatever_the_file_says_later(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process may end right behind the freeze; then somebody edits, and the send goes on."""
    at_seven = datetime(2026, 6, 1, 7, tzinfo=UTC)
    app = publication.open(MovingClock(at_seven))
    really = app.ledger.freeze

    def freeze_and_end(*arguments: Any, **words: Any) -> Any:
        really(*arguments, **words)
        raise KeyboardInterrupt

    monkeypatch.setattr(app.ledger, "freeze", freeze_and_end)
    with pytest.raises(KeyboardInterrupt):
        app.sends.start(SendRequest(day=MONDAY))
    path = app.files.path(MONDAY)
    frozen = fact(app.assembler.assemble(MONDAY).edition)
    app.close()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(frozen, "Nobody was told this."), encoding="utf-8")
    tick(publication, "2026-06-01 07:05")
    app = publication.open()
    facts = [key for key, _ in app.used_content.uses(Part.FACT, day=TUESDAY)]
    app.close()
    assert mails(publication) == 3
    assert frozen.split()[1].lower() in " ".join(facts).lower()
    assert not any("nobody" in key.lower() for key in facts)


def test_a_slip_in_the_file_never_stops_a_send_that_was_begun(publication: Publication) -> None:
    interrupt(publication, "2026-06-01 07:00")
    app = publication.open()
    path = app.files.path(MONDAY)
    app.close()
    path.write_text(path.read_text(encoding="utf-8") + "\n[fact\n", encoding="utf-8")
    tick(publication, "2026-06-01 07:05")
    assert mails(publication) == 3


def test_a_pasted_page_may_repeat_and_is_warned_of(publication: Publication) -> None:
    with_facts(publication, "text\nBees can count to four.\n")
    tick(publication, "2026-06-01 07:00")
    pages = publication.root / "content" / "pages"
    pages.mkdir()
    (pages / "2026-06-02.txt").write_text(PAGE, encoding="utf-8")
    app = publication.open()
    proof = app.proofs.prove(TUESDAY)
    app.close()
    assert fact(proof.edition) == "Bees can count to four."
    found = [finding.message for finding in proof.findings if finding.code == "repeat"]
    assert "The fact was used on 2026-06-01." in found
    assert proof.errors == ()


def test_when_all_were_used_the_one_of_longest_ago_comes_and_is_told(
    publication: Publication,
) -> None:
    tick(publication, "2026-06-01 07:00")
    tick(publication, "2026-06-02 07:00")
    first = fact(assembled(publication, MONDAY))
    edition = assembled(publication, date(2026, 6, 3))
    assert fact(edition) == first
    (entry,) = [one for one in edition.background.provenance if one.part is Part.FACT]
    assert entry.origin.endswith("again after 2026-06-01")
    assert entry.tried[-1].reason.endswith("used on 2026-06-01")


def test_a_table_that_ran_out_leaves_the_word_to_the_library(tmp_path: Path) -> None:
    publication = make_day(
        make_publication, tmp_path / "brief", **chain("word", "table", "library")
    )
    words = publication.root / "content" / "words.csv"
    words.write_text("word,definition\nLull,A short time of quiet.\n", encoding="utf-8")
    tick(publication, "2026-06-01 07:00")
    edition = assembled(publication, TUESDAY)
    (entry,) = [one for one in edition.background.provenance if one.part is Part.WORD]
    assert entry.source == "library"
    assert [tried.reason for tried in entry.tried] == [
        "content/words.csv, line 2: used on 2026-06-01"
    ]


def without_story(tmp_path: Path, policy: str, **environment: str) -> Publication:
    publication = make_day(
        make_publication,
        tmp_path / "brief",
        NEWSLETTER_EDITION__NO_STORY=policy,
        **chain("fact", "table"),
        **environment,
    )
    (publication.root / "content" / "stories" / "tides.md").unlink()
    return with_facts(publication)


def test_without_a_story_the_features_go_out_where_that_is_wanted(tmp_path: Path) -> None:
    publication = without_story(tmp_path, "extras")
    report = tick(publication, "2026-06-01 07:00")
    assert report.held is None
    assert mails(publication) == 3
    fact_text = fact(assembled(publication, MONDAY))
    sent = (publication.root / "editions" / "2026-06-01" / "report.json").read_text()
    assert json.loads(sent)["subject"] == fact_text


def test_without_story_and_features_there_is_nothing_to_send(tmp_path: Path) -> None:
    nothing: dict[str, Any] = {**chain("word"), **chain("quote")}
    publication = without_story(tmp_path, "extras", **nothing)
    with_facts(publication, "text\n")
    report = tick(publication, "2026-06-01 07:00")
    assert report.held is not None
    assert mails(publication) == 0


def test_a_date_without_a_story_is_skipped_where_that_is_wanted(tmp_path: Path) -> None:
    publication = without_story(tmp_path, "skip")
    report = tick(publication, "2026-06-01 07:00")
    assert (report.did, report.held) == ((), None)
    assert report.skipped is not None
    assert "The edition of 2026-06-01 is skipped." in report.skipped
    app = publication.open()
    with pytest.raises(NothingToDo):
        app.proofs.prove(MONDAY)
    assert app.assembler.assemble(MONDAY).status == "skipped"
    app.close()


def test_between_preparing_and_the_deadline_it_looks_again_for_what_is_missing(
    publication: Publication,
) -> None:
    with_facts(publication, "text\n")
    assert "Prepared" in tick(publication, "2026-06-01 05:00").did[0]
    with_facts(publication)
    assert tick(publication, "2026-06-01 05:09").did == ()
    assert tick(publication, "2026-06-01 05:10").did == (
        "Looked again: the edition of 2026-06-01 has changed.",
    )
    assert tick(publication, "2026-06-01 05:20").did == ()
    app = publication.open()
    assert app.files.load(MONDAY).fact is not None  # type: ignore[union-attr]
    app.close()


def test_a_look_never_replaces_what_an_editor_changed(publication: Publication) -> None:
    with_facts(publication, "text\n")
    tick(publication, "2026-06-01 05:00")
    path = publication.root / "editions" / "2026-06-01" / "edition.toml"
    mine = path.read_text().replace("How the tide tables are made", "My own headline")
    path.write_text(mine, encoding="utf-8")
    with_facts(publication)
    tick(publication, "2026-06-01 05:30")
    assert path.read_text() == mine


def test_the_command_says_how_long_each_chain_lasts(publication: Publication) -> None:
    document = publication.json("library")
    chains = {one["part"]: one for one in document["chains"]}
    assert (chains["fact"]["entries"], chains["fact"]["editions"]) == (2, 2)
    assert chains["word"]["entries"] >= 400
    assert chains["word"]["until"] is None
    assert "There is a fact without a repeat only until" in document["warnings"][0]
    assert "lasts until" in publication.run("library", check=0).stdout
