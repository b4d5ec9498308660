"""Whatever JSON comes, the sandbox ends in a verdict."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsletter.sandbox.exchange import Problem
from newsletter.sandbox.rules_addresses import is_address
from newsletter.sandbox.validate import Known, validate
from tests.support.sandbox import NOW, make_block, make_body

KNOWN = Known(now=NOW)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(key=st.sampled_from(sorted(make_body())), value=json_values)
def test_any_json_in_any_field_ends_in_a_verdict(key: str, value: Any) -> None:
    for problem in validate(make_body() | {key: value}, KNOWN):
        assert isinstance(problem, Problem)
        assert problem.message


@given(
    key=st.sampled_from(["to", "cc", "bcc", "subject", "headers", "custom_args"]), value=json_values
)
def test_any_json_in_a_personalization_ends_in_a_verdict(key: str, value: Any) -> None:
    assert isinstance(
        validate(make_body(personalizations=[make_block(**{key: value})]), KNOWN), tuple
    )


@given(st.emails())
def test_an_address_that_is_taken_is_ascii_with_one_at_sign(address: str) -> None:
    if is_address(address):
        assert address.isascii()
        assert len(address) <= 320
        assert address.count("@") == 1
