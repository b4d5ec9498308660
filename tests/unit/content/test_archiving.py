"""The archive lists an edition by its lead story, and reads whatever a row holds."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.archiving import entry_of, plain, shortened
from newsletter.core.model import Story
from newsletter.core.model.archive import ArchivedPicture
from newsletter.editions.writer import as_toml
from tests.support.edition import make_edition, make_full_edition, make_note, make_story


def test_an_edition_is_listed_by_its_lead_story_and_found_by_all_its_words() -> None:
    edition = make_full_edition(corrections=(make_note(),))
    entry = entry_of(as_toml(edition))
    assert entry.headline == edition.stories[0].headline
    assert entry.summary.startswith("The old swing bridge")
    assert entry.picture == ArchivedPicture(
        url="https://brief.example.org/pictures/swing-bridge.jpg",
        alt="A steel bridge, half turned, above calm water",
        width=1280,
        height=720,
    )
    for words in ("runner beans", "Orla Finch", "Lull", "fourteen", "snail", "steel pins", "gulls"):
        assert words in entry.text


def test_the_editors_preview_line_is_the_summary() -> None:
    entry = entry_of(as_toml(make_edition(preheader="The quiet after the hum.")))
    assert entry.summary == "The quiet after the hum."


def test_a_summary_is_prose_without_marks_of_markdown() -> None:
    text = ("## The shelf", "Borrowers bring *new* [seeds](https://example.org/seeds) back.")
    story = Story(headline="Seeds", paragraphs=text, markup="markdown")
    assert entry_of(as_toml(make_edition(stories=(story,)))).summary == (
        "Borrowers bring new seeds back."
    )


def test_an_edition_without_a_story_is_listed_by_what_it_has() -> None:
    edition = replace(make_edition(), stories=())
    entry = entry_of(as_toml(edition))
    assert entry.headline.startswith("A snail can sleep")
    assert entry.picture is None


def test_a_long_paragraph_is_cut_after_a_sentence_else_after_a_word() -> None:
    sentences = "The ferry left at six, with nobody but the postman on it that morning. " * 4
    assert shortened(sentences).endswith("that morning.")
    words = "harbour " * 60
    assert shortened(words).endswith("harbour …")
    assert len(shortened("x" * 900)) <= 182


@given(st.text(max_size=300))
def test_any_row_is_read(content: str) -> None:
    entry_of(content)
    plain(content, "markdown")


def test_a_file_of_another_shape_is_read() -> None:
    for content in ("stories = 3", "[[stories]]\nheadline = 3\nimage = 'x'", "stories = [1, 2]"):
        assert entry_of(content).headline == ""


def test_a_story_picture_with_nonsense_for_its_size_keeps_its_address() -> None:
    content = as_toml(make_edition(stories=(make_story(),))).replace("1280", "0")
    picture = entry_of(content).picture
    assert picture is not None
    assert (picture.width, picture.height) == (None, 720)


def test_no_control_character_reaches_a_database() -> None:
    entry = entry_of('[[stories]]\nheadline = "a\\u0000b"\ntext = "c\\u0000d\\u0007e"')
    assert (entry.headline, entry.text) == ("ab", "cde")
