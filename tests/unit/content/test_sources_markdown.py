"""Markdown stories: front matter, dates, turns, and what is refused with file and line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.content.source import SourceOptions
from newsletter.content.sources.markdown import make
from newsletter.core.errors import ConfigError, SourceError
from newsletter.core.model import Image, Part, Story, Supply

DAY = date(2027, 3, 9)
BODY = "The bridge turned.\n\n- a pin\n- a lamp\n"


def write(root: Path, name: str, text: str) -> None:
    path = root / "content" / "stories" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def toml(*lines: str, body: str = BODY) -> str:
    return "\n".join(("+++", *lines, "+++", "", body))


def simple(*lines: str, body: str = BODY) -> str:
    return "\n".join(("---", *lines, "---", "", body))


def fetch(root: Path, day: date = DAY, **options: Any) -> Supply:
    made = make(SourceOptions(options=options, root=root, part=Part.STORY))
    return made.fetch(Part.STORY, day)


def only_story(root: Path, text: str) -> Story:
    write(root, "2027-03-09.md", text)
    (story,) = fetch(root).stories
    return story


FULL = Story(
    headline="The Bridge: It Turns",
    paragraphs=("The bridge turned.", "- a pin\n- a lamp"),
    markup="markdown",
    kicker="By the Water",
    byline="Ida Marsh",
    link="https://brief.example.org/bridge",
    image=Image(url="https://brief.example.org/b.jpg", alt="A bridge", credit="Archive"),
    image_credit="Archive",
)


def test_toml_front_matter_gives_the_whole_story(tmp_path: Path) -> None:
    text = toml(
        'title = "The Bridge: It Turns"',
        'kicker = "By the  Water"',
        'byline = "Ida Marsh"',
        'link = "https://brief.example.org/bridge"',
        'image = "https://brief.example.org/b.jpg"',
        'image_alt = "A bridge"',
        'image_credit = "Archive"',
        "date = 2027-03-09",
        'tags = ["harbour"]',
    )
    assert only_story(tmp_path, text) == FULL


def test_simple_front_matter_gives_the_same_story(tmp_path: Path) -> None:
    text = simple(
        "# written in the evening",
        'headline: "The Bridge: It Turns"',
        "kicker: By the Water",
        "byline: Ida Marsh",
        "link: https://brief.example.org/bridge",
        "image: 'https://brief.example.org/b.jpg'",
        "image_alt: A bridge",
        "image_credit: Archive",
        "tags:",
        "  - harbour",
        "  - bridges",
        "categories: [news, local]",
        "",
        "date: 2027-03-09",
    )
    assert only_story(tmp_path, text) == FULL


def test_a_file_with_windows_line_ends_and_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "content" / "stories" / "2027-03-09.md"
    path.parent.mkdir(parents=True)
    path.write_bytes('\ufeff+++\r\ntitle = "Bridge"\r\n+++\r\nOne.\r\n\r\nTwo.\r\n'.encode())
    (story,) = fetch(tmp_path).stories
    assert (story.headline, story.paragraphs) == ("Bridge", ("One.", "Two."))


def test_stories_of_a_date_come_in_their_order_then_by_name(tmp_path: Path) -> None:
    write(tmp_path, "0.md", toml('title = "Third"', "date = 2027-03-09", "order = 2"))
    write(tmp_path, "2027-03-09-z.md", toml('title = "Second"', "order = 1"))
    write(tmp_path, "2027-03-09-b.md", simple("title: First", "order: 1"))
    write(tmp_path, "2027-03-10.md", toml('title = "Tomorrow"'))
    supply = fetch(tmp_path)
    assert [story.headline for story in supply.stories] == ["First", "Second", "Third"]
    assert supply.origin.startswith("content/stories/2027-03-09-b.md, content/stories/2027-03-09-z")


def test_the_date_of_the_front_matter_goes_before_the_one_of_the_name(tmp_path: Path) -> None:
    write(tmp_path, "2027-03-09.md", toml('title = "Moved"', "date = 2027-03-10"))
    assert fetch(tmp_path, date(2027, 3, 10)).stories[0].headline == "Moved"
    with pytest.raises(SourceError, match="no story dated 2027-03-09"):
        fetch(tmp_path)


def test_undated_stories_take_turns_and_none_comes_twice_before_all_had_one(
    tmp_path: Path,
) -> None:
    for number in range(5):
        write(tmp_path, f"story-{number}.md", toml(f'title = "Story {number}"'))
    days = [DAY + timedelta(days=n) for n in range(10)]
    shown = [fetch(tmp_path, day, rotate=True).stories[0].headline for day in days]
    assert sorted(shown[:5]) == [f"Story {number}" for number in range(5)]
    assert shown[5:] == shown[:5]


def test_a_dated_story_goes_before_the_turns_and_takes_none(tmp_path: Path) -> None:
    write(tmp_path, "evergreen.md", toml('title = "Evergreen"'))
    write(tmp_path, "2027-03-09.md", toml('title = "Today"'))
    assert fetch(tmp_path, rotate=True).stories[0].headline == "Today"
    for offset in (-1, 1, 2):
        supply = fetch(tmp_path, DAY + timedelta(days=offset), rotate=True)
        assert supply.stories[0].headline == "Evergreen"


def test_without_rotate_undated_stories_stay_at_home(tmp_path: Path) -> None:
    write(tmp_path, "evergreen.md", toml('title = "Evergreen"'))
    with pytest.raises(SourceError, match=r"no story dated 2027-03-09 \(1 without") as caught:
        fetch(tmp_path)
    assert "rotate = true" in caught.value.hint


def test_an_unusable_undated_story_costs_only_its_own_turns_and_is_named(tmp_path: Path) -> None:
    write(tmp_path, "good.md", toml('title = "Good"'))
    write(tmp_path, "hollow.md", toml('title = "Nothing below"', body=""))
    write(tmp_path, "torn.md", "+++\ntitle = \n+++\n\nText.\n")
    for offset in range(3):
        supply = fetch(tmp_path, DAY + timedelta(days=offset), rotate=True)
        assert supply.stories[0].headline == "Good"
        assert "hollow.md, line 1: there is no text below" in supply.origin
        assert "torn.md, line 2: the front matter is not TOML" in supply.origin


def test_an_unusable_story_of_the_date_is_not_replaced_by_an_evergreen_one(tmp_path: Path) -> None:
    write(tmp_path, "good.md", toml('title = "Good"'))
    write(tmp_path, "2027-03-09.md", "+++\ntitle = \n+++\n\nText.\n")
    with pytest.raises(SourceError, match=r"2027-03-09\.md, line 2: the front matter is not TOML"):
        fetch(tmp_path, rotate=True)


def test_an_unfinished_story_of_another_date_is_nobodys_business_today(tmp_path: Path) -> None:
    write(tmp_path, "good.md", toml('title = "Good"'))
    write(tmp_path, "2027-03-12.md", toml('title = ""'))
    assert fetch(tmp_path, rotate=True).origin == "content/stories/good.md"


def test_a_draft_is_held_back_from_its_date_and_from_the_turns(tmp_path: Path) -> None:
    write(tmp_path, "good.md", toml('title = "Good"'))
    write(tmp_path, "later.md", toml('title = "Later"', "draft = true"))
    write(tmp_path, "2027-03-10-a.md", toml('title = "Lead"'))
    write(tmp_path, "2027-03-10-b.md", simple("title: Second", "draft: True"))
    for offset in (-1, 0):
        supply = fetch(tmp_path, DAY + timedelta(days=offset), rotate=True)
        assert supply.origin == "content/stories/good.md"
    assert [s.headline for s in fetch(tmp_path, date(2027, 3, 10)).stories] == ["Lead"]


IMAGE = ('image = "https://x.example.org/a.jpg"',)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Just text.\n", "line 1: the front matter is missing"),
        ("+++\ntitle = 'x'\n", "line 1: the front matter has no end"),
        (toml('byline = "Ida"'), "line 1: the story has no headline"),
        (toml('byline = "Ida"', 'title = " "'), "line 3: the story has no headline"),
        (toml('title = "T"', body=" \n"), "there is no text below"),
        (toml('title = "T"', "title = 2"), "line 3: the front matter is not TOML"),
        (toml('title = "T'), "line 2: the front matter is not TOML"),
        (toml('title = ["T"]'), "line 2: `title` must be a text"),
        (toml('title = "T"', 'image_atl = "x"'), "line 3: `image_atl` is not a key of a story"),
        (toml('title = "T"', *IMAGE), "line 3: the image has no `image_alt`"),
        (toml('title = "T"', *IMAGE, 'image_alt = "A"'), "line 3: the image has no `image_credit`"),
        (
            toml('title = "T"', 'image = "a.jpg"', 'image_alt = "A"', 'image_credit = "B"'),
            "line 3: the image address must begin with https://",
        ),
        (toml('title = "T"', 'date = "9 March"'), "line 3: “9 March” is not a date"),
        (toml('title = "T"', 'order = "first"'), "line 3: `order` must be a whole number"),
        (simple("title: T", "title: U"), "line 3: `title` stands there twice"),
        (simple("title: T", "  nested: no"), "line 3: the front matter is not YAML: mapping"),
        (simple("title: T", "- item"), "line 3: the front matter is not YAML: expected"),
        (simple("title: T", "draft: true"), "line 3: the story is still marked as a draft"),
    ],
)
def test_a_slip_is_told_with_file_and_line(tmp_path: Path, text: str, sentence: str) -> None:
    write(tmp_path, "2027-03-09.md", text)
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path)
    assert caught.value.what.startswith("content/stories/2027-03-09.md, ")
    assert sentence in caught.value.what


def test_a_credit_without_an_image_is_kept_as_such(tmp_path: Path) -> None:
    story = only_story(tmp_path, toml('title = "T"', 'image_credit = "Archive"'))
    assert (story.image, story.image_credit) == (None, "Archive")


def test_options_of_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`rotate` must be true or false"):
        fetch(tmp_path, rotate="yes")


@pytest.mark.parametrize(
    "text",
    [
        "# The *Tide* Tables\n\nText.\n",
        "---\nauthor: Ida\n---\n\n# The `Tide` Tables #\n\nText.\n",
        '+++\nbyline = "Ida"\n+++\nThe [Tide](https://a.example/) Tables\n=====\n\nText.\n',
        "---\ntags: [sea]\n---\n\nimport Note from './note'\n\n# The Tide Tables\n\nText.\n",
    ],
)
def test_a_heading_above_the_text_is_the_headline_where_no_key_has_it(
    tmp_path: Path, text: str
) -> None:
    write(tmp_path, "2027-03-09.mdx", text)
    (story,) = fetch(tmp_path).stories
    assert (story.headline, story.paragraphs) == ("The Tide Tables", ("Text.",))


def test_a_note_about_the_folder_takes_no_turn(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "# Stories\n\nPut them here.\n")
    write(tmp_path, "good.md", toml('title = "Good"'))
    supply = fetch(tmp_path, rotate=True)
    assert supply.stories[0].headline == "Good"
    assert "README.md, line 1: the front matter is missing" in supply.origin
