"""Segments: a small language over what is known of a person, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import UsageError
from newsletter.model import Subscriber, SubscriberState
from newsletter.subscribers.segments import parse

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
    ("text", "belongs"),
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
    ],
)
def test_a_segment_says_who_belongs_to_it(text: str, belongs: bool) -> None:
    assert parse(text)(ANN) is belongs


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
        ("tag:a'; DROP TABLE subscriber; --", "where"),
    ],
)
def test_what_is_no_segment_is_refused_with_its_place(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["tag:a", "not", "and", "or", "(", ")", '"', "*"])).map(" ".join)
)
def test_any_text_is_a_segment_or_a_usage_error(text: str) -> None:
    try:
        belongs = parse(text)(ANN)
    except UsageError:
        return
    assert belongs in {True, False}


@given(st.text("ab*", max_size=12), st.text("ab", max_size=12))
def test_a_star_stands_for_any_run_of_letters(pattern: str, text: str) -> None:
    person = Subscriber(**{name: getattr(ANN, name) for name in ANN.__slots__} | {"name": text})
    found = parse(f'name:"{pattern}"')(person)
    assert found is _by_hand(pattern, text)


def _by_hand(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_by_hand(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return text[:1] == pattern[0] and _by_hand(pattern[1:], text[1:])
