"""How inboxes cut subject and preheader, and what is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.message.clients.inbox_rows import INBOXES, PHONE, advice, cut, row, width


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("short", 5, "short"),
        ("shorter", 5, "shor…"),
        ("two words", 5, "two…"),
        ("日本語の本", 10, "日本語の本"),
        ("日本語の本屋", 10, "日本語の…"),
        ("cafe\u0301 noir", 6, "cafe\u0301…"),
        ("👩‍🚀👩‍🚀👩‍🚀", 5, "👩‍🚀👩‍🚀…"),
        ("👍🏽👍🏽👍🏽", 5, "👍🏽👍🏽…"),
        ("", 5, ""),
    ],
)
def test_a_text_is_cut_between_characters_as_readers_see_them(
    text: str, columns: int, expected: str
) -> None:
    assert cut(text, columns) == expected


@given(st.text(), st.integers(2, 90))
def test_what_is_cut_is_a_beginning_and_fits(text: str, columns: int) -> None:
    shown = cut(text, columns)
    assert width(shown) <= columns
    assert shown == text or text.startswith(shown.removesuffix("…"))


@pytest.mark.parametrize(("length", "whole"), [(70, 1), (60, 2), (40, 3), (30, 4)])
def test_each_inbox_has_its_width(length: int, whole: int) -> None:
    rows = [row(inbox, subject="x" * length, preheader="") for inbox in INBOXES]
    assert sum(not one.lost for one in rows) == whole


def test_a_row_says_what_is_lost() -> None:
    found = row(PHONE, subject="The swing bridge turns again, and the harbour rests", preheader="p")
    assert found.subject == "The swing bridge turns again, and the h…"
    assert found.lost == "arbour rests"


def test_advice_for_a_long_subject_and_a_repeated_start() -> None:
    subject = "The swing bridge turns again, and the harbour rests"
    said = list(advice(subject=subject, preheader="The swing bridge turns again."))
    assert "up to “The swing bridge turns again, and the h…”" in said[0]
    assert said[1].startswith("The preheader begins as the subject does")
    said = list(advice(subject="Short", preheader="A different beginning"))
    assert said == []


@pytest.mark.parametrize("subject", ["", "Short one"])
def test_a_row_that_is_whole_needs_no_advice(subject: str) -> None:
    assert list(advice(subject=subject, preheader="")) == []
