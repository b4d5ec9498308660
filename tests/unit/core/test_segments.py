"""Segments: a small language over what is known of a person, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import UsageError
from newsletter.core.model import Subscriber, SubscriberState
from newsletter.core.segments import are_same, belongs, parse
from newsletter.core.segments.meaning import fold, forms

ANN = Subscriber(
    id=1,
    address="Ann@example.org",
    canonical="ann@example.org",
    name="Ann Example",
    state=SubscriberState.ACTIVE,
    token="t",
    zone="Europe/Riga",
    attributes={"tags": "vip, Friends of tea", "city": "Riga"},
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    changed_at=datetime(2026, 3, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("tag:vip", True),
        ("tag:VIP", True),
        ('tag:"friends of tea"', True),
        ("tag:friends", False),
        ("tag:fr*", True),
        ("zone:Europe/*", True),
        ("zone:*/riga", True),
        ("zone:E*/*a", True),
        ("zone:E*x*a", False),
        ("tag:vip*", True),
        ("tag:vi*ip", False),  # the same letter is not the end of one part and the next one's start
        ("tag:v*i*ip", False),
        ("domain:example.org", True),
        ("domain:*.org", True),
        ("address:ann@*", True),
        ("state:active", True),
        ("frequency:daily", True),
        ("attributes.city:riga", True),
        ('attributes.team:""', True),
        ("not tag:vip", False),
        ("not not tag:vip", True),
        ("tag:vip and zone:Asia/*", False),
        ("tag:vip or zone:Asia/*", True),
        ("zone:Asia/* or tag:vip and name:x*", False),
        ("(zone:Asia/* or tag:vip) and name:ann*", True),
        ("TAG:vip AND NOT state:pending", True),
        ("since:2026-03-01", True),
        ("since:2026-02-28", False),
        ("since:2026-03-01..", True),
        ("since:..2026-02-28", False),
        ("since:2026-01-01..2026-03-01", True),
    ],
)
def test_a_segment_says_who_belongs_to_it(text: str, there: bool) -> None:
    assert belongs(parse(text), ANN) is there


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "ends where a field"),
        ("vip", "“vip” at character 1"),
        ("tag:vip zone:x", "“zone:x” at character 8"),
        ("tag:vip and", "ends where"),
        ("(tag:vip", "closing bracket"),
        ("tag:vip)", "“)” at character 8"),
        ("colour:red", "“colour” is no field"),
        ("(" * 60 + "tag:a" + ")" * 60, "too many brackets"),
        ("tag:" + "x" * 1_000, "1,000 is the most"),
        ("since:yesterday", "“yesterday” is no day"),
        ("since:..", "“..” is no day"),
        ('tag:"vip', "“tag:.vip” at character 1"),
        ("tag:\0", "broken character at 5"),
        ("tag:\ud800", "broken character at 5"),
        ("tag:a'; DROP TABLE subscriber; --", "where"),
    ],
)
def test_what_is_no_segment_is_refused_with_its_place(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


@pytest.mark.parametrize(
    ("opening", "closing", "most"),
    [("(", ")", 50), ("not ", "", 50), ("not (", ")", 25), ("(not ", ")", 25)],
)
def test_fifty_brackets_and_opposites_inside_each_other_are_the_most(
    opening: str, closing: str, most: int
) -> None:
    parse(opening * most + "tag:vip" + closing * most)
    with pytest.raises(UsageError, match="too many brackets"):
        parse(opening * (most + 1) + "tag:vip" + closing * (most + 1))


def test_a_thousand_characters_are_the_most() -> None:
    parse("tag:" + "x" * 996)
    with pytest.raises(UsageError, match="has 1,001 characters"):
        parse("tag:" + "x" * 997)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["tag:a", "not", "and", "or", "(", ")", '"', "*"])).map(" ".join)
)
def test_any_text_is_a_segment_or_a_usage_error(text: str) -> None:
    try:
        found = belongs(parse(text), ANN)
    except UsageError:
        return
    assert found in {True, False}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("", "  ", True),
        ("tag:vip", "", False),
        ("tag:vip and name:Ann", '(TAG:Vip) and name:"ann"', True),
        ("tag:vip and name:Ann", "name:Ann and tag:vip", False),  # not looked into any deeper
    ],
)
def test_two_ways_to_write_a_segment_are_the_same(one: str, other: str, same: bool) -> None:
    assert are_same(one, other) is same


@given(st.characters())
def test_a_letter_has_the_forms_that_fold_to_it_and_no_others(letter: str) -> None:
    small = fold(letter)
    assert letter in forms(small)
    assert {fold(form) for form in forms(small)} == {small}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Zürich", "ZÜRICH", True), ("Straße", "STRASSE", False), ("\u212a", "k", False)],
)
def test_letters_are_alike_where_each_is_the_only_other_form(
    one: str, other: str, same: bool
) -> None:
    assert (fold(one) == fold(other)) is same


@given(st.text("ab*", max_size=12), st.text("ab", max_size=12))
def test_a_star_stands_for_any_run_of_letters(pattern: str, text: str) -> None:
    person = replace(ANN, name=text)
    found = belongs(parse(f'name:"{pattern}"'), person)
    assert found is _by_hand(pattern, text)


def _by_hand(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_by_hand(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return text[:1] == pattern[0] and _by_hand(pattern[1:], text[1:])
