"""What the words of a column were told to mean, and what was told of columns themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import UsageError
from newsletter.core.model import SubscriberState as State
from newsletter.subscribers.imports.wordings import name_of, parted
from newsletter.subscribers.imports.words import folded

NAMES = ("Email", "Status", "Status: now", "")


@pytest.mark.parametrize(
    ("mapping", "columns", "words"),
    [
        ({}, {}, {}),
        ({"Status": "subscription"}, {"Status": "subscription"}, {}),
        ({"Status: K": "active"}, {"Status": "words"}, {"Status": {"k": State.ACTIVE}}),
        ({"status:K ": "active"}, {"Status": "words"}, {"Status": {"k": State.ACTIVE}}),
        (
            {"Status: K": "active", "Status": "ignore"},
            {"Status": "ignore"},
            {"Status": {"k": State.ACTIVE}},
        ),
        ({"Status: now": "subscription"}, {"Status: now": "subscription"}, {}),
        (
            {"Status: now: X": "bounced"},
            {"Status: now": "words"},
            {"Status: now": {"x": State.BOUNCED}},
        ),
        ({"Status: ": "pending"}, {"Status": "words"}, {"Status": {"": State.PENDING}}),
        ({"Elsewhere: K": "ignore"}, {"Elsewhere: K": "ignore"}, {}),
        ({"file name": "ignore"}, {"file name": "ignore"}, {}),
    ],
)
def test_words_are_told_apart_from_columns(
    mapping: dict[str, str], columns: dict[str, str], words: dict[str, dict[str, State]]
) -> None:
    assert parted(NAMES, mapping) == (columns, words)


@pytest.mark.parametrize("meaning", ["", "gone", "Active", "subscription"])
def test_a_meaning_that_is_no_state_is_told_with_those_there_are(meaning: str) -> None:
    with pytest.raises(UsageError, match="Status: K") as caught:
        parted(NAMES, {"Status: K": meaning})
    assert all(state in caught.value.what for state in State)


@given(st.text(max_size=12), st.sampled_from(State))
def test_the_name_of_a_word_leads_to_it_again(word: str, state: State) -> None:
    columns, words = parted(("Email", "Status"), {name_of("Status", word): state})
    assert columns == {"Status": "words"}
    assert words == {"Status": {folded(word.strip()): state}}
