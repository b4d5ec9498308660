"""Columns: found by name, told with --map, refused when that is not clear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import InputError, UsageError
from newsletter.message.merge import is_field_name
from newsletter.subscribers.csvfile import Record
from newsletter.subscribers.imports.columns import Columns, find, key_of
from tests.support.subscribers import make_records


@pytest.mark.parametrize(
    "name",
    [
        "email",
        "E-Mail",
        "Email Address",
        "e-mail address",
        "EMAIL",
        "address",
        "Mail",
        "\ufeffemail",
    ],
)
def test_the_address_column_is_found(name: str) -> None:
    assert find(make_records(["x", name])).email == 1


def test_a_postal_address_beside_an_email_column_is_an_attribute() -> None:
    found = find(make_records(["Address", "Email"]))
    assert found.email == 1
    assert found.attributes == ((0, "address"),)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (["email", "Name"], (1,)),
        (["email", "Full name"], (1,)),
        (["email", "Last Name", "First Name"], (2, 1)),
        (["email", "given_name"], (1,)),
        (["email", "other"], ()),
    ],
)
def test_names_are_found_first_before_last(header: list[str], name: tuple[int, ...]) -> None:
    assert find(make_records(header)).name == name


def test_beside_a_full_name_the_first_name_is_an_attribute() -> None:
    found = find(make_records(["email", "name", "First name"]))
    assert found == Columns(
        header=("email", "name", "First name"),
        email=0,
        name=(1,),
        attributes=((2, "first_name"),),
        unread=(2,),
    )


@pytest.mark.parametrize("name", ["time zone", "Timezone", "time_zone", "TZ"])
def test_the_time_zone_is_found(name: str) -> None:
    assert find(make_records(["email", name])).cells("zone") == (1,)


def test_a_language_is_the_locale_where_no_column_is_clearer() -> None:
    clear = find(make_records(["email", "language", "locale"]))
    assert (clear.cells("locale"), clear.attributes) == ((2,), ((1, "language"),))
    faint = find(make_records(["email", "Lang", "Language"]))
    assert (faint.cells("locale"), faint.attributes) == ((1,), ((2, "language"),))
    told = find(make_records(["email", "Language"]), {"Language": "language"})
    assert (told.cells("locale"), told.attributes) == ((), ((1, "language"),))


def test_an_attribute_of_an_earlier_export_of_ours_is_no_locale() -> None:
    found = find(make_records(["email", "subscription", "frequency", "paused_until", "language"]))
    assert (found.export, found.cells("locale")) == ("newsletter", ())
    assert found.attributes == ((4, "language"),)


def test_other_columns_become_attributes_with_plain_keys() -> None:
    header = ["email", "Favourite Colour!", "2nd choice", "Prénom", "名前", ""]
    assert find(make_records(header)).attributes == (
        (1, "favourite_colour"),
        (2, "n2nd_choice"),
        (3, "prenom"),
        (4, "column_5"),
    )


@given(st.text())
def test_every_key_is_one_a_template_can_ask_for(name: str) -> None:
    key = key_of(name)
    assert key == "" or is_field_name(f"attributes.{key}")
    assert key_of(key) == key


def test_a_status_column_counts_as_the_subscription_only_when_it_holds_states() -> None:
    states = make_records(["email", "Status"], ["a", "Subscribed"], ["b", ""], ["c", "cleaned"])
    places = make_records(["email", "State"], ["a", "Texas"], ["b", "active"])
    nothing = make_records(["email", "State"], ["a", ""])
    assert find(states).states == ((1, "subscription"),)
    assert find(places).attributes == ((1, "state"),)
    assert find(nothing).states == ()


def test_a_list_without_a_first_line_of_names_is_read_from_its_first_row() -> None:
    assert find(make_records(["ann@example.org"], ["ben@example.org"])).headless is True
    wide = find(make_records(["Ann", "ann@example.org", "0"], ["Ben", "ben@example.org", "1"]))
    assert (wide.headless, wide.email) == (True, 1)
    assert wide.attributes == ((0, "column_1"), (2, "column_3"))


def test_a_mapping_wins_over_names_and_can_leave_columns_out() -> None:
    header = ["Contact", "email", "Town", "Zone of interest"]
    told = {"contact": "email", "email": "ignore", "Town": "city", "Zone of interest": "ignore"}
    found = find(make_records(header), told)
    assert found.email == 0
    assert found.attributes == ((2, "city"),)


@pytest.mark.parametrize(
    ("header", "mapping", "error", "word"),
    [
        (["name", "city"], {}, InputError, "“name”, “city”"),
        (["email", "City", "city"], {}, InputError, "Two columns are called “city”"),
        (["email", "E-Mail"], {}, InputError, "both mean email"),
        (["email", "a b", "a-b"], {}, InputError, "both mean a_b"),
        (["email"], {"nope": "name"}, UsageError, "“nope”"),
        (["email", "x"], {"x": "名"}, UsageError, "does not name a field"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_to_do(
    header: list[str], mapping: dict[str, str], error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        find(make_records(header), mapping)


def test_a_file_without_rows_or_with_a_broken_first_line_is_refused() -> None:
    with pytest.raises(InputError, match="no rows"):
        find([])
    with pytest.raises(InputError, match="Line 1"):
        find([Record(1, ["x"], "The quotation marks of the line do not match.")])
