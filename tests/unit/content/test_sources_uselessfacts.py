"""The fact of uselessfacts.jsph.pl, and that nobody verified it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsletter.content.sources import uselessfacts
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Fact, Part, Supply
from tests.support.recorded import DAY, Always, Recorded, source_options

API = "https://uselessfacts.jsph.pl/api/v2/facts/today"
ANSWER = {
    "id": "0a1b",
    "text": "A snail can sleep for months when it`s too dry.",
    "source": "example.org",
    "source_url": "https://example.org/snails",
    "language": "en",
    "permalink": "https://uselessfacts.jsph.pl/api/v2/facts/0a1b",
}


def supply_of(answer: Any = ANSWER) -> Supply:
    fetch = Always(json.dumps(answer).encode())
    return uselessfacts.make(source_options(Part.FACT, fetch)).fetch(Part.FACT, DAY)


def fact_of(answer: Any = ANSWER) -> Fact:
    feature = supply_of(answer).feature
    assert isinstance(feature, Fact)
    return feature


def test_the_accents_of_the_service_become_apostrophes() -> None:
    assert fact_of().text == "A snail can sleep for months when it’s too dry."


def test_readers_and_editors_are_told_that_nobody_verified_it() -> None:
    source = fact_of().source
    assert source is not None
    assert source.name == "uselessfacts.jsph.pl (unverified)"
    assert source.url == ANSWER["permalink"]
    assert "unverified" in supply_of().origin
    assert "example.org" in supply_of().origin


def test_a_broken_link_becomes_that_of_the_service() -> None:
    source = fact_of(ANSWER | {"permalink": "facts/0a1b"}).source
    assert source is not None
    assert source.url == "https://uselessfacts.jsph.pl/"


@pytest.mark.parametrize(
    ("publication", "options", "asked"),
    [
        ("en-GB", {}, "en"),
        ("de-AT", {}, "de"),
        ("fr", {}, "en"),
        ("en", {"language": "de"}, "de"),
    ],
)
def test_the_language_is_the_publications_where_there_are_facts_in_it(
    publication: str, options: dict[str, Any], asked: str
) -> None:
    fetch = Recorded({f"{API}?language={asked}": json.dumps(ANSWER)})
    given = source_options(Part.FACT, fetch, options=options, language=publication)
    assert uselessfacts.make(given).fetch(Part.FACT, DAY).feature


def test_another_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        uselessfacts.make(source_options(Part.FACT, Always(b""), options={"language": "fr"}))
    assert caught.value.hint == "Allowed: en, de."


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ANSWER | {"text": None}, "the fact is empty"),
        (ANSWER | {"text": "Too many requests."}, "error message"),
        ([], "the fact is empty"),
    ],
)
def test_what_is_no_fact_is_refused(answer: Any, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        supply_of(answer)


def test_a_web_page_is_no_fact() -> None:
    fetch = Always(b"<!doctype html><p>Just a moment...</p>")
    source = uselessfacts.make(source_options(Part.FACT, fetch))
    with pytest.raises(SourceError, match="a web page"):
        source.fetch(Part.FACT, DAY)
