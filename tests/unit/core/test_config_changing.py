"""Values of config.toml changed, and nothing else in it."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.config.changing import changed
from newsletter.core.errors import ConfigError
from tests.support.examples import examples
from tests.support.source_code import ROOT

EXAMPLE = (ROOT / "config.toml").read_text(encoding="utf-8")
WRITTEN = """\
# On top.
[publication]
name = 'The Quay'   # in single quotes
sender.name = "Ada"  # a dotted key

[schedule]
# when it goes
days = ["mon", "tue"] # two of them
"""


def test_comments_order_and_quotes_stay() -> None:
    told = {
        ("publication", "name"): "The Pier",
        ("publication", "sender", "name"): "Ida",
        ("schedule", "days"): ["wed"],
        ("schedule", "at"): "06:30",
        ("media", "url"): "https://quay.example.net/media",
    }
    text = changed(WRITTEN, told)
    assert tomllib.loads(text) == {
        "publication": {"name": "The Pier", "sender": {"name": "Ida"}},
        "schedule": {"days": ["wed"], "at": "06:30"},
        "media": {"url": "https://quay.example.net/media"},
    }
    for comment in ("# On top.", "# in single quotes", "# a dotted key", "# when it goes"):
        assert comment in text


def test_a_value_that_is_none_goes_with_its_key() -> None:
    text = changed(WRITTEN, {("schedule", "days"): None, ("outbox", "dir"): None})
    assert "days" not in tomllib.loads(text)["schedule"]
    assert "outbox" not in text


def test_the_same_value_changes_no_sign() -> None:
    same = {("publication", "name"): "The Quay", ("schedule", "days"): ("mon", "tue")}
    assert changed(WRITTEN, same) == WRITTEN
    assert changed(EXAMPLE, {("schedule", "at"): "07:00"}) == EXAMPLE


@settings(max_examples=examples(60))
@given(st.text(max_size=40), st.sampled_from(["name", "tagline", "postal_address"]))
def test_whatever_is_written_is_read_again_and_the_rest_is_as_before(text: str, key: str) -> None:
    if "\r" in text or any(0xD800 <= ord(one) <= 0xDFFF for one in text):
        return  # no form submits them
    new = changed(EXAMPLE, {("publication", key): text})
    read, before = tomllib.loads(new), tomllib.loads(EXAMPLE)
    assert read["publication"].pop(key) == text
    before["publication"].pop(key)
    assert read == before


@pytest.mark.parametrize(
    "text", ["[publication\n", 'publication = "a value"\n', "[publication]\nsender = 3\n"]
)
def test_what_cannot_be_changed_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be changed here"):
        changed(text, {("publication", "sender", "name"): "Ida"})


def test_dates_and_numbers_are_written_as_such() -> None:
    text = changed("[schedule]\n", {("schedule", "skip"): [date(2027, 1, 6)]})
    assert tomllib.loads(text)["schedule"]["skip"] == [date(2027, 1, 6)]
