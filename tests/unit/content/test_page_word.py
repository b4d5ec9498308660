from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.pasted.word import read_word, split_inside, split_senses
from newsletter.core.model import Credit, Word


def word(text: str) -> Word:
    """Read a word that can be read."""
    found = read_word(text, source=None)
    assert found is not None
    return found


def test_a_full_entry_is_read() -> None:
    assert read_word(
        "Meander (verb, mee-AN-der) – To move without hurry.",
        source=Credit("Plain Dictionary"),
        sentences=("The path meanders.",),
    ) == Word(
        word="Meander",
        definition="To move without hurry.",
        pos="verb",
        pos_raw="verb",
        pronunciation="mee-AN-der",
        sentences=("The path meanders.",),
        source=Credit("Plain Dictionary"),
    )


@pytest.mark.parametrize(
    "dash", [" - ", " -- ", " – ", " — ", "- ", "-", "– ", "–", "—", ": ", " : ", "\uff1a", " ― "]
)
def test_any_dash_parts_word_and_definition(dash: str) -> None:
    found = word(f"Meander (verb){dash}To move without hurry.")
    assert (found.word, found.definition) == ("Meander", "To move without hurry.")


@pytest.mark.parametrize("dash", [" - ", "- ", " -", " -- ", "–", "— ", ": ", ":"])
def test_parentheses_are_optional(dash: str) -> None:
    found = word(f"Well-being{dash}A good state (of body or mind).")
    assert (found.word, found.definition) == ("Well-being", "A good state (of body or mind).")
    assert (found.pos, found.pos_raw, found.pronunciation) == (None, None, None)


@pytest.mark.parametrize("term", ["laissez-faire", "Ad hoc", "Per se", "don’t", "naïve", "C. V."])
def test_a_word_may_be_several_or_hyphenated(term: str) -> None:
    assert word(f"{term} (adj, one-TWO) - A meaning.").word == term


@pytest.mark.parametrize("printed", ["“Meander” (verb) - To move.", "“Meander” – To move."])
def test_quotation_marks_around_the_word_are_taken_off(printed: str) -> None:
    assert word(printed).word == "Meander"


@pytest.mark.parametrize(
    ("inside", "pos_raw", "pronunciation"),
    [
        ("adj, mee-AN-der", "adj", "mee-AN-der"),
        ("adj; mee-AN-der", "adj", "mee-AN-der"),
        ("mee-AN-der, n.", "n.", "mee-AN-der"),
        ("verb, LEED, LED", "verb", "LEED, LED"),
        ("LEED, LED, verb", "verb", "LEED, LED"),
        ("verb; LEED; LED", "verb", "LEED; LED"),
        (r"noun, \REK-urd\ ", "noun", "REK-urd"),
        ("noun, /REK-urd/ or /REK-ord/", "noun", "REK-urd or REK-ord"),
        (r"noun, \LEED\, \LED\ ", "noun", "LEED, LED"),
        ("noun, REK-urd/REK-ord", "noun", "REK-urd REK-ord"),
        ("noun phrase, one-TWO", "noun phrase", "one-TWO"),
        ("noun, verb, REK-urd", "noun, verb", "REK-urd"),
        ("noun", "noun", None),
        ("REK-urd", None, "REK-urd"),
        ("REK-urd, re-KORD", None, "REK-urd, re-KORD"),
        ("", None, None),
        ("//", None, None),
    ],
)
def test_part_of_speech_and_pronunciation_come_in_any_order(
    inside: str, pos_raw: str | None, pronunciation: str | None
) -> None:
    assert split_inside(inside) == (pos_raw, pronunciation)


def test_two_parentheses_are_read_as_one() -> None:
    found = word("Record (noun) (REK-urd) - A thing written down.")
    assert (found.pos, found.pronunciation) == ("noun", "REK-urd")


def test_a_part_of_speech_makes_up_for_a_missing_dash() -> None:
    assert word("Gauntlet (noun) A glove.").definition == "A glove."


@pytest.mark.parametrize(
    "text",
    [
        "Meander",
        "Meander (verb)",
        "Meander (verb) -",
        "- To move.",
        "(verb) - To move.",
        "Meander (a river) flows.",
        "Meander (verb - To move.",
        "",
    ],
)
def test_what_has_no_word_or_no_definition_is_no_word(text: str) -> None:
    assert read_word(text, source=None) is None


@pytest.mark.parametrize(
    ("printed", "full"),
    [
        ("adj", "adjective"),
        ("Adj.", "adjective"),
        ("n", "noun"),
        ("v.", "verb"),
        ("vb", "verb"),
        ("adv", "adverb"),
        ("prep.", "preposition"),
        ("conj", "conjunction"),
        ("interj.", "interjection"),
        ("pron", "pronoun"),
        ("det", "determiner"),
        ("idiom", "idiom"),
        ("noun phrase", "noun phrase"),
        ("n. phr.", "noun phrase"),
        ("phr. v.", "phrasal verb"),
        ("plural noun", "plural noun"),
        ("n. pl.", "plural noun"),
        ("proper noun", "proper noun"),
        ("v.t.", "transitive verb"),
        ("noun & verb", "noun, verb"),
        ("n./v.", "noun, verb"),
    ],
)
def test_parts_of_speech_have_their_full_names(printed: str, full: str) -> None:
    assert part_of_speech(printed) == full


@pytest.mark.parametrize("printed", ["", "mee-AN-der", "plural", "noun thing", "noun,", "and", "."])
def test_other_words_are_no_part_of_speech(printed: str) -> None:
    assert part_of_speech(printed) is None


@pytest.mark.parametrize(
    "extra",
    [
        "Meander can also mean “to talk.”",
        "It may also describe a pattern.",
        "The word could also stand for a walk.",
        "It also means a talk.",
        "MEANDER also refers to a river’s bend.",
        "“Meander” also describes a border. More is known.",
        "It also applies to talks.",
        "The word later came to mean a walk.",
    ],
)
def test_the_extra_sense_begins_where_another_is_told(extra: str) -> None:
    definition = "To move “slowly.” Rivers do."
    assert split_senses(f"{definition} {extra}", word="Meander") == (definition, extra)


@pytest.mark.parametrize(
    "text",
    [
        "It can also mean a walk.",
        "To move. Walkers can also meander.",
        "To move. It is old.",
        "To move. Items can also move.",
        "To move. Meandering can also tire.",
        "To move: it can also mean a walk.",
        "To move",
    ],
)
def test_other_sentences_belong_to_the_definition(text: str) -> None:
    assert split_senses(text, word="Meander") == (text, None)


@given(st.lists(st.sampled_from(["To go.", "It can also stop.", "Run “on.”", "No!", "Meander"])))
def test_definition_and_extra_sense_are_the_whole_text(sentences: list[str]) -> None:
    text = " ".join(sentences)
    definition, extra = split_senses(text, word="Meander")
    assert " ".join(filter(None, (definition, extra))) == text


@given(st.text())
def test_no_text_breaks_the_reading_or_is_invented(text: str) -> None:
    found = read_word(text, source=None)
    if found is not None:
        assert found.word in text
        assert found.definition in text
