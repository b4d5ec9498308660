"""Columns that are read at once hold what their cells do when they are read one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.subscribers import names
from newsletter.subscribers.addresses import Refused
from newsletter.subscribers.imports import plainly
from newsletter.subscribers.times import as_moment, as_moments

ODD = "'=+-@\t \u00a0\u200b\u2028\x00\x85\ud800,;|[]\"株🌿é"
TEXT = st.text(ODD + "ab", max_size=8) | st.sampled_from(["", "Ann", "x" * 501, " x" * 300])
MOMENT = st.datetimes().map(str) | st.sampled_from(
    [
        *("2026-03-01 12:00:00", "2026-03-01T12:00:00Z", "2026-03-01 12:00:00 UTC", "2026-03-01"),
        *("2026-03-01 12:00:00 +0200", "01.03.2026", "", " ", "2026-13-01 00:00:00", "soon"),
    ]
)


def columns_of(cells: st.SearchStrategy[str], *, most: int) -> st.SearchStrategy[list[list[str]]]:
    """Make so many columns at most, all of a length."""
    return st.integers(1, 6).flatmap(
        lambda rows: st.lists(
            st.lists(cells, min_size=rows, max_size=rows), min_size=1, max_size=most
        )
    )


def text_of(cells: Sequence[str]) -> str | Refused:
    """Read a text that may stand in several cells, as a row alone is read."""
    return names.cut(" ".join(filter(None, map(plainly.told, cells))))


@given(columns_of(TEXT, most=3))
@example([["Ann ", "Ben"], [" Lee", ""]])
@example([["a" * 499], ["b"]])
@example([["a" * 499], ["bc"]])
def test_texts_read_at_once_are_those_of_each_row(columns: list[list[str]]) -> None:
    read = plainly.texts_as_given(columns)
    if read is not None:
        assert read == [text_of(cells) for cells in zip(*columns, strict=True)]


@pytest.mark.parametrize("cell", ["'=1", "a\tb", "a\u2028b", "\ud800", "x" * 501, "'-1", "a\x00"])
def test_a_text_that_has_to_be_looked_at_alone_is_left(cell: str) -> None:
    assert plainly.texts_as_given([["Ann", cell, "Ben"]]) is None


@given(st.lists(MOMENT, min_size=1, max_size=8))
def test_moments_read_at_once_are_those_of_each_cell(cells: list[str]) -> None:
    alone = [as_moment(cell) for cell in cells]
    read = plainly.moments([cells])
    assert read is None or read == alone
    assert as_moments(cells) in (None, alone)
    speaks = [bool(cell.strip()) and one is None for cell, one in zip(cells, alone, strict=True)]
    evidence = plainly.nothing_but_moments([cells])
    assert evidence is None or (evidence == [""] * len(cells) and not any(speaks))


@given(columns_of(TEXT, most=3), st.booleans())
def test_attributes_read_at_once_are_those_of_each_row(
    columns: list[list[str]], has_tags: bool
) -> None:
    keys = [f"key{number}" for number in range(len(columns) - has_tags)]
    read = plainly.attributes_of_all(columns, keys=keys, has_tags=has_tags)
    rows = list(zip(*columns, strict=True))
    if read is None:
        assert any(isinstance(value, Refused) for row in rows for value in map(text_of_one, row))
        return
    assert [orjson.loads(one) for one in read] == [
        members(row, keys, text_of_one, has_tags=has_tags) for row in rows
    ]


def text_of_one(cell: str) -> str | Refused:
    return names.cut(plainly.told(cell))


def members(
    row: Sequence[str],
    keys: Sequence[str],
    text: Callable[[str], str | Refused],
    *,
    has_tags: bool,
) -> dict[str, object]:
    found: dict[str, object] = {key: text(cell) for key, cell in zip(keys, row, strict=False)}
    if has_tags:
        found["tags"] = names.cut(", ".join(plainly.tags_of(plainly.told(row[-1]))))
    return {key: value for key, value in found.items() if value}


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("vip", ["vip"]),
        ("vip, press", ["vip", "press"]),
        ("vip;press|vip", ["vip", "press"]),
        ('["vip","old town"]', ["vip", "old town"]),
        ("['vip', 'press']", ["vip", "press"]),
        (" , ;", []),
        ("", []),
    ],
)
def test_tags_are_read_however_they_are_parted(cell: str, tags: list[str]) -> None:
    assert plainly.tags_of(cell) == tags


@given(st.text(ODD + "ab", max_size=30))
def test_tags_that_are_written_are_read_again(cell: str) -> None:
    tags = plainly.tags_of(cell)
    assert plainly.tags_of(", ".join(tags)) == tags


def test_no_column_may_be_called_as_the_tags_are() -> None:
    assert plainly.attributes_of_all([["a"], ["b"]], keys=["tags"], has_tags=True) is None
