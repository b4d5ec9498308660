"""The pasted page of a date as a source of all four parts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsletter.content.pasted import Meaning
from newsletter.content.source import Home, SourceOptions
from newsletter.content.sources.page import make
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Credit, Fact, OtherFeature, Part, Quote, Supply, Word

DAY = date(2027, 3, 9)
PAGE = """\
top of page

The Swing Bridge Turns Again

The old bridge at the mouth of the harbour turned this morning.

Follow us on the harbour wall

Crews replaced forty steel pins, and the hum is gone.

Fact of the Day (Almanac): A snail can sleep for months.

Quote of the Day: A letter that is never posted is shy. (Orla Finch)

Word of the Day (Us): Lull (n, luhl) - A short time of quiet.

In a Sentence: In the lull one could hear the gulls.

Number of the Day: Forty steel pins.

Image credit to Harbour Archive

bottom of page
"""


def fetch(root: Path, part: Part, text: str | bytes | None = PAGE, **options: Any) -> Supply:
    path = root / "content" / "pages" / "2027-03-09.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    made = make(SourceOptions(options=options, root=root, part=part))
    return made.fetch(part, DAY)


def test_the_story_brings_credit_and_other_features_along(tmp_path: Path) -> None:
    supply = fetch(tmp_path, Part.STORY, furniture=["Follow us on the harbour wall"])
    (story,) = supply.stories
    assert story.headline == "The Swing Bridge Turns Again"
    assert story.paragraphs == (
        "The old bridge at the mouth of the harbour turned this morning.",
        "Crews replaced forty steel pins, and the hum is gone.",
    )
    assert story.image_credit == "Harbour Archive"
    assert supply.others == (OtherFeature(label="Number of the Day", text="Forty steel pins."),)
    assert supply.origin == "content/pages/2027-03-09.txt"


def test_each_feature_comes_from_the_same_page(tmp_path: Path) -> None:
    assert fetch(tmp_path, Part.FACT).feature == Fact(
        text="A snail can sleep for months.", source=Credit("Almanac")
    )
    assert fetch(tmp_path, Part.QUOTE).feature == Quote(
        text="A letter that is never posted is shy.", author="Orla Finch"
    )
    word = fetch(tmp_path, Part.WORD).feature
    assert isinstance(word, Word)
    assert (word.word, word.pos, word.sentences) == (
        "Lull",
        "noun",
        ("In the lull one could hear the gulls.",),
    )


def test_further_stories_and_the_introduction_come_along(tmp_path: Path) -> None:
    text = (
        "Tuesday, March 9\n\nWelcome back.\n\nNow, let's dive into today's news.\n\n"
        "The Bridge Turns\n\nIt turned this morning, after two years.\n\n"
        "Seeds on the Shelf\n\nThe library lends them out from today.\n"
    )
    supply = fetch(tmp_path, Part.STORY, text)
    assert [story.headline for story in supply.stories] == [
        "The Bridge Turns",
        "Seeds on the Shelf",
    ]
    assert supply.intro == ("Welcome back.",)


@pytest.mark.parametrize(
    ("text", "part", "sentence"),
    [
        (None, Part.STORY, "There is no content/pages/2027-03-09.txt."),
        ("Fact of the Day: A snail can sleep.\n", Part.STORY, "has no headline."),
        ("The Bridge Turns\n\nIt turned.\n", Part.FACT, "has no fact."),
        ("The Bridge Turns\n\nIt turned.\n", Part.WORD, "has no word."),
        ("\n\n", Part.STORY, "The page text is empty."),
        (bytes(range(32)) * 40, Part.STORY, "This is not text"),
    ],
)
def test_a_page_without_the_part_says_so(
    tmp_path: Path, text: str | bytes | None, part: Part, sentence: str
) -> None:
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path, part, text)
    assert sentence in caught.value.what
    assert "content/pages/2027-03-09.txt" in caught.value.what


def test_a_headline_alone_is_no_story(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no headline|no paragraph"):
        fetch(tmp_path, Part.STORY, "The Bridge Turns\n")


def test_a_page_that_is_far_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="larger than 5 MB"):
        fetch(tmp_path, Part.STORY, "The Bridge\n\n" + "It turned. " * 500_000)


def test_the_file_is_found_by_its_date(tmp_path: Path) -> None:
    (tmp_path / "2027-03-09-page.txt").write_text(PAGE, encoding="utf-8")
    supply = fetch(tmp_path, Part.FACT, None, file="{date}-page.txt")
    assert supply.origin == "2027-03-09-page.txt"


def test_furniture_must_be_a_list_of_texts(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`furniture` must be a list of texts"):
        fetch(tmp_path, Part.STORY, furniture="Follow us")


def test_what_the_edition_does_not_get_is_handed_on_with_its_reason(tmp_path: Path) -> None:
    supply = fetch(tmp_path, Part.STORY, "Weather\n" + PAGE)
    assert [(one.text, one.reason) for one in supply.left_out] == [
        ("Weather", "a short line before the text, as navigation is"),
        ("top of page", "the site's navigation"),
        ("bottom of page", "the site's navigation"),
    ]


def test_what_was_learned_of_the_site_counts(tmp_path: Path) -> None:
    pages = make(SourceOptions(options={}, root=tmp_path, part=Part.STORY))
    pages.learn("Follow us on the harbour wall", Meaning.NAVIGATION)
    pages.learn("Follow us on the harbour wall", Meaning.NAVIGATION)
    assert (tmp_path / "content" / "site.toml").read_text().count("[[lines]]") == 1
    assert len(fetch(tmp_path, Part.STORY).stories[0].paragraphs) == 2


def test_the_file_of_what_was_learned_can_be_another(tmp_path: Path) -> None:
    options = {"learned": "harbour.toml"}
    pages = make(SourceOptions(options=options, root=tmp_path, part=Part.STORY))
    pages.learn("Follow us on the harbour wall", Meaning.FURNITURE)
    assert len(fetch(tmp_path, Part.STORY, learned="harbour.toml").stories[0].paragraphs) == 2
    assert len(fetch(tmp_path, Part.STORY).stories) == 2


@pytest.mark.parametrize("content", [b"[[lines]]\ntext = 5\n", b"\xff\xfe\x00"])
def test_a_fault_in_it_is_told_with_its_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "site.toml").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path, Part.FACT)
    assert "content/site.toml" in caught.value.what
    assert caught.value.where.file == "content/site.toml"


def test_the_publications_name_is_no_headline(tmp_path: Path) -> None:
    made = SourceOptions(options={}, root=tmp_path, part=Part.STORY, home=Home(name="The Tide"))
    path = tmp_path / "content" / "pages" / "2027-03-09.txt"
    path.parent.mkdir(parents=True)
    path.write_text("The Tide\n\n" + "The bridge turned this morning. " * 3)
    with pytest.raises(SourceError, match="no headline"):
        make(made).fetch(Part.STORY, DAY)
