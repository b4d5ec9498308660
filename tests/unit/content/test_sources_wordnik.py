"""Wordnik's word of the day: the key, the dictionary, the second request."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from newsletter.content.sources import wordnik
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Part, Word
from tests.support.recorded import DAY, Recorded, source_options

API = "https://api.wordnik.com/v4"
DAILY = f"{API}/words.json/wordOfTheDay?date=2026-03-24"
SPOKEN = f"{API}/word.json/lull/pronunciations?limit=5"
ANSWER: dict[str, Any] = {
    "word": "lull",
    "publishDate": "2026-03-24T03:00:00.000Z",
    "definitions": [
        {"text": "A time of <em>calm</em>", "partOfSpeech": "noun", "source": "century"},
        {"text": "A second sense", "partOfSpeech": "noun", "source": "century"},
    ],
    "examples": [{"text": "Somebody else's sentence.", "title": "A Book", "url": None}],
    "note": None,
    "contentProvider": {"name": "wordnik", "id": 711},
    "htmlExtra": None,
}


def recorded(answer: Any = ANSWER, *, spoken: Any = None) -> Recorded:
    answers: dict[str, str | bytes] = {DAILY: json.dumps(answer)}
    return Recorded(answers if spoken is None else answers | {SPOKEN: json.dumps(spoken)})


def make(fetch: Recorded, *, key: str | None = "k3y", **options: Any) -> wordnik.WordnikSource:
    secrets = {"WORDNIK_API_KEY": key} if key else {}
    given = source_options(Part.WORD, fetch, options=options, secret=secrets.get)
    return wordnik.make(given)


def word_of(answer: Any = ANSWER, *, spoken: Any = None, **options: Any) -> Word:
    feature = make(recorded(answer, spoken=spoken), **options).fetch(Part.WORD, DAY).feature
    assert isinstance(feature, Word)
    return feature


def test_a_word_comes_with_its_senses_and_without_other_peoples_sentences() -> None:
    word = word_of()
    assert (word.word, word.pos, word.definition) == ("lull", "noun", "A time of calm.")
    assert word.extra_sense == "A second sense."
    assert word.sentences == ()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("century", "The Century Dictionary, from Wordnik"),
        ("ahd-5", "The American Heritage Dictionary, from Wordnik"),
        ("a-new-one", "a-new-one, from Wordnik"),
        (None, "Wordnik"),
    ],
)
def test_the_dictionary_of_the_definition_is_credited(source: str | None, name: str) -> None:
    definition = {"text": "A time of calm.", "source": source}
    credit = word_of(ANSWER | {"definitions": [definition]}).source
    assert credit is not None
    assert (credit.name, credit.url) == (name, "https://www.wordnik.com/words/lull")


def test_a_sense_of_another_dictionary_is_not_mixed_in() -> None:
    other = {"text": "Another view.", "source": "wordnet"}
    assert word_of(ANSWER | {"definitions": [ANSWER["definitions"][0], other]}).extra_sense is None


def test_without_a_key_nothing_is_asked_and_the_key_is_named() -> None:
    fetch = recorded()
    with pytest.raises(SourceError, match="WORDNIK_API_KEY is not set") as caught:
        make(fetch, key=None).fetch(Part.WORD, DAY)
    assert "WORDNIK_API_KEY" in caught.value.hint
    assert fetch.asked == []


def test_the_key_travels_in_a_header_and_shows_nowhere_else() -> None:
    fetch = recorded()
    supply = make(fetch, pronunciation=True).fetch(Part.WORD, DAY)
    assert fetch.headers == [{"api_key": "k3y"}] * 2
    assert "k3y" not in "".join((*fetch.asked, supply.origin))


def test_the_pronunciation_is_asked_for_only_on_demand() -> None:
    spoken = [{"raw": "L AH1 L", "rawType": "arpabet"}, {"raw": "(lŭl)", "rawType": "ahd-5"}]
    assert word_of(spoken=spoken).pronunciation is None
    assert word_of(spoken=spoken, pronunciation=True).pronunciation == "lŭl"


def test_a_pronunciation_that_cannot_be_had_costs_nothing_else() -> None:
    supply = make(recorded(), pronunciation=True).fetch(Part.WORD, DAY)
    assert isinstance(supply.feature, Word)
    assert supply.feature.pronunciation is None
    assert "no pronunciation: " in supply.origin


@pytest.mark.parametrize("published", ["2026-03-24T03:00:00.000Z", "2026-03-23", None, ""])
def test_a_word_of_the_date_or_the_day_before_is_taken(published: str | None) -> None:
    assert word_of(ANSWER | {"publishDate": published}).word == "lull"


@pytest.mark.parametrize("published", ["2026-03-22T03:00:00.000Z", "2025-03-24", "yesterday"])
def test_a_word_of_another_date_is_refused(published: str) -> None:
    with pytest.raises(SourceError, match=published[:10]):
        word_of(ANSWER | {"publishDate": published})


@pytest.mark.parametrize("field", ["definitions", "word"])
def test_any_field_may_be_null(field: str) -> None:
    with pytest.raises(SourceError, match="Wordnik"):
        word_of(ANSWER | {field: None})


def test_definitions_without_a_text_are_passed_over() -> None:
    definitions = [{"text": None}, None, {"text": "A time of calm.", "partOfSpeech": None}]
    word = word_of(ANSWER | {"definitions": definitions})
    assert (word.definition, word.pos, word.pos_raw) == ("A time of calm.", None, None)


def test_each_date_is_asked_for() -> None:
    fetch = recorded()
    with pytest.raises(SourceError):
        make(fetch).fetch(Part.WORD, date(2026, 12, 1))
    assert fetch.asked == [f"{API}/words.json/wordOfTheDay?date=2026-12-01"]


def test_an_option_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match="true or false"):
        make(recorded(), pronunciation="yes")
