"""Language tags: those of BCP 47 by their form, in its case, and nothing that looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.subscribers.locales import tag_of


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        (" PT-br ", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("es-419", "es-419"),
        ("SR-latn", "sr-Latn"),
        ("zh-HANT-tw", "zh-Hant-TW"),
        ("zh-cmn-hans-cn", "zh-cmn-Hans-CN"),
        ("de-CH-1901", "de-CH-1901"),
        ("sl-ROZAJ-biske-1994", "sl-rozaj-biske-1994"),
        ("en-US-U-CA-Gregory", "en-US-u-ca-gregory"),
        ("en-X-US-Latn", "en-x-us-latn"),
    ],
)
def test_a_tag_is_read_in_any_case_and_written_in_one(text: str, tag: str) -> None:
    assert tag_of(text) == tag


@pytest.mark.parametrize(
    "text",
    [
        *("", "e", "English", "Portuguese", "deutsch", "pt-", "-pt", "pt--BR", "pt BR", "pt-BR-PT"),
        *("en-a", "en-x", "x-private", "i-klingon", "pt_BR.UTF-8", "ру", "pt-BR\n\n-x", "12"),
        "en-x" + "-a" * 60,
    ],
)
def test_what_is_no_tag_is_refused(text: str) -> None:
    assert tag_of(text) is None


@given(st.from_regex(r"\A[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,8}){0,4}\Z"))
def test_reading_a_tag_again_changes_nothing_and_only_case_is_changed(text: str) -> None:
    tag = tag_of(text)
    if tag is not None:
        assert tag_of(tag) == tag
        assert tag.lower() == text.lower().replace("_", "-")
