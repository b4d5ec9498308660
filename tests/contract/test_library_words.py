"""Every word of the library keeps its rules, and the library takes turns as it promises."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.library import collection
from newsletter.content.library.collection import Entry
from newsletter.content.library.dictionary import parts_of_speech
from newsletter.content.source import NothingUsed, SourceOptions
from newsletter.content.sources.library import LibrarySource, in_order, make
from newsletter.content.validity import cleaned, problem_with
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Credit, Fact, Part, Quote, Supply, Word
from tests.support.library import tool

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "newsletter" / "content" / "library"
FIRST = date(2027, 1, 1)


rules, respelling = tool("rules"), tool("respelling")
WORDS: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "words.jsonl").read_text(encoding="utf-8").splitlines()
]
SENSES: dict[str, dict[str, list[str]]] = json.loads(
    (FOLDER / "wordnet.json").read_text(encoding="ascii")
)


@dataclass
class Remembered(NothingUsed):
    """A past that forgets nothing, or only what is older than its window."""

    used: dict[str, date] = field(default_factory=dict)
    window: int = 10_000  # days

    def used_on(self, part: Part, supply: Supply, *, day: date) -> date | None:
        del part
        found = self.used.get(supply.origin)
        return found if found and found < day <= found + timedelta(days=self.window) else None


def source(part: Part, *, seed: str = "main", past: Any = None, **options: Any) -> LibrarySource:
    return make(
        SourceOptions(options=options, root=ROOT, part=part, seed=seed, past=past or NothingUsed())
    )


def entry(number: int, *, day: str | None = None) -> Entry:
    return Entry(id=f"f{number:04}", feature=Fact(text=f"Snail number {number}."), date=day)


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def live(library_source: LibrarySource, past: Remembered, *, first: date, count: int) -> list[str]:
    """Assemble day after day, remembering each."""
    shown = []
    for day in days(first, count):
        origin = library_source.fetch(Part.FACT, day).origin
        past.used[origin] = day
        shown.append(origin)
    return shown


# --- the words ---------------------------------------------------------------------------------


def test_there_are_words_for_two_years() -> None:
    assert len(WORDS) >= 730


def test_every_word_keeps_every_rule() -> None:
    faults = {one["word"]: list(rules.faults_of(one, SENSES[one["word"]])) for one in WORDS}
    assert {word: found for word, found in faults.items() if found} == {}


def test_no_word_and_no_text_comes_twice() -> None:
    assert list(rules.faults_between(WORDS)) == []


def test_the_table_has_the_librarys_words_and_no_more() -> None:
    assert set(SENSES) == {values["word"] for values in WORDS}


def test_words_are_of_many_kinds_and_letters() -> None:
    kinds = Counter(values["pos"] for values in WORDS)
    assert min(kinds[kind] for kind in ("noun", "verb", "adjective")) >= 100
    assert kinds["adverb"] >= 15
    assert len({values["word"][0] for values in WORDS}) >= 23


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"word": "lucids"}, "its sentence does not use it"),
        ({"pos": "verb"}, "WordNet has it as a, not as verb"),
        ({"sense_ref": "wn30:00000000-a"}, "wn30:00000000-a is no sense of it"),
        ({"respelling": "loo-sid"}, "its respelling is “loo-sid”"),
        ({"respelling": "LOO sid"}, "its respelling is “LOO sid”"),
        ({"definition": "Clear."}, "its definition has 6 characters; 30 to 220 are allowed"),
        ({"definition": "set out so that it is easy to follow"}, "is no well-set sentence"),
        ({"definition": "Said of lucid speech that is followed."}, "its definition uses it"),
        ({"sentence": "The murder was told in a lucid way by all."}, "blocked word “murder”"),
        ({"sentence": "Her lucid answer wasn't what he wanted."}, "is no well-set sentence"),
        ({"licence": "all mine"}, "its licence is all mine"),
        ({"id": "7"}, "its id is 7"),
        ({"more": 1}, "its fields are"),
    ],
)
def test_each_rule_finds_its_fault(change: dict[str, Any], fault: str) -> None:
    good = {
        "id": "w0001",
        "word": "lucid",
        "pos": "adjective",
        "respelling": "LOO-sid",
        "definition": "Set out so clearly that it is easy to follow.",
        "extra_sense": None,
        "sentence": "Her answers were so lucid that nobody asked again.",
        "sense_ref": "wn30:00532560-a",
        "licence": rules.LICENCE,
    }
    senses = {"a": ["wn30:00532560-a"]}
    assert list(rules.faults_of(good, senses)) == []
    assert any(fault in found for found in rules.faults_of(good | change, senses))


@pytest.mark.parametrize(
    ("word", "sentence", "used"),
    [
        ("covet", "Every cook in the street coveted her copper pans.", True),
        ("vagary", "Sailors live with the vagaries of the wind.", True),
        ("digress", "Our guide digresses happily.", True),
        ("console", "Consoling the team took some doughnuts.", True),
        ("compel", "The rain compelled us to stay.", True),
        ("covet", "The covenant was signed in the hall.", False),
        ("wary", "He went beware of the dog.", False),
    ],
)
def test_a_sentence_may_use_an_inflected_form(word: str, sentence: str, used: bool) -> None:
    assert rules.uses(word, sentence) is used


def test_words_of_one_lemma_are_one_family() -> None:
    assert rules.family("belatedly") == rules.family("belated")
    assert rules.family("vivacious") == rules.family("vivaciously")
    assert rules.family("candid") != rules.family("candour")


@pytest.mark.parametrize(
    ("sounds", "word", "respelt"),
    [
        ("L UW1 S AH0 D", "lucid", "LOO-sid"),
        ("G AE1 L AH0 N T", "gallant", "GAL-unt"),
        ("M IH1 T AH0 G EY2 T", "mitigate", "MIT-uh-gayt"),
        ("IH0 F EH1 M ER0 AH0 L", "ephemeral", "ih-FEM-er-ul"),
        ("AH0 L IY1 V IY0 EY2 T", "alleviate", "uh-LEE-vee-ayt"),
        ("K AH0 JH OW1 L", "cajole", "kuh-JOHL"),
        ("S AH0 B L AY1 M", "sublime", "suh-BLYME"),
        ("V ER0 AE1 S IH0 T IY0", "veracity", "vuh-RASS-ih-tee"),
        ("IH2 M AE1 K Y UW0 L AH0 T", "immaculate", "ih-MAK-yoo-lut"),
        ("AH0 V ER1 ZH AH0 N", "aversion", "uh-VUR-zhun"),
        ("AY2 D IH1 L IH0 K", "idyllic", "eye-DIL-ik"),
        ("L IH1 NG G ER0", "linger", "LING-ger"),
    ],
)
def test_sounds_become_what_an_english_reader_can_say(sounds: str, word: str, respelt: str) -> None:
    assert respelling.respell(sounds, spelling=word) == respelt


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("alleviate", {"verb"}),
        ("Ephemeral", {"adjective", "noun"}),
        ("quiet", {"adjective", "adverb", "noun", "verb"}),
        (" seldom ", {"adverb"}),
        ("qwertz", set()),
        ("ice cream", set()),
        ("", set()),
    ],
)
def test_the_dictionary_knows_parts_of_speech(word: str, expected: set[str]) -> None:
    assert parts_of_speech(word) == expected


def test_the_dictionary_agrees_with_every_word_of_the_library() -> None:
    assert [
        values["word"] for values in WORDS if values["pos"] not in parts_of_speech(values["word"])
    ] == []


def test_the_dictionary_is_small() -> None:
    assert (FOLDER / "parts_of_speech.txt.gz").stat().st_size <= 500_000


def test_the_attribution_carries_the_notices_that_are_asked_for() -> None:
    text = (FOLDER / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for needed in (
        "WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.",
        "Copyright (C) 1993-2015 Carnegie Mellon University. All rights reserved.",
        "\n## Quotes\n",
        "\n## Facts\n",
    ):
        assert needed in text


# --- the source --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [Part.FACT, Part.QUOTE, Part.WORD])
def test_every_entry_is_valid_and_credited(part: Part) -> None:
    made = source(part)
    for supply in (Supply(feature=one.feature, origin=one.id) for one in made.entries):
        assert problem_with(part, cleaned(supply)) is None, supply.origin
        assert supply.feature is not None
        assert supply.feature.source is not None
    assert len({one.id for one in made.entries}) == len(made.entries)


def test_a_word_is_credited_to_wordnet_and_ready_to_print() -> None:
    word = source(Part.WORD).fetch(Part.WORD, FIRST).feature
    assert isinstance(word, Word)
    assert word.source is not None
    assert word.source.name == "WordNet 3.0, Princeton University"
    assert word.pos in {"noun", "verb", "adjective", "adverb"}
    assert word.pronunciation
    assert word.sentences


def test_a_quote_is_credited_to_its_work_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "id": "q0001",
        "text": "A letter that is never posted is only shy.",
        "author": "Orla Finch",
        "work": "Letters to No One",
        "locator": "letter 4",
        "url": None,
        "translator": None,
    }
    (tmp_path / "quotes.jsonl").write_text(json.dumps(values) + "\n", encoding="utf-8")
    monkeypatch.setattr(collection, "_FOLDER", tmp_path)
    (found,) = collection.entries.__wrapped__(Part.QUOTE)
    assert found == Entry(
        id="q0001",
        feature=Quote(
            text="A letter that is never posted is only shy.",
            author="Orla Finch",
            source=Credit("Letters to No One, letter 4"),
        ),
    )


@pytest.mark.parametrize("window", [365, 10_000])
def test_four_hundred_days_on_end_have_no_repeat(window: int) -> None:
    past = Remembered(window=window)
    assert len(set(live(source(Part.WORD, past=past), past, first=FIRST, count=400))) == 400


def test_four_hundred_days_have_no_repeat_even_where_nothing_is_remembered() -> None:
    words = source(Part.WORD)
    assert len({words.fetch(Part.WORD, day).origin for day in days(FIRST, 400)}) == 400


def test_the_same_date_gives_the_same_answer_after_it_was_used() -> None:
    past = Remembered()
    words = source(Part.WORD, past=past)
    before = [words.fetch(Part.WORD, day) for day in days(FIRST, 3)]
    past.used[before[0].origin] = FIRST
    assert source(Part.WORD, past=past).fetch(Part.WORD, FIRST) == before[0]


def test_two_publications_take_another_order() -> None:
    ours, theirs = (
        [source(Part.WORD, seed=seed).fetch(Part.WORD, day).origin for day in days(FIRST, 30)]
        for seed in ("main", "other")
    )
    assert sum(one == two for one, two in zip(ours, theirs, strict=True)) <= 3


def test_what_readers_had_from_elsewhere_is_passed_over() -> None:
    past = Remembered()
    first = source(Part.WORD).fetch(Part.WORD, FIRST)
    past.used[first.origin] = FIRST - timedelta(days=9)
    assert source(Part.WORD, past=past).fetch(Part.WORD, FIRST).origin != first.origin


def test_an_entry_wins_on_its_own_date_and_never_comes_on_another() -> None:
    pool = (*(entry(n) for n in range(20)), entry(99, day="03-09"))
    past = Remembered()
    shown = live(LibrarySource(entries=pool, past=past), past, first=date(2027, 3, 1), count=20)
    assert [n for n, origin in enumerate(shown) if origin == "library, f0099"] == [8]
    assert len(set(shown)) == 20


def test_only_what_takes_turns_is_in_the_pool() -> None:
    made = LibrarySource(entries=(entry(1), entry(99, day="03-09")), past=NothingUsed())
    assert [supply.origin for supply in made.pool(Part.FACT)] == ["library, f0001"]


def test_an_entry_that_was_used_does_not_win_on_its_date() -> None:
    pool = (*(entry(n) for n in range(5)), entry(99, day="03-09"))
    past = Remembered(used={"library, f0099": date(2026, 3, 9)}, window=365)
    answer = LibrarySource(entries=pool, past=past).fetch(Part.FACT, date(2027, 3, 9))
    assert answer.origin != "library, f0099"


@given(
    count=st.integers(1, 40),
    dated=st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=8),
    first=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
def test_dates_of_others_use_up_no_turn(count: int, dated: set[date], first: date) -> None:
    own = {f"{day:%m-%d}" for day in dated}
    pool = (*(entry(n) for n in range(count)), *(entry(900, day=day) for day in own))
    turns = [day for day in days(first, count + len(own)) if f"{day:%m-%d}" not in own][:count]
    shown = [next(one.id for one in in_order(pool, day)) for day in turns]
    # An entry of 29 February costs a turn on that day.
    assert len(set(shown)) >= len(turns) - ("02-29" in own)


def test_when_all_are_used_the_one_unused_for_longest_comes_again() -> None:
    used = {f"library, f{n:04}": FIRST - timedelta(days=10 + n) for n in range(5)}
    dry = LibrarySource(entries=tuple(entry(n) for n in range(5)), past=Remembered(used=used))
    answer = dry.fetch(Part.FACT, FIRST)
    assert answer.origin == "library, f0004"
    assert dry.fetch(Part.FACT, FIRST) == answer


def test_an_empty_library_says_so() -> None:
    empty = LibrarySource(entries=(), past=NothingUsed())
    with pytest.raises(SourceError, match=r"^The library has no fact for this date\.$"):
        empty.fetch(Part.FACT, FIRST)


def test_an_editor_can_leave_entries_out() -> None:
    name = source(Part.WORD).fetch(Part.WORD, FIRST).origin.removeprefix("library, ")
    assert source(Part.WORD, without=[name]).fetch(Part.WORD, FIRST).origin != f"library, {name}"


def test_leaving_out_what_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="w9999, which the library does not have"):
        source(Part.WORD, without=["w0001", "w9999"])


def test_a_chain_the_library_has_nothing_for_is_refused() -> None:
    assert collection.entries(Part.STORY) == ()
    with pytest.raises(ConfigError, match="facts, quotes and words"):
        source(Part.STORY)
