from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.pasted.labels import Feature, FeatureKind, is_bare_label, read_feature


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Fact of the Day", FeatureKind.FACT),
        ("FACT OF THE WEEK", FeatureKind.FACT),
        ("Quote of the Day", FeatureKind.QUOTE),
        ("Quotation of the Day", FeatureKind.QUOTE),
        ("word of the day", FeatureKind.WORD),
        ("Sentence of the Day", FeatureKind.SENTENCE),
        ("In a Sentence", FeatureKind.SENTENCE),
        ("Used in a Sentence", FeatureKind.SENTENCE),
        ("Example sentence", FeatureKind.SENTENCE),
        ("Number of the Day", FeatureKind.OTHER),
        ("Good News Story of the Week", FeatureKind.OTHER),
        ("Today’s Recipe of the Day", FeatureKind.OTHER),
        ("The Fact of the Day", FeatureKind.FACT),
    ],
)
def test_every_label_is_known_for_what_it_is(label: str, kind: FeatureKind) -> None:
    assert read_feature(f"{label}: Text.") == Feature(
        kind=kind, label=label, source=None, text="Text."
    )


@pytest.mark.parametrize(
    "separator", [": ", ":", " : ", "\uff1a", " \uff1a ", " - ", "- ", " – ", "– ", " — ", " -- "]
)
def test_a_colon_or_a_dash_with_a_space_ends_a_label(separator: str) -> None:
    feature = read_feature(f"Fact of the Day (Reef Almanac){separator}Whales sing.")
    assert feature is not None
    assert (feature.source, feature.text) == ("Reef Almanac", "Whales sing.")


@pytest.mark.parametrize("separator", [" ", "", "-", "–", ", "])
def test_without_them_there_is_no_label(separator: str) -> None:
    assert read_feature(f"Fact of the Day{separator}Whales sing.") is None


@pytest.mark.parametrize(
    ("printed", "source"),
    [
        (" (Reader’s Digest)", "Reader’s Digest"),
        ("(Reef Almanac)", "Reef Almanac"),
        (" (Almanac (2nd ed.))", "Almanac (2nd ed.)"),
        (" ( )", None),
        ("", None),
    ],
)
def test_the_source_is_what_stands_in_parentheses(printed: str, source: str | None) -> None:
    feature = read_feature(f"Fact of the Day{printed}: Whales sing.")
    assert feature is not None
    assert feature.source == source


@pytest.mark.parametrize(
    "line", ["Fact of the Day:", "Fact of the Day (Almanac) :", "In a Sentence -"]
)
def test_a_label_may_have_nothing_behind_it(line: str) -> None:
    feature = read_feature(line)
    assert feature is not None
    assert feature.text == ""


def test_curly_quotes_and_dashes_arrive_as_printed() -> None:
    feature = read_feature("Fact of the Day (Reader’s Digest): “Tides” – twice a day: always.")
    assert feature is not None
    assert feature.text == "“Tides” – twice a day: always."


@pytest.mark.parametrize(
    "line",
    [
        "By the end of the day: nothing.",
        "For the rest of the week: rain.",
        "It was the low point of the day: nobody came.",
        "They made it the talk of the day: a new bridge.",
        "The fact of the matter: nobody came.",
        "A word about the day: it was long.",
    ],
)
def test_a_sentence_with_such_words_is_no_feature(line: str) -> None:
    assert read_feature(line) is None


@pytest.mark.parametrize(
    "line", ["Fact of the Day", "WORD OF THE WEEK", "Quote of the Day (Sayings)", "In a Sentence"]
)
def test_a_label_without_its_colon_is_bare(line: str) -> None:
    assert is_bare_label(line)
    assert read_feature(line) is None


@pytest.mark.parametrize("line", ["Fact of the Day:", "By the end of the day", "Ferry Returns"])
def test_other_lines_are_not_bare_labels(line: str) -> None:
    assert not is_bare_label(line)


@given(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1))
def test_the_text_behind_a_label_is_never_changed(text: str) -> None:
    feature = read_feature(f"Fact of the Day (Almanac): x{text}")
    assert feature is not None
    assert (feature.source, feature.text) == ("Almanac", f"x{text}")
