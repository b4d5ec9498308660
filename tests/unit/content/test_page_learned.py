"""What an editor says of a line counts from the next page on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.pasted import Meaning, parse_page
from newsletter.content.pasted.learned import LearnedLine, correction, general, learn, read_site
from newsletter.core.errors import UsageError
from tests.support.page import FACT, PARAGRAPHS

HEADLINE = "Ferry Returns to the Quay"
NAME = "content/site.toml"


def taught(*said: tuple[str, Meaning]) -> str:
    """Return the file after somebody said all of this."""
    text = ""
    for line, meaning in said:
        text = learn(text, correction(line, meaning), name=NAME)
    return text


@pytest.mark.parametrize(
    ("today", "tomorrow"),
    [
        ("Tide at 07:14 am", "TIDE at 16:02 am"),
        ("Tuesday, March 3 in Harbour Town", "Wednesday, April 14 in Harbour Town"),
        ("No. 1,204 of our paper", "No. 1,205 of our paper."),
    ],
)
def test_a_line_of_today_is_known_tomorrow(today: str, tomorrow: str) -> None:
    site = read_site(taught((today, Meaning.NAVIGATION)), name=NAME)
    page = parse_page("\n".join((HEADLINE, *PARAGRAPHS, tomorrow)), site=site)
    assert page.stories[0].paragraphs == PARAGRAPHS
    assert page.left_out[0].reason == "the site's navigation, as you said"


def test_words_that_differ_are_other_lines() -> None:
    assert general("May the ferry come") != general("March the ferry come")
    assert general("Tide 3") == general("tide 14.")


def test_a_byline_is_learned_by_its_label() -> None:
    text = taught(("Mit Worten von: Ada Marsh", Meaning.BYLINE))
    assert 'starts = "Mit Worten von:"' in text
    site = read_site(text, name=NAME)
    page = parse_page("\n".join((HEADLINE, "Mit Worten von: Ben Reed", *PARAGRAPHS)), site=site)
    assert (page.headline, page.stories[0].byline) == (HEADLINE, "Ben Reed")


def test_each_meaning_is_obeyed() -> None:
    site = read_site(
        taught(
            ("Weather", Meaning.HEADLINE),
            ("Share", Meaning.KEEP),
            ("Harbour desk", Meaning.BYLINE),
            ("Tide table", Meaning.FURNITURE),
            ("First Sunday of spring", Meaning.DATE),
        ),
        name=NAME,
    )
    lines = ("Weather", "Harbour desk", "Tide table", "First Sunday of spring", "Share")
    page = parse_page("\n".join((*lines, *PARAGRAPHS)), site=site)
    assert (page.headline, page.stories[0].byline) == ("Weather", "Harbour desk")
    assert page.stories[0].paragraphs == ("Share", *PARAGRAPHS)
    assert [one.text for one in page.left_out] == ["Tide table", "First Sunday of spring"]


def test_a_feature_can_be_called_part_of_the_text() -> None:
    site = read_site(taught((FACT, Meaning.KEEP)), name=NAME)
    page = parse_page("\n".join((HEADLINE, *PARAGRAPHS, FACT)), site=site)
    assert page.features.fact is None
    assert page.stories[0].paragraphs == (*PARAGRAPHS, FACT)


def test_the_later_word_wins_and_is_written_once() -> None:
    text = taught(("Weather", Meaning.NAVIGATION), ("Weather", Meaning.NAVIGATION))
    assert text.count("[[lines]]") == 1
    text = learn(text, correction("Weather", Meaning.KEEP), name=NAME)
    assert read_site(text, name=NAME).meaning("weather") is Meaning.KEEP


def test_what_an_editor_wrote_in_the_file_stays() -> None:
    before = '# ours\n[[lines]]\ntext = "Weather" # the box\nis = "navigation"\n'
    after = learn(before, correction("Tide", Meaning.KEEP), name=NAME)
    assert after.startswith(before.rstrip())
    assert len(read_site(after, name=NAME).lines) == 2


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ('[[lines]]\ntext = "a', 2, "not TOML"),
        ('# one\n[[line]]\ntext = "a"\n', 2, "`line` is not understood"),
        ('[[lines]]\ntext = "a"\nis = "date"\n\n[[lines]]\nis = "date"\n', 5, "needs either"),
        ('[[lines]]\ntext = "a"\nis = "menu"\n', 1, "cannot be “menu”"),
        ('[[lines]]\ntext = "a"\nis = "date"\nfrom = "b"\n', 1, "`from` is not understood"),
        ("[[lines]]\ntext = 5\nis = 'date'\n", 1, "needs texts"),
        ("lines = 5\n", 1, "`lines` is not understood"),
        ("[[lines]]\ntext = '...'\nis = 'date'\n", 1, "with words in it"),
    ],
)
def test_a_fault_of_the_file_is_told_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        read_site(text, name=NAME)
    assert (caught.value.where.file, caught.value.where.line) == (NAME, line)


@given(st.text(min_size=1), st.sampled_from(list(Meaning)))
def test_any_line_can_be_learned(words: str, meaning: Meaning) -> None:
    line = correction(" ".join(words.split()) + " and a word", meaning)
    text = learn("", line, name=NAME)
    assert read_site(text, name=NAME).lines == (
        LearnedLine(text=line.text, starts=line.starts.strip(), meaning=meaning),
    )
