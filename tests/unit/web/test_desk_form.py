"""How an edition is laid out as a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newsletter.core.model import (
    Acceptance,
    Attempted,
    Background,
    CorrectionNote,
    Part,
    Provenance,
)
from newsletter.editions.fields import FieldFault, as_fields
from newsletter.web.desk.edit_form import Group, differences, groups, without
from tests.support.edition import make_edition, make_full_edition, make_story

NOW = datetime(2027, 3, 9, 5, tzinfo=UTC)


def of(key: str, found: tuple[Group, ...]) -> Group:
    """Pick a group."""
    return next(group for group in found if group.key == key)


def test_every_key_of_a_file_has_a_field_so_that_saving_loses_nothing() -> None:
    stories = (make_story(kicker="By the Water"),)
    edition = make_full_edition(subject="Mine", preheader="Mine, too", stories=stories)
    note = CorrectionNote(date=edition.date, text="The ferry is blue.")
    accepted = (
        Acceptance("subject", "A joke of ours."),
        Acceptance("img-alt", "Decoration."),
    )
    fields = as_fields(
        replace(edition, corrections=(note,), background=Background(accepted=accepted))
    )
    shown = {one.name: one.value for group in groups(fields) for one in group.fields if one.value}
    assert shown == fields


def test_there_is_always_room_for_the_parts_of_a_full_edition() -> None:
    found = groups({})
    assert [group.key for group in found] == ["stories.0", "fact", "quote", "word", "top"]
    assert all(group.is_empty for group in found)
    assert not of("stories.0", found).can_go


@pytest.mark.parametrize(("added", "key"), [("stories", "stories.3"), ("others", "others.1")])
def test_a_list_gets_one_more_table(added: str, key: str) -> None:
    fields = as_fields(make_full_edition())
    assert key not in [group.key for group in groups(fields)]
    assert of(key, groups(fields, added=added)).can_go


def test_a_fault_stands_at_its_field_or_at_its_table() -> None:
    faults = (FieldFault("fact.text", "is missing"), FieldFault("quote", "has no source"))
    found = groups({}, faults=faults)
    assert of("fact", found).named["text"].fault == "is missing"
    assert of("quote", found).fault == "has no source"


def test_a_part_says_where_it_came_from_and_what_had_nothing() -> None:
    tried = (Attempted("page", "There is no page"),)
    provenance = (
        Provenance(part=Part.FACT, source="library", origin="library, f1", at=NOW, tried=tried),
        Provenance(part=Part.QUOTE, source=None, origin="", at=NOW, tried=tried),
        Provenance(part=Part.WORD, source=None, origin="", at=NOW),
    )
    found = groups(as_fields(make_edition()), provenance=provenance)
    fact = of("fact", found)
    assert fact.origin == "From the collection."
    assert fact.tried == "library, f1. Before it: page: There is no page"
    assert of("quote", found).origin == "Nobody had one for this day."
    assert of("word", found).origin == "Nothing is set up to give one."
    assert [group.part for group in found if group.part] == [Part.FACT, Part.QUOTE, Part.WORD]


def test_the_story_stands_first_and_what_is_seldom_needed_apart() -> None:
    found = groups(as_fields(make_edition()))
    assert [group.key for group in found][:2] == ["stories.0", "fact"]
    shown = [one.label for one in found[0].fields if not one.is_more and one.kind != "kept"]
    assert shown[:2] == ["Headline", "Text"]
    assert {one.name for one in found[0].fields if one.is_more} == {
        f"stories.0.{name}" for name in ("kicker", "link", "image_credit", "markup")
    }
    assert of("stories.0", groups({"stories.0.kicker": "By the Water"})).is_more_open
    assert not of("stories.0", groups({"stories.0.headline": "Tides"})).is_more_open


def test_differences_name_the_field_and_both_wordings() -> None:
    mine = {"subject": "Mine", "fact.text": "Same"}
    theirs = {"fact.text": "Same", "others.0.label": "Number"}
    found = [(one.label, one.mine, one.theirs) for one in differences(mine, theirs)]
    assert found == [
        ("Subject and greeting: Subject", "Mine", ""),
        ("Feature 1: Label", "", "Number"),
    ]


def test_a_table_is_taken_out_whole() -> None:
    fields = {"stories.1.headline": "x", "stories.10.headline": "y", "stories.1.image.alt": "z"}
    assert without(fields, "stories.1") == {"stories.10.headline": "y"}
