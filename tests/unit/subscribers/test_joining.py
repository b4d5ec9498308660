"""Who is written to when somebody fills in the form, and when the form asks for mail instead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import SubscriberState as State
from newsletter.subscribers import joining
from newsletter.subscribers.joining import Letter, Standing
from tests.support.subscribers import NOON

SECOND = timedelta(seconds=1)
AGO = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40))
STANDINGS = st.builds(
    Standing,
    state=st.none() | st.sampled_from(State),
    is_suppressed=st.booleans(),
    last_written=st.none()
    | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40)).map(
        lambda ago: NOON - ago
    ),
    unanswered=st.integers(0, 6),
)


@pytest.mark.parametrize(
    ("state", "letter"),
    [
        (None, Letter.CONFIRM),
        (State.PENDING, Letter.CONFIRM),
        (State.ACTIVE, Letter.KNOWN),
        (State.UNSUBSCRIBED, Letter.CONFIRM),
        (State.BOUNCED, Letter.CONFIRM),
        (State.COMPLAINED, Letter.NONE),
    ],
)
def test_who_is_written_what(state: State | None, letter: Letter) -> None:
    assert joining.letter(Standing(state=state, is_suppressed=False), now=NOON) is letter
    assert joining.letter(Standing(state=state, is_suppressed=True), now=NOON) is Letter.NONE


@pytest.mark.parametrize(
    ("ago", "letter"),
    [
        (timedelta(), Letter.NONE),
        (joining.PAUSE - SECOND, Letter.NONE),
        (joining.PAUSE, Letter.CONFIRM),
        (timedelta(days=20), Letter.CONFIRM),
    ],
)
def test_an_address_is_written_to_once_a_day(ago: timedelta, letter: Letter) -> None:
    standing = Standing(state=None, is_suppressed=False, last_written=NOON - ago, unanswered=1)
    assert joining.letter(standing, now=NOON) is letter


@pytest.mark.parametrize(
    ("unanswered", "letter"), [(2, Letter.CONFIRM), (3, Letter.NONE), (4, Letter.NONE)]
)
def test_an_address_that_never_answers_is_written_to_three_times(
    unanswered: int, letter: Letter
) -> None:
    standing = Standing(state=None, is_suppressed=False, unanswered=unanswered)
    assert joining.letter(standing, now=NOON) is letter


@given(STANDINGS)
def test_nothing_that_happens_to_an_address_has_it_written_to_more(standing: Standing) -> None:
    written = joining.letter(standing, now=NOON)
    if standing.is_barred:
        assert written is Letter.NONE
    later = joining.letter(standing, now=NOON + joining.PAUSE)
    assert later in {written, Letter.KNOWN, Letter.CONFIRM}
    assert written is Letter.NONE or later is written


@pytest.mark.parametrize(
    ("unconfirmed", "of_day", "left"),
    [
        (0, 0, 81),  # nobody ever asked: as if all before had confirmed
        (80, 80, 1),
        (81, 81, 0),  # under a fifth of a hundred confirmed
        (100, 100, 0),
        (100, 0, 5),  # a day later: by a crack
        (100, 4, 1),
        (100, 5, 0),
        (78, 0, 5),
    ],
)
def test_the_form_has_so_many_mails_left(unconfirmed: int, of_day: int, left: int) -> None:
    assert max(0, joining.mails_left(unconfirmed, of_day=of_day)) == left


@given(st.integers(0, joining.WINDOW), st.integers(0, joining.WINDOW), st.integers(0, 9))
def test_whoever_confirms_gives_others_a_turn(unconfirmed: int, of_day: int, more: int) -> None:
    before = joining.mails_left(unconfirmed, of_day=of_day)
    after = joining.mails_left(max(0, unconfirmed - more), of_day=max(0, of_day - more))
    assert after >= before


@pytest.mark.parametrize(("of_day", "left"), [(0, 300), (299, 1), (300, 0)])
def test_who_passed_a_captcha_has_a_budget_too(of_day: int, left: int) -> None:
    assert joining.checked_left(of_day) == left


@pytest.mark.parametrize(
    ("ago", "renewed"),
    [(None, True), (joining.PAUSE, True), (joining.PAUSE - SECOND, False), (timedelta(), False)],
)
def test_asking_once_more_begins_anew_after_a_day(ago: timedelta | None, *, renewed: bool) -> None:
    asked_at = None if ago is None else NOON - ago
    assert joining.is_renewed(asked_at, now=NOON) is renewed


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("123456", "123456"),
        (" 123 456\n", "123456"),
        ("123-456", "123456"),
        ("123\u00a0456", "123456"),
        ("١٢٣٤٥٦", "123456"),  # as an Arabic keyboard has them
        ("１２３４５６", "123456"),
        ("²³", ""),
        ("code: 12", "12"),
        ("", ""),
    ],
)
def test_digits_are_read_however_they_are_typed(typed: str, digits: str) -> None:
    assert joining.digits_of(typed) == digits


@given(st.text(max_size=200))
def test_whatever_is_typed_is_digits_and_few(typed: str) -> None:
    digits = joining.digits_of(typed)
    assert len(digits) <= 40
    assert digits == "" or (digits.isascii() and digits.isdecimal())
    assert joining.digits_of(digits) == digits


@given(st.text(max_size=8), st.text("0123456789", min_size=6, max_size=6))
def test_only_the_very_digits_are_right(typed: str, digits: str) -> None:
    assert joining.is_right(digits, digits)
    assert joining.is_right(typed, digits) is (typed == digits)
