"""Chains of sources are walked in order, and what was tried is on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsletter.content.chain import assemble
from newsletter.content.edition import completeness
from newsletter.content.source import SourceOptions
from newsletter.core.config.settings import Settings
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Attempted, Edition, Fact, Part, Quote, Supply
from tests.support.edition import make_settings, make_story

DAY = date(2027, 3, 9)
NOW = datetime(2027, 3, 9, 5, 30, tzinfo=UTC)
FACT = Fact(text="A snail can sleep for months.")


@dataclass
class Scripted:
    """A source that gives what it was told to."""

    answer: Supply | str
    asked: list[str]
    name: str

    def fetch(self, part: Part, day: date) -> Supply:
        self.asked.append(f"{self.name} {part} {day}")
        if isinstance(self.answer, str):
            raise SourceError(self.answer)
        return self.answer


def assemble_with(
    root: Path, asked: list[str], answers: dict[str, Supply | str], **chains: list[str]
) -> Edition:
    """Assemble with scripted sources in the chains."""

    def load(_package: str, name: str) -> ModuleType:
        module = ModuleType(name)

        def make(_options: SourceOptions) -> Scripted:
            return Scripted(answers[name], asked, name)

        module.make = make  # type: ignore[attr-defined]
        return module

    empty: dict[str, list[str]] = {"story": [], "fact": [], "quote": [], "word": []}
    sources = {part: [{"type": name} for name in names] for part, names in (empty | chains).items()}
    return assemble(DAY, make_settings(root, sources=sources), now=NOW, load=load)


def test_the_first_valid_answer_wins_and_later_sources_are_not_asked(tmp_path: Path) -> None:
    asked: list[str] = []
    edition = assemble_with(
        tmp_path,
        asked,
        {
            "down": "The feed answers 403.",
            "odd": Supply(feature=Fact(text="Too many requests."), origin="the feed"),
            "good": Supply(feature=FACT, origin="facts.csv, line 2"),
            "late": Supply(feature=Fact(text="Never asked for.")),
        },
        fact=["down", "odd", "good", "late"],
    )
    assert edition.fact == FACT
    assert asked == [f"{name} fact {DAY}" for name in ("down", "odd", "good")]
    (entry,) = [entry for entry in edition.background.provenance if entry.part is Part.FACT]
    assert (entry.source, entry.origin, entry.at) == ("good", "facts.csv, line 2", NOW)
    assert entry.tried == (
        Attempted("down", "The feed answers 403"),
        Attempted("odd", "the feed: the text is an error message: “Too many requests.”"),
    )


def test_features_may_be_missing_and_every_part_is_on_record(tmp_path: Path) -> None:
    edition = assemble_with(
        tmp_path,
        [],
        {"good": Supply(stories=(make_story(),)), "down": "No quote today."},
        story=["good"],
        quote=["down"],
    )
    assert completeness(edition) == "incomplete"
    assert edition.missing == (Part.FACT, Part.QUOTE, Part.WORD)
    assert [entry.part for entry in edition.background.provenance] == list(Part)
    assert edition.background.provenance[2].source is None
    assert edition.background.provenance[2].tried == (Attempted("down", "No quote today"),)


def test_without_a_lead_story_the_edition_is_held_and_says_why(tmp_path: Path) -> None:
    edition = assemble_with(
        tmp_path,
        [],
        {
            "down": "The page is missing.",
            "hollow": Supply(stories=(make_story(paragraphs=()),)),
            "facts": Supply(feature=FACT),
        },
        story=["down", "hollow"],
        fact=["facts"],
    )
    assert completeness(edition) == "held"
    assert edition.fact == FACT
    assert [tried.source for tried in edition.background.provenance[0].tried] == ["down", "hollow"]


def test_an_answer_is_judged_after_it_was_cleaned(tmp_path: Path) -> None:
    edition = assemble_with(
        tmp_path,
        [],
        {
            "blank": Supply(feature=Quote(text="\x00" * 40)),
            "good": Supply(feature=Quote(text="\x1bShy letters stay\x00 at home. ")),
        },
        quote=["blank", "good"],
    )
    assert edition.quote == Quote(text="Shy letters stay at home.")
    assert edition.background.provenance[2].tried == (Attempted("blank", "the quote is empty"),)


def settings(root: Path, **sources: Any) -> Settings:
    return make_settings(root, sources=sources)


def test_a_source_that_does_not_exist_is_told_with_the_valid_names(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no source called “markdwon”") as caught:
        assemble(DAY, settings(tmp_path, story=[{"type": "markdwon"}]), now=NOW)
    assert "Did you mean “markdown”?" in caught.value.hint


def test_a_mistake_in_the_last_link_is_told_though_an_earlier_one_answers(tmp_path: Path) -> None:
    stories = tmp_path / "content" / "stories"
    stories.mkdir(parents=True)
    (stories / "2027-03-09.md").write_text('+++\ntitle = "T"\n+++\n\nText.\n', encoding="utf-8")
    chain = [{"type": "markdown"}, {"type": "page", "fiel": "x"}]
    with pytest.raises(ConfigError, match="`fiel` is not an option"):
        assemble(DAY, settings(tmp_path, story=chain), now=NOW)


def test_a_module_that_is_no_source_has_no_answer_and_says_why(tmp_path: Path) -> None:
    edition = assemble(DAY, settings(tmp_path, fact=[{"type": "json.decoder"}]), now=NOW)
    (tried,) = edition.background.provenance[1].tried
    assert tried.source == "json.decoder"
    assert "has no function `make`" in tried.reason
    assert "decoder.py" in tried.reason


def test_real_sources_in_files_make_a_whole_edition(tmp_path: Path) -> None:
    pages = tmp_path / "content" / "pages"
    pages.mkdir(parents=True)
    (pages / "2027-03-09.txt").write_text(
        "The Bridge Turns\n\nIt turned this morning.\n\nFact of the Day: A snail can sleep.\n",
        encoding="utf-8",
    )
    (tmp_path / "content" / "facts.csv").write_text("text\nNever needed today.\n")
    (tmp_path / "content" / "quotes.csv").write_text("text,author\nShy letters stay home.,Orla\n")
    page, table = {"type": "page"}, {"type": "table"}
    edition = assemble(
        DAY,
        settings(tmp_path, story=[page], fact=[page, table], quote=[page, table], word=[page]),
        now=NOW,
    )
    assert edition.stories[0].headline == "The Bridge Turns"
    assert edition.fact == Fact(text="A snail can sleep.")
    assert edition.quote == Quote(text="Shy letters stay home.", author="Orla")
    assert [(entry.source, entry.origin) for entry in edition.background.provenance] == [
        ("page", "content/pages/2027-03-09.txt"),
        ("page", "content/pages/2027-03-09.txt"),
        ("table", "content/quotes.csv, line 2"),
        (None, ""),
    ]
