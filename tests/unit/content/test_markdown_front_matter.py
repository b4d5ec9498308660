"""Front matter of other programs: YAML, TOML and JSON of any shape, dates with zones, names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.markdown import dates
from newsletter.content.source import Home, SourceOptions
from newsletter.content.sources._front_matter import FrontMatter, read_front_matter
from newsletter.content.sources.markdown import make
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Story, Supply

DAY = date(2027, 3, 9)


def fetch(root: Path, text: str, *, name: str = "post.md", zone: str = "Europe/London") -> Supply:
    path = root / "content" / "stories" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    home = Home(url="https://brief.example.org/", zone=zone)
    return make(SourceOptions(options={}, root=root, part=Part.STORY, home=home)).fetch(
        Part.STORY, DAY
    )


def story(root: Path, *lines: str) -> Story:
    text = "\n".join(("---", "date: 2027-03-09", *lines, "---", "The quay is wet."))
    (found,) = fetch(root, text).stories
    return found


def front(text: str) -> FrontMatter:
    return read_front_matter(text, name="a.md")


# --- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "headline"),
    [
        ("title: 'The gull''s nest' # late", "The gull's nest"),
        ('title: "A \\"dry\\" dock"', 'A "dry" dock'),
        ("title: 1987", "1987"),
        ("title: No", "No"),
        ("title: 2027-03-09", "2027-03-09"),
        ("title: >-\n  Two\n  lines", "Two lines"),
        ("Title: With a Capital", "With a Capital"),
    ],
)
def test_a_scalar_of_yaml_is_its_text(tmp_path: Path, line: str, headline: str) -> None:
    assert story(tmp_path, line).headline == headline


def test_keys_of_other_programs_may_hold_anything(tmp_path: Path) -> None:
    found = story(
        tmp_path,
        "title: T",
        "dates: &a [{x: [1, 2]}, *b]".replace("*b", "3"),
        "images: {thumb: a.png}",
        "links:\n  - one",
        "update: yes\nborder: 1\ndeadline: never\nsubtitle: s\nlastmod: 2020-01-01",
        "tags: !!set {a, b}\nlayout: !custom {deep: {deeper: x}}",
        "1: a number for a key\n? [a, list]\n: too",
    )
    assert (found.headline, found.byline, found.image) == ("T", None, None)


def test_json_front_matter_ends_with_its_brace(tmp_path: Path) -> None:
    text = '{\n "title": "J",\n "date": "2027-03-09",\n "tags": {"a": [1]}\n}\n\nThe quay is wet.\n'
    (found,) = fetch(tmp_path, text).stories
    assert (found.headline, found.paragraphs) == ("J", ("The quay is wet.",))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("---\ntitle: T\nbyline: [a\n---\nx", "line 3: the front matter is not YAML"),
        ("---\ntitle: a: b\n---\nx", "line 2: the front matter is not YAML"),
        ("---\n- a\n---\nx", "line 2: the front matter has no `key: value` lines"),
        ("---\nTitle: T\ntitle: U\n---\nx", "line 3: `title` stands there twice"),
        ('{"title": "T",\n "title": "U"}\nx', "`title` stands there twice"),
        ('{"title": "T",\n oops}\nx', "line 2: the front matter is not JSON"),
        ("---\ntitel: T\n---\nx", "line 2: `titel` is not a key of a story"),
        ("---\nx: " + "[" * 2000 + "\n---\nx", "the front matter is nested too deeply"),
        ("---\nx: " + "a" * 70_000 + "\n---\nx", "has more than 64,000 characters"),
        ("---\ntitle: \x07\n---\nx", "a character that YAML does not allow"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(SourceError) as caught:
        front(text)
    assert sentence in caught.value.what


def test_aliases_are_not_multiplied() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    found = front("\n".join(("---", *lines, "authors: *a11", "---", "x")))
    assert len(str(found.values["authors"])) < 100_000


@given(st.text(max_size=120))
def test_any_front_matter_is_read_or_refused(head: str) -> None:
    for fences in ("---", "+++"):
        try:
            found = front(f"{fences}\n{head}\n{fences}\nx").body
        except SourceError as error:
            found = error.what
        assert found.endswith("x") or found.startswith("a.md, line ")


def test_a_post_that_is_not_published_is_held_back(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="line 3: the story is still marked as a draft"):
        story(tmp_path, "published: false", "title: T")
    assert story(tmp_path, "published: 2027-03-01", "title: T").headline == "T"


# --- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("2027-03-09", DAY),
        ("2027-3-9", DAY),
        ("2027/03/09", DAY),
        ("2027-03-09 21:00:00", DAY),
        ("2027-03-08 20:30:00 +0000", DAY),
        ("2027-03-08T20:30:00Z", DAY),
        ("2027-03-08T20:30:00.5+00:00", DAY),
        ("2027-03-08 15:30 EST", DAY),
        ("2027-03-08 15:30:00 2027 -0500", DAY),
        ("Mon, 08 Mar 2027 20:30:00 GMT", DAY),
        ("2027-13-09", None),
        ("2027-03-09 25:00", None),
        ("2027-03-09 07:00 HOME", None),
        ("9 March", None),
        (["2027-03-09"], None),
        (True, None),
    ],
)
def test_a_moment_has_the_date_of_the_publications_zone(written: object, there: date) -> None:
    assert dates.in_zone(written, "Asia/Tokyo") == there


@given(st.datetimes(), st.sampled_from(["Asia/Tokyo", "America/Lima", "UTC"]))
def test_a_time_without_a_zone_is_the_publications_own(moment: object, zone: str) -> None:
    assert str(dates.in_zone(str(moment), zone)) == str(moment)[:10]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_the_moment_of_a_post_decides_its_edition(tmp_path: Path, zone: str) -> None:
    text = "---\ntitle: T\ndate: 2027-03-08 20:30:00 +0000\n---\nx"
    if zone == "Asia/Tokyo":
        assert fetch(tmp_path, text, zone=zone).stories[0].headline == "T"
    else:
        with pytest.raises(SourceError, match="no story dated"):
            fetch(tmp_path, text, zone=zone)


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "byline"),
    [
        ("author: Una Reed", "Una Reed"),
        ("authors: [Una Reed, Tom Vale]", "Una Reed and Tom Vale"),
        ("author:\n  name: Una Reed\n  email: una@brief.example.org", "Una Reed"),
        ("authors:\n- name: Una Reed\n- {name: Tom Vale}", "Una Reed and Tom Vale"),
        ("author: Una Reed <una@brief.example.org>", "Una Reed"),
        ("author: una@brief.example.org", None),
        ("byline: Ida Marsh\nauthor: Una Reed", "Ida Marsh"),
        ("author: 7", None),
    ],
)
def test_an_author_is_the_byline_where_there_is_none(
    tmp_path: Path, lines: str, byline: str | None
) -> None:
    assert story(tmp_path, "title: T", lines).byline == byline


# --- pictures and links --------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["/assets/a.png", "{path: a.png}", "[a.png]"])
def test_the_picture_of_another_program_is_left_out_with_the_reason(
    tmp_path: Path, value: str
) -> None:
    text = f"---\ntitle: T\ndate: 2027-03-09\nimage: {value}\n---\nx"
    supply = fetch(tmp_path, text)
    assert supply.stories[0].image is None
    assert "image_alt" in supply.left_out[0].reason
    assert supply.no_image == supply.left_out[0].reason


def test_a_link_is_made_absolute_and_encoded(tmp_path: Path) -> None:
    assert (
        story(tmp_path, "title: T", "link: /crème").link == "https://brief.example.org/cr%C3%A8me"
    )
