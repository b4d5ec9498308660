"""An edition as the fields of a form."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.edition_fields import (
    CorrectionTable,
    FactTable,
    ImageTable,
    OtherTable,
    QuoteTable,
    StoryTable,
    WordTable,
    keys,
)
from newsletter.core.model import (
    CorrectionNote,
    Edition,
    Fact,
    Image,
    OtherFeature,
    Quote,
    Story,
    Word,
)
from newsletter.editions.fields import FieldsError, as_fields, from_fields, tidied
from newsletter.editions.reader import from_toml
from newsletter.editions.writer import as_toml
from tests.support.edition import make_edition, make_full_edition

DAY = date(2027, 3, 9)
STORY = {"stories.0.headline": "The ferry is back", "stories.0.text": "It crosses again."}
NOTE = CorrectionNote(date=DAY, text="The ferry is blue.")


def refused(fields: dict[str, str]) -> list[tuple[str, str]]:
    """Return the faults of fields that are no edition."""
    with pytest.raises(FieldsError) as caught:
        from_fields(fields, day=DAY)
    return [(fault.name, fault.sentence) for fault in caught.value.faults]


@pytest.mark.parametrize(
    "edition",
    [
        make_edition(),
        make_full_edition(),
        make_full_edition(subject="Mine", preheader="And mine", corrections=(NOTE,)),
        Edition(date=DAY, stories=()),
    ],
    ids=["whole", "full", "own subject and a correction", "empty"],
)
def test_fields_give_the_same_edition_again(edition: Edition) -> None:
    filed = from_toml(as_toml(edition), day=edition.date, name="edition.toml")
    assert from_fields(as_fields(edition), day=edition.date) == filed


def test_fields_are_named_like_the_keys_of_the_file() -> None:
    names = set(as_fields(make_full_edition()))
    assert {"intro", "stories.0.image.alt", "stories.1.markup", "fact.source_url"} <= names
    assert {"word.sentences", "others.0.label"} <= names


def test_line_ends_of_a_browser_are_line_ends() -> None:
    fields = STORY | {"stories.0.text": "One.\r\n\r\nTwo.", "word.word": "Lull"}
    fields |= {"word.definition": "A quiet time.", "word.sentences": "A lull.\r\nA long lull.\r\n"}
    edition = from_fields(fields, day=DAY)
    assert edition.stories[0].paragraphs == ("One.", "Two.")
    assert edition.word is not None
    assert edition.word.sentences == ("A lull.", "A long lull.")


def test_a_part_whose_fields_are_emptied_is_gone() -> None:
    fields = as_fields(make_full_edition())
    emptied = {
        name: "" if name.startswith(("fact.", "stories.0.image.")) else text
        for name, text in fields.items()
    }
    edition = from_fields(emptied, day=DAY)
    assert edition.fact is None
    assert edition.stories[0].image is None


def test_a_story_that_is_emptied_leaves_no_gap() -> None:
    fields = as_fields(make_full_edition())
    emptied = {name: "" if name.startswith("stories.1.") else text for name, text in fields.items()}
    emptied["stories.1.markup"] = "markdown"
    edition = from_fields(emptied, day=DAY)
    assert [story.headline for story in edition.stories][1:] == ["Third"]
    assert "stories.2.headline" not in tidied(emptied)


def test_faults_name_the_field_and_what_is_wrong() -> None:
    fields = STORY | {"stories.0.image.url": "http://x.example/a.jpg", "quote.author": "Orla"}
    assert refused(fields) == [
        ("stories.0.image.url", "must be an address that begins with https://"),
        ("stories.0.image.alt", "is missing"),
        ("stories.0.image.credit", "is missing"),
        ("quote.text", "is missing"),
    ]


@pytest.mark.parametrize(
    "name", ["colour", "fact.colour", "stories.0.image.url.x", "word", "a.b.c"]
)
def test_fields_nobody_knows_are_refused(name: str) -> None:
    assert refused(STORY | {"fact.text": "Some fact or other.", "word.word": "x", name: "x"})


def test_a_word_in_the_place_of_a_table_is_refused() -> None:
    assert refused(STORY | {"word": "Lull"}) == [("word", "must be a table of keys")]


def test_every_value_of_a_part_has_its_key_so_that_no_field_is_left_out_of_the_file() -> None:
    tables = {Story: StoryTable, Image: ImageTable, Fact: FactTable, Quote: QuoteTable}
    tables |= {Word: WordTable, OtherFeature: OtherTable, CorrectionNote: CorrectionTable}
    told_otherwise = {"paragraphs", "image", "pos_raw"}
    for kind, table in tables.items():
        names = {one.name for one in dataclasses.fields(kind)}
        assert names - told_otherwise <= {key.name for key in keys(table)}, kind


@given(st.dictionaries(st.text(st.sampled_from("ab.01"), min_size=1), st.text(max_size=3)))
def test_any_fields_at_all_are_read_or_refused(fields: dict[str, str]) -> None:
    with suppress(FieldsError):
        assert not from_fields(fields, day=DAY).stories


@given(st.sets(st.integers(min_value=0, max_value=30), min_size=1))
def test_numbers_have_no_gaps_and_keep_their_order(numbers: set[int]) -> None:
    fields = {f"others.{at}.{key}": f"{key} {at}" for at in numbers for key in ("label", "text")}
    edition = from_fields(fields, day=DAY)
    assert [other.label for other in edition.others] == [f"label {at}" for at in sorted(numbers)]
    assert replace(edition, others=()) == Edition(date=DAY, stories=())
