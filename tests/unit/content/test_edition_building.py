"""Supplies become an edition; what is missing is said, and text is cleaned."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.edition import (
    build,
    completeness,
    document,
    is_held,
    provenance_document,
    sentences,
)
from newsletter.content.validity import cleaned
from newsletter.core.model import (
    Acceptance,
    Attempted,
    Background,
    Edition,
    Fact,
    Part,
    Provenance,
    Quote,
    Story,
    Supply,
    Word,
)
from tests.support.edition import make_edition, make_full_edition, make_other, make_story

DAY = date(2027, 3, 9)
NOW = datetime(2027, 3, 9, 5, 30, tzinfo=UTC)


def provenance(part: Part, *tried: tuple[str, str], source: str | None = None) -> Provenance:
    attempts = tuple(Attempted(name, reason) for name, reason in tried)
    return Provenance(part=part, source=source, origin="", at=NOW, tried=attempts)


def test_each_supply_lands_in_its_part() -> None:
    story, other = make_story(), make_other()
    fact, quote = Fact(text="A snail can sleep."), Quote(text="Shy letters stay at home.")
    word = Word(word="lull", definition="A quiet spell.")
    edition = build(
        DAY,
        {
            Part.STORY: Supply(stories=(story,), others=(other,), intro=("Good morning.",)),
            Part.FACT: Supply(feature=fact),
            Part.QUOTE: Supply(feature=quote),
            Part.WORD: Supply(feature=word),
        },
        [provenance(Part.STORY, source="page")],
    )
    assert edition == Edition(
        date=DAY,
        stories=(story,),
        others=(other,),
        intro=("Good morning.",),
        fact=fact,
        quote=quote,
        word=word,
        background=Background(provenance=(provenance(Part.STORY, source="page"),)),
    )


def test_status_tells_complete_from_incomplete_from_held() -> None:
    assert completeness(make_edition()) == "complete"
    assert completeness(make_edition(quote=None)) == "incomplete"
    assert completeness(make_edition(stories=())) == "held"
    assert is_held(make_edition(stories=()))
    assert not is_held(make_edition(fact=None, quote=None, word=None))


@pytest.mark.parametrize("kept", ["fact", "quote", "word", "others"])
def test_one_feature_is_enough_to_go_without_a_story_where_that_is_wanted(kept: str) -> None:
    full = make_full_edition()
    bare = replace(full, stories=(), fact=None, quote=None, word=None, others=())
    one = replace(bare, **{kept: getattr(full, kept)})
    assert (completeness(one, "extras"), completeness(bare, "extras")) == ("incomplete", "held")
    assert (completeness(one, "hold"), completeness(one, "skip")) == ("held", "skipped")
    assert is_held(one, "skip")
    assert not is_held(full, "skip")


def test_sentences_name_what_is_missing_and_why() -> None:
    edition = make_edition(
        stories=(),
        word=None,
        provenance=(
            provenance(Part.STORY, ("page", "There is no page"), ("markdown", "no story")),
            provenance(Part.FACT, ("page", "There is no page"), source="table"),
        ),
    )
    assert sentences(edition) == (
        "There is no lead story (page: There is no page; markdown: no story).",
        "There is no word: its chain of sources is empty.",
    )
    assert sentences(make_edition()) == ()


def test_documents_are_plain_json_with_what_is_missing() -> None:
    edition = make_full_edition(
        quote=None,
        provenance=(provenance(Part.QUOTE, ("table", "no row left")),),
        accepted=(Acceptance("subject", "A joke."),),
    )
    found = json.loads(json.dumps(document(edition)))
    assert found["date"] == "2027-03-09"
    assert found["missing"] == ["quote"]
    assert found["quote"] is None
    assert found["stories"][0]["headline"] == edition.stories[0].headline
    assert found["stories"][0]["image"]["credit"] == "Harbour Archive"
    assert found["word"]["sentences"] == list(edition.word.sentences if edition.word else ())
    assert found["others"][0]["label"] == "Number of the Day"
    assert found["accepted"] == [{"code": "subject", "reason": "A joke."}]
    assert {"background", "provenance", "repeats", "unused"}.isdisjoint(found)
    assert json.loads(json.dumps(provenance_document(edition))) == [
        {
            "part": "quote",
            "source": None,
            "origin": "",
            "at": "2027-03-09T05:30:00+00:00",
            "tried": [{"source": "table", "reason": "no row left"}],
            "left_out": [],
        }
    ]


def test_control_characters_are_taken_out_however_deep_they_stand() -> None:
    story = Story(headline=" A\x00 bridge\x1b ", paragraphs=("One\r\ntwo\tthree\x85four", "\ufeff"))
    supply = cleaned(Supply(stories=(story,), feature=Fact(text="A\x07 snail")))
    assert supply.stories[0].headline == "A bridge"
    assert supply.stories[0].paragraphs == ("One\ntwo three\nfour", "")
    assert supply.feature == Fact(text="A snail")


def test_cleaning_leaves_everything_but_text_alone() -> None:
    edition = make_full_edition(provenance=(provenance(Part.FACT, ("page", "none")),))
    assert cleaned(edition) == edition
    assert cleaned(edition).background.provenance[0].part is Part.FACT


@settings(deadline=None)
@given(st.text())
def test_cleaning_is_done_once_and_leaves_no_control_character(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert all(character == "\n" or character >= " " for character in once)
    once.encode()


def test_a_feature_beside_the_story_is_left_out_where_its_chain_took_another() -> None:
    mine, other = Fact(text="A snail can sleep."), Fact(text="A whale sings.")
    story = Supply(stories=(make_story(),), companions=(mine,))
    told = (provenance(Part.STORY, source="page"), provenance(Part.FACT, source="page"))

    def left_out(fact: Fact) -> list[str]:
        taken = build(DAY, {Part.STORY: story, Part.FACT: Supply(feature=fact)}, told)
        return [one.text for entry in taken.background.provenance for one in entry.left_out]

    assert left_out(mine) == []
    assert left_out(other) == [mine.text]
