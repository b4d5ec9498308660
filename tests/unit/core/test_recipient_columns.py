"""A column as the lines of one text is the column of its values, whatever is asked of it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import Recipient, Recipients
from newsletter.core.model.recipients import (
    Lines,
    Numbers,
    People,
    Wrapped,
    digits,
    length,
    lines,
    longest,
    wrapped,
)

VALUE = st.text("ab é\"\\\t\x7f'𝄞", max_size=4)
VALUES = st.lists(VALUE, min_size=1, max_size=5)
INDEX = st.integers(-6, 6)


def check(column: Lines, values: list[str]) -> None:
    """Compare a column with its values."""
    assert column == values
    assert column == Lines("\n".join(values))
    assert column != [*values, ""]
    assert (len(column), list(column), column.parts) == (len(values), values, values)
    assert [column[index] for index in range(-len(values), len(values))] == values * 2
    assert column[1:] == values[1:]
    assert column.encoded == [value.encode() for value in values]
    assert column.longest == max(len(value.encode()) for value in values)
    assert all((value in column) is (value in values) for value in ["", "a", "b\nb", *values])
    printable = all(" " <= sign <= "~" and sign not in '"\\' for sign in "".join(values))
    assert column.is_plain is printable


@given(values=VALUES)
def test_lines_are_their_values(values: list[str]) -> None:
    check(Lines("\n".join(values)), values)


@given(before=VALUE, values=VALUES, after=VALUE)
def test_wrapped_lines_are_their_values_between_two_texts(
    before: str, values: list[str], after: str
) -> None:
    expected = [before + value + after for value in values]
    column = wrapped(before, Lines("\n".join(values)), after)
    assert isinstance(column, Wrapped)
    check(column, expected)
    assert wrapped(before, values, after) == expected
    twice = wrapped("<", column, ">")
    assert isinstance(twice, Wrapped)
    check(twice, [f"<{value}>" for value in expected])


@given(values=st.lists(st.text("a\n", max_size=3), max_size=4))
def test_a_column_is_written_as_lines_unless_a_value_has_line_ends_of_its_own(
    values: list[str],
) -> None:
    written = lines(values)
    assert (written is None) is (not values or any("\n" in value for value in values))
    if written is not None:
        assert Lines(written) == values
        assert lines(Lines(written)) == written


@given(values=VALUES)
def test_lengths_are_never_less_than_those_of_the_values(values: list[str]) -> None:
    column = Lines("\n".join(values))
    assert longest(values) == max(map(len, values)) <= longest(column) == column.longest
    assert length(values) == sum(map(len, values))
    assert length(column) == length(values) + len(values) - 1
    assert (longest(()), length(())) == (0, 0)


@given(numbers=st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
def test_numbers_as_lines_are_the_numbers(numbers: list[int]) -> None:
    column = Numbers("\n".join(map(str, numbers)))
    assert (list(column), len(column)) == (numbers, len(numbers))
    assert [column[index] for index in range(-len(numbers), len(numbers))] == numbers * 2
    assert column[1:] == numbers[1:]
    assert list(digits(column)) == list(digits(numbers)) == [str(n).encode() for n in numbers]


def recipients(count: int) -> Recipients:
    return Recipients.of(
        Recipient(
            position=number,
            address=f"reader{number}@example.org",
            name=f"Reader {number}",
            substitutions={"-tag-": str(number)},
            unsubscribe_url=f"https://brief.example.org/u/{number}",
        )
        for number in range(1, count + 1)
    )


@given(count=st.integers(0, 6), start=st.none() | INDEX, stop=st.none() | INDEX)
def test_some_of_the_recipients_are_those_of_the_sequence(
    count: int, start: int | None, stop: int | None
) -> None:
    people = recipients(count)
    assert len(people) == count
    assert list(people[start:stop]) == list(people)[start:stop]
    assert people.without(()) is people


@given(count=st.integers(1, 6), data=st.data())
def test_whoever_is_left_out_is_missing_from_every_column(count: int, data: st.DataObject) -> None:
    out = data.draw(st.sets(st.integers(0, count - 1)))
    stay = [index for index in range(count) if index not in out]
    everyone = recipients(count)
    assert list(everyone.without(out)) == [everyone[index] for index in stay]

    def column(name: str) -> Sequence[str]:
        return Lines("\n".join(f"{name}{index}" for index in range(count)))

    people = People(
        positions=range(1, count + 1),
        addresses=column("address"),
        names=column("name"),
        tokens=column("token"),
        attributes=column("attributes"),
        suppressed=[False] * count,
    )
    left = people.without(out)
    assert len(left) == len(stay)
    assert list(left.positions) == [index + 1 for index in stay]
    assert list(left.tokens) == [f"token{index}" for index in stay]
    assert len(left.suppressed) == len(stay)
    assert list(left.states) == []
