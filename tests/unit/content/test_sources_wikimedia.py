"""Wikipedia's “Did you know” and “On this day” as facts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.sources import wikimedia
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Fact, Part, Supply
from tests.support.recorded import DAY, Always, Recorded, source_options

API = "https://api.wikimedia.org/feed/v1/wikipedia/en"
HOOK = {
    "html": '... that the <b><a rel="mw:WikiLink" href="./Hum_Bridge">Hum Bridge</a></b> sings?',
    "text": "... that the Hum Bridge sings?",
}


def supply_of(answer: Any, *, day: date = DAY, **options: Any) -> Supply:
    fetch = Always(json.dumps(answer).encode())
    source = wikimedia.make(source_options(Part.FACT, fetch, options=options))
    return source.fetch(Part.FACT, day)


def fact_of(answer: Any, *, day: date = DAY, **options: Any) -> Fact:
    feature = supply_of(answer, day=day, **options).feature
    assert isinstance(feature, Fact)
    return feature


def hooks(*texts: str) -> dict[str, Any]:
    return {"dyk": [{"html": text, "text": text} for text in texts]}


def event(text: str, *, year: Any = 1884) -> dict[str, Any]:
    page = "https://en.wikipedia.org/wiki/Hum_Bridge"
    pages = [{"titles": {"normalized": "Hum"}, "content_urls": {"desktop": {"page": page}}}]
    return {"text": text, "year": year, "pages": pages}


def events(*texts: str) -> dict[str, Any]:
    return {"selected": [event(text) for text in texts]}


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ("... that a snail can sleep for years?", "A snail can sleep for years."),
        ("… that a snail can sleep for years?", "A snail can sleep for years."),
        ("...that the bridge (pictured) hums?", "The bridge hums."),
        ("... that the bridge (plan pictured) hums?", "The bridge hums."),
        ("... that the bridge (pictured, left) hums?", "The bridge hums."),
        ("... that the bridge (pictured in 1901) hums?", "The bridge hums."),
        ('... that it was called "The Hum"?', 'It was called "The Hum".'),
        ('... that a song is "Who Hums?"?', 'A song is "Who Hums?"'),
        ("... That  a\nsnail sleeps?", "A snail sleeps."),
    ],
)
def test_a_hook_becomes_a_statement(hook: str, said: str) -> None:
    assert wikimedia.statement(hook) == said


@pytest.mark.parametrize("hook", ["... if a snail sleeps?", "Did you know?", "", "...", "thatch?"])
def test_what_does_not_begin_with_that_is_no_statement(hook: str) -> None:
    assert wikimedia.statement(hook) is None


@given(st.text(alphabet="abc DEF,'", min_size=1).filter(str.strip))
def test_a_statement_begins_large_and_ends_with_a_full_stop(words: str) -> None:
    said = wikimedia.statement(f"... that x{words}?")
    assert said is not None
    assert said[0] == "X"
    assert said.endswith(".")


def test_the_credit_names_the_licence_and_links_what_the_hook_is_about() -> None:
    source = fact_of({"dyk": [HOOK]}).source
    assert source is not None
    assert source.name == "Wikipedia (adapted, CC BY-SA 4.0)"
    assert source.url == "https://en.wikipedia.org/wiki/Hum_Bridge"


def test_a_hook_without_text_is_read_from_its_markup() -> None:
    assert fact_of({"dyk": [{"html": HOOK["html"]}]}).text == "The Hum Bridge sings."


def test_grim_hooks_are_passed_over() -> None:
    answer = hooks("... that he was killed by a snail?", "... that snails can sleep for years?")
    assert fact_of(answer).text == "Snails can sleep for years."


def test_the_editor_sees_three_in_the_origin() -> None:
    texts = [
        f"... that snail number {n} can sleep for years?" for n in ("one", "two", "three", "4")
    ]
    origin = supply_of(hooks(*texts)).origin
    assert "“Snail number two can sleep for years.”" in origin
    assert "“Snail number three can sleep for years.”" in origin
    assert "number 4" not in origin


def test_hooks_are_asked_for_the_day_it_is_in_utc() -> None:
    evening = datetime(2026, 3, 24, 21, 0, tzinfo=timezone(-timedelta(hours=5)))
    fetch = Recorded({f"{API}/featured/2026/03/25": json.dumps({"dyk": [HOOK]})})
    source = wikimedia.make(source_options(Part.FACT, fetch, now=evening.astimezone(UTC)))
    source.fetch(Part.FACT, date(2026, 3, 24))
    assert fetch.asked == [f"{API}/featured/2026/03/25"]


def test_events_are_asked_for_the_publication_date() -> None:
    answer = json.dumps(events("A bridge is opened."))
    fetch = Recorded({f"{API}/onthisday/selected/12/01": answer})
    options = source_options(Part.FACT, fetch, options={"kind": "onthisday"})
    assert wikimedia.make(options).fetch(Part.FACT, date(2026, 12, 1)).feature


def test_an_event_has_its_year_and_its_page() -> None:
    fact = fact_of(events("The Hum Bridge (pictured) is opened"), kind="onthisday")
    assert fact.text == "On this day in 1884: The Hum Bridge is opened."
    assert fact.source is not None
    assert fact.source.url == "https://en.wikipedia.org/wiki/Hum_Bridge"


def test_years_before_our_era_are_named_so() -> None:
    assert wikimedia.event("a harbour is built", year=-43).startswith("On this day in 43 BC: A ")


def test_an_event_is_chosen_by_the_date_and_another_one_next_year() -> None:
    answer = events("A bridge is opened.", "A harbour is built.", "A light is lit.")
    first = fact_of(answer, kind="onthisday")
    assert fact_of(answer, kind="onthisday") == first
    assert fact_of(answer, day=date(2027, 3, 24), kind="onthisday") != first


@pytest.mark.parametrize(
    "text",
    [
        "A ferry sinks with all on board.",
        "Troops invade the island.",
        "A bomb goes off in the harbour.",
        "The captain is executed.",
        "World War I begins.",
        "An earthquake shakes the town.",
    ],
)
def test_grim_events_are_not_for_the_morning(text: str) -> None:
    with pytest.raises(SourceError, match="nothing fit"):
        fact_of(events(text), kind="onthisday")


@pytest.mark.parametrize(
    "text",
    ["The museum gives an award to a warden.", "A diesel train goes to Ripe.", "Skilled hands."],
)
def test_words_that_only_look_grim_are_let_through(text: str) -> None:
    assert text in fact_of(events(text), kind="onthisday").text


@pytest.mark.parametrize(
    "answer", [{}, [], None, {"dyk": {}}, {"dyk": [None, 3]}, {"dyk": [{"text": 4}]}]
)
def test_an_answer_without_hooks_is_refused(answer: Any) -> None:
    with pytest.raises(SourceError, match="nothing fit"):
        fact_of(answer)


@pytest.mark.parametrize("year", [None, "1884", 18.84, True])
def test_an_event_without_a_year_is_passed_over(year: Any) -> None:
    with pytest.raises(SourceError, match="nothing fit"):
        fact_of({"selected": [event("A bridge is opened.", year=year)]}, kind="onthisday")


def test_another_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        wikimedia.make(source_options(Part.FACT, Always(b""), options={"kind": "births"}))
    assert caught.value.hint == "Allowed: dyk, onthisday."
