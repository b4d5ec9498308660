"""What is worth a look in addresses; it is told, and nothing is changed because of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.imports.hints import Notes, suggestion


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yaho.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("gmail.com", None),
        ("mail.com", None),
        ("gmx.com", None),
        ("example.org", None),
        ("", None),
    ],
)
def test_a_domain_one_slip_from_a_common_one_is_told(typed: str, meant: str | None) -> None:
    assert suggestion(typed) == meant


@given(st.text(max_size=20))
def test_no_domain_is_ever_told_to_be_itself(domain: str) -> None:
    assert suggestion(domain) != domain


def test_findings_are_counted_with_their_first_lines() -> None:
    addresses = ["Info@example.org", "ann@gmial.com", "x@mailinator.com", "ann@example.org"] * 20
    notes = Notes()
    notes.look_at(range(2, 42), addresses[:40])
    notes.look_at([], [])
    notes.look_at(range(42, 82), addresses[40:])
    found = {one.code: one for one in notes.found()}
    assert set(found) == {"role-account", "disposable-domain", "domain-typo"}
    assert {one.count for one in found.values()} == {20}
    assert found["domain-typo"].first[0] == (3, "ann@gmial.com → gmail.com?")
    assert len(found["role-account"].first) == 10
