"""The one table of a subscriber's columns, and the classes and names it is held to."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import date

import pytest

from newsletter.core.model import Frequency, Profile
from newsletter.subscribers.addresses import Refused
from newsletter.subscribers.imports.columns import Columns
from newsletter.subscribers.model import Person
from newsletter.subscribers.profile import EXPORTED, PROFILE, VALUES, merged
from tests.support.subscribers import make_known, make_person

READ = {
    "name": (" Ann\nLee ", "Ann Lee"),
    "zone": ("Europe/Riga", "Europe/Riga"),
    "frequency": ("Weekly", Frequency.WEEKLY),
    "paused_until": ("2026-05-01", date(2026, 5, 1)),
    "locale": ("pt_br", "pt-BR"),
}
WRONG = {"name": "x" * 501, "zone": "Berlin", "frequency": "hourly", "paused_until": "May"}
WRONG |= {"locale": "Portuguese"}
BY_NAME = {one.name: one for one in VALUES}


def test_the_table_has_exactly_the_fields_of_a_profile() -> None:
    assert {one.name for one in PROFILE} == {field.name for field in fields(Profile)}


def test_what_is_unsaid_is_what_a_person_has_of_whom_nothing_is_said() -> None:
    person = Person("ann@example.org", "ann@example.org")
    assert {one.name: getattr(person, one.name) for one in PROFILE} == {
        one.name: one.unsaid for one in PROFILE
    }


def test_what_is_stored_of_somebody_of_whom_nothing_is_said_is_a_profiles_default() -> None:
    nothing = Profile(name="", zone=None, attributes={})
    assert {one.name: getattr(nothing, one.name) for one in PROFILE} == {
        one.name: one.default for one in PROFILE
    }


def test_no_name_of_a_file_means_two_columns() -> None:
    named = Counter(name for one in EXPORTED for name in (*one.headers, *one.faint))
    assert {name: count for name, count in named.items() if count > 1} == {}


def test_a_class_of_columns_has_at_most_twelve_fields() -> None:
    assert len(fields(Columns)) <= 12


@pytest.mark.parametrize("name", BY_NAME)
def test_a_value_is_read_from_text_and_from_its_own_text_again(name: str) -> None:
    text, value = READ[name]
    assert BY_NAME[name].read(text) == value
    assert BY_NAME[name].read(str(value)) == value


@pytest.mark.parametrize("name", BY_NAME)
def test_a_text_that_is_no_value_is_refused_in_a_sentence(name: str) -> None:
    refused = BY_NAME[name].read(WRONG[name])
    assert isinstance(refused, Refused)
    assert refused.reason.endswith(".")
    assert name == "name" or WRONG[name] in refused.reason
    assert name == "name" or refused.hint


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_said_wins_and_what_is_unsaid_stays(name: str) -> None:
    _, value = READ[name]
    known = make_known(**{name: value})
    unsaid = make_person(**{name: BY_NAME[name].unsaid})
    assert merged(unsaid, known)[name] == value
    assert merged(make_person(**{name: value}), make_known())[name] == value
