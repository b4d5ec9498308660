"""The check of an attribution: one question, and what its answer says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.sources import graciousquotes
from newsletter.content.sources.graciousquotes import Attribution, check
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Part
from tests.support.recorded import Always, Recorded, source_options

API = "https://graciousquotes.com/wp-json/gq/v1/check"
WORDS = "A letter that is never posted is only shy."
ITEM: dict[str, Any] = {
    "answer": "It is verified.",
    "status": "verified",
    "text": WORDS,
    "credit": "Orla Finch, Letters to No One",
    "why": "It stands in the first edition.",
    "source": {"title": "Letters to No One", "locator": "page 12", "url": "https://example.org/b"},
    "record": "https://graciousquotes.com/quote/shy-letter/",
}


def of(answer: Any) -> Attribution:
    return check(WORDS, Always(json.dumps(answer).encode()))


def test_an_answer_is_told_with_its_record() -> None:
    found = of({"kind": "exact", "items": [ITEM]})
    assert (found.kind, found.status, found.verdict) == (
        "exact",
        "verified",
        "verified (the very words)",
    )
    assert (found.credit, found.answer, found.why) == (ITEM["credit"], ITEM["answer"], ITEM["why"])
    assert (found.work, found.work_url) == ("Letters to No One, page 12", "https://example.org/b")
    assert found.record == ITEM["record"]


@pytest.mark.parametrize(
    "status", ["verified", "plausible", "disputed", "misattributed", "traditional", "a new one"]
)
@pytest.mark.parametrize("kind", ["exact", "close", "part", "possible", "short"])
def test_every_verdict_names_its_status(kind: str, status: str) -> None:
    assert of({"kind": kind, "items": [ITEM | {"status": status}]}).verdict.startswith(status)


@pytest.mark.parametrize("items", [[], None, {}])
def test_nothing_found_is_an_answer_and_credits_the_service_all_the_same(items: Any) -> None:
    found = of({"kind": "none", "items": items})
    assert found.verdict == "nothing is known of it"
    assert (found.status, found.credit, found.work_url) == ("", "", None)
    assert found.record == "https://graciousquotes.com/"


@pytest.mark.parametrize("record", [None, "", 7, "javascript:alert(1)"])
def test_a_record_that_is_no_address_becomes_the_services_own(record: Any) -> None:
    found = of({"kind": "exact", "items": [ITEM | {"record": record}]})
    assert found.record == "https://graciousquotes.com/"


@pytest.mark.parametrize("answer", [{}, [], None, "exact", {"kind": None}, {"items": [ITEM]}])
def test_an_answer_without_a_verdict_is_refused(answer: Any) -> None:
    with pytest.raises(SourceError, match="without a verdict"):
        of(answer)


@pytest.mark.parametrize("text", ["", "  \n", "…"])
def test_no_words_are_not_asked_for(text: str) -> None:
    fetch = Recorded({})
    with pytest.raises(SourceError, match="no words"):
        check(text, fetch)
    assert fetch.asked == []


def test_a_whole_story_is_not_asked_for() -> None:
    with pytest.raises(SourceError, match="is no quote"):
        check("word " * 200, Recorded({}))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_words_travel_whole_in_the_question(text: str) -> None:
    words = f"x {' '.join(text.split())}".strip()
    fetch = Recorded({})
    with pytest.raises(SourceError, match="does not answer"):
        check(f" x\n{text} ", fetch)
    (asked,) = fetch.asked
    assert asked.startswith(f"{API}?q=")
    assert parse_qs(urlsplit(asked).query, strict_parsing=True) == {"q": [words]}


@pytest.mark.parametrize("part", list(Part))
def test_in_a_chain_it_refuses_and_says_why(part: Part) -> None:
    with pytest.raises(ConfigError, match="on a person's request") as caught:
        graciousquotes.make(source_options(part, Recorded({})))
    assert "newsletter quote" in caught.value.hint
