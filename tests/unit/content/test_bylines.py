"""Names as they were printed, and never an address beside them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.bylines import byline


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (["Cleo Dunn"], "Cleo Dunn"),
        (["Cleo Dunn", "Ben Quay"], "Cleo Dunn and Ben Quay"),
        (["Cleo Dunn", "Ben Quay", "Ada Marsh"], "Cleo Dunn, Ben Quay and Ada Marsh"),
        (["Cleo Dunn", "cleo  dunn", ""], "Cleo Dunn"),
        (["By Cleo Dunn"], "Cleo Dunn"),
        (["by: Cleo Dunn"], "Cleo Dunn"),
        (["Written by Cleo Dunn"], "Cleo Dunn"),
        (["Byron Dale"], "Byron Dale"),
        (["admin"], "admin"),
        (["O’Neill & Sons"], "O’Neill & Sons"),
        (["J. Marsh Jr."], "J. Marsh Jr."),
        (["Team @ Harbour Times"], "Team @ Harbour Times"),
        (["@cleo"], "@cleo"),
        (["Cleo at Harbour Times"], "Cleo at Harbour Times"),
        (["李小龍"], "李小龍"),
        (["\u200b", " – ", "12"], None),
        ([], None),
    ],
)
def test_names_are_kept_as_printed(fields: list[str], named: str | None) -> None:
    assert byline(fields) == named


@pytest.mark.parametrize(
    "field",
    [
        "Cleo Dunn <cleo@mail.example>",
        "cleo@mail.example (Cleo Dunn)",
        "Cleo Dunn (cleo@mail.example)",
        "Cleo Dunn, cleo@mail.example",
        "mailto:cleo@mail.example (Cleo Dunn)",
        "mailto:cleo@mail.example?subject=Hello (Cleo Dunn)",
        '"Cleo Dunn" <cleo.dunn+news@mail.co.example>',
        "Cleo Dunn cleo@localhost",
        "Cleo Dunn [cleo@[192.0.2.7]]",
        "Cleo Dunn &lt;cleo@mail.example&gt;",
        "Cleo Dunn cleo&#64;mail.example",
        "Cleo Dunn cleo%40mail.example",
        "Cleo Dunn ＜cleo＠mail.example＞".replace("＜", "<").replace("＞", ">"),
        "Cleo Dunn (cleö@mäil.example)",
        'Cleo Dunn "cleo dunn"@mail.example',
        "Cleo Dunn cleo [at] mail.example",
        "Cleo Dunn @ mail.example",
        "Cleo Dunn https://cleo.example/about",
        "By Cleo Dunn (www.cleo.example)",
    ],
)
def test_an_address_beside_a_name_is_taken_away(field: str) -> None:
    assert byline([field]) == "Cleo Dunn"


@pytest.mark.parametrize(
    "field",
    [
        "cleo@mail.example",
        "cleo @ mail.example",
        "mailto:cleo@mail.example",
        "<cleo@mail.example>",
        "cleo@mail.example (cleo@mail.example)",
        "cleo@mail.example, ben@mail.example",
        "https://cleo.example/",
    ],
)
def test_an_address_alone_is_nobody(field: str) -> None:
    assert byline([field]) is None
    assert byline([field, "Ben Quay"]) == "Ben Quay"


def test_addresses_with_their_names_in_one_field_are_several_people() -> None:
    field = "cleo@mail.example (Cleo Dunn), Ben Quay <ben@mail.example>"
    assert byline([field]) == "Cleo Dunn and Ben Quay"
    assert byline(["Dunn, Cleo"]) == "Dunn, Cleo"


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("de", "Ada, Ben und Cleo"),
        ("fr-CA", "Ada, Ben et Cleo"),
        ("en-US", "Ada, Ben and Cleo"),
        ("nl_BE", "Ada, Ben en Cleo"),
        ("zz", "Ada, Ben and Cleo"),
        ("", "Ada, Ben and Cleo"),
    ],
)
def test_the_publications_language_joins_the_names(language: str, named: str) -> None:
    assert byline(["Ada", "Ben", "Cleo"], language=language) == named


WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


@given(WORDS, WORDS, st.sampled_from(["{} <{}>", "{} ({})", "{}, {}", "{} {}", "{} | {}"]))
def test_no_address_is_ever_printed(local: str, host: str, form: str) -> None:
    named = byline([form.format("Cleo", f"{local}.x@{host}.example")])
    assert named == "Cleo"


@given(st.lists(st.text(max_size=60) | st.just("ada@mail.example"), max_size=4))
def test_whatever_a_field_holds_no_address_comes_out(fields: list[str]) -> None:
    named = byline(fields) or ""
    assert not re.search(r"[\w.]@\w", named)
