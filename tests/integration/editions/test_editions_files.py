"""The files of `editions/DATE/`: written, kept, refreshed, and read as an editor left them."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content import blocks
from newsletter.core.errors import UsageError
from newsletter.core.model import (
    Acceptance,
    Attempted,
    Background,
    CorrectionNote,
    Credit,
    Edition,
    Fact,
    OtherFeature,
    Part,
    Provenance,
    Quote,
    Story,
    Word,
)
from newsletter.editions import EditionFiles
from newsletter.editions.reader import from_toml
from newsletter.editions.writer import as_toml
from tests.support.edition import make_edition, make_full_edition, make_story

DAY = date(2027, 3, 9)
NOW = datetime(2027, 3, 9, 5, 30, tzinfo=UTC)
PROVENANCE = (
    Provenance(
        part=Part.STORY,
        source="markdown",
        origin="content/stories/bridge.md",
        at=NOW,
        tried=(Attempted("page", "There is no page"),),
    ),
    Provenance(part=Part.FACT, source=None, origin="", at=NOW),
)


@pytest.fixture
def editions(tmp_path: Path) -> EditionFiles:
    return EditionFiles(tmp_path / "editions")


def in_blocks(edition: Edition) -> Edition:
    """Cut the paragraphs as every source does: one block each."""
    cut = (
        replace(story, paragraphs=blocks.split(blocks.join(story.paragraphs), story.markup))
        for story in edition.stories
    )
    return replace(edition, stories=tuple(cut))


def edit(editions: EditionFiles, old: str, new: str) -> None:
    path = editions.path(DAY)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- both directions of edition.toml -------------------------------------------------------------

LINE = st.text(
    alphabet=st.one_of(
        st.sampled_from("\"\\#[]='“é😀"),
        st.characters(
            exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\ufeff\ufffe\uffff"
        ),
    ),
    min_size=1,
    max_size=12,
)
MAYBE = st.none() | LINE
CREDIT = st.none() | st.builds(Credit, LINE, st.none() | st.just("https://brief.example.org/a"))
STORY = st.builds(
    Story,
    headline=LINE,
    kicker=MAYBE,
    paragraphs=st.lists(LINE, min_size=1, max_size=3).map(tuple),
    byline=MAYBE,
    image_credit=MAYBE,
    image=st.none() | st.just(make_story().image),
    link=st.none() | st.just("https://brief.example.org/s"),
)
WORD = st.builds(
    Word,
    word=LINE,
    definition=LINE,
    pronunciation=MAYBE,
    extra_sense=MAYBE,
    sentences=st.lists(LINE, max_size=2).map(tuple),
    source=CREDIT,
)
EDITION = st.builds(
    Edition,
    date=st.just(DAY),
    stories=st.lists(STORY, max_size=3).map(tuple),
    fact=st.none()
    | st.builds(Fact, text=LINE, figure=st.none() | LINE.map(lambda t: t[:9]), source=CREDIT),
    quote=st.none() | st.builds(Quote, text=LINE, author=MAYBE, source=CREDIT),
    word=st.none() | WORD,
    others=st.lists(st.builds(OtherFeature, label=LINE, text=LINE, source=CREDIT), max_size=2).map(
        tuple
    ),
    intro=st.lists(LINE, max_size=2).map(tuple),
    subject=MAYBE,
    preheader=MAYBE,
    background=st.builds(
        Background,
        accepted=st.lists(st.builds(Acceptance, st.just("subject"), LINE), max_size=1).map(tuple),
    ),
    corrections=st.lists(st.builds(CorrectionNote, date=st.dates(), text=LINE), max_size=2).map(
        tuple
    ),
)


@settings(deadline=None)
@given(EDITION)
def test_what_is_written_is_read_back_whatever_the_texts_are(edition: Edition) -> None:
    assert from_toml(as_toml(edition), day=DAY, name="edition.toml") == edition


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1))
def test_every_character_is_written_so_that_toml_gives_it_back(text: str) -> None:
    edition = Edition(
        date=DAY,
        stories=(Story(headline="Bridge", paragraphs=(text,)),),
        fact=Fact(text=text),
        word=Word(word="lull", definition="quiet", sentences=(text,)),
    )
    read = tomllib.loads(as_toml(edition))
    assert read["fact"]["text"] == text
    assert read["word"]["sentences"] == [text]
    assert read["stories"][0]["text"] == f"{text}\n"


def test_a_full_edition_with_markdown_and_pictures_is_read_back() -> None:
    edition = in_blocks(make_full_edition(subject="Mine", preheader="My own"))
    assert from_toml(as_toml(edition), day=DAY, name="edition.toml") == edition


@pytest.mark.parametrize(
    ("printed", "pos"), [("adj", "adjective"), ("plural noun", "plural noun"), ("oddity", None)]
)
def test_the_part_of_speech_is_kept_as_printed_and_named_again(printed: str, pos: str) -> None:
    word = Word(word="lull", definition="quiet", pos=pos, pos_raw=printed)
    edition = make_edition(word=word)
    assert from_toml(as_toml(edition), day=DAY, name="edition.toml").word == word


def test_a_missing_part_is_offered_as_lines_to_take_the_signs_away(tmp_path: Path) -> None:
    text = as_toml(Edition(date=DAY, stories=()))
    offered = "\n".join(
        line.removeprefix("# ").removeprefix("#")
        for line in text.splitlines()
        if not line.startswith("#") or not line.rstrip().endswith((".", ":", "--fresh"))
    )
    offered = offered.replace("First paragraph.", "").replace(
        'text = """\n', 'text = """\nThe bridge turned.\n'
    )
    edition = from_toml(offered, day=DAY, name="edition.toml")
    assert edition.missing == ()


# --- saving and keeping --------------------------------------------------------------------------


def test_there_is_no_edition_before_one_was_saved(editions: EditionFiles) -> None:
    assert editions.load(DAY) is None


def test_saving_writes_the_edition_and_where_its_parts_came_from(editions: EditionFiles) -> None:
    edition = in_blocks(make_full_edition(provenance=PROVENANCE))
    saved = editions.save(edition)
    assert saved.path == editions.folder / "2027-03-09" / "edition.toml"
    assert (saved.edition, saved.kept, saved.backup) == (edition, None, None)
    assert saved.status == "complete"
    assert editions.load(DAY) == edition
    record = json.loads((saved.path.parent / "assembled.json").read_text(encoding="utf-8"))
    assert record["provenance"][0]["tried"] == [{"source": "page", "reason": "There is no page"}]


def test_an_untouched_file_is_refreshed(editions: EditionFiles) -> None:
    editions.save(make_edition())
    saved = editions.save(make_edition(fact=None))
    assert saved.kept is None
    assert saved.edition.fact is None


def test_an_edited_file_is_kept_to_the_byte(editions: EditionFiles) -> None:
    editions.save(make_edition(provenance=PROVENANCE))
    edit(editions, 'subject = ""', 'subject = "My own words"')
    before = editions.path(DAY).read_bytes()
    saved = editions.save(make_edition(fact=None))
    assert saved.kept == "edited"
    assert saved.edition.subject == "My own words"
    assert saved.edition.background.provenance == PROVENANCE
    assert editions.path(DAY).read_bytes() == before


def test_a_file_that_was_written_by_hand_is_kept(editions: EditionFiles) -> None:
    path = editions.path(DAY)
    path.parent.mkdir(parents=True)
    path.write_text('[[stories]]\nheadline = "Mine"\ntext = "All mine."\n', encoding="utf-8")
    saved = editions.save(make_edition())
    assert saved.kept == "edited"
    assert saved.edition.stories == (Story(headline="Mine", paragraphs=("All mine.",)),)
    assert saved.status == "incomplete"


def test_a_change_of_nothing_but_line_ends_counts_as_edited(editions: EditionFiles) -> None:
    editions.save(make_edition())
    path = editions.path(DAY)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    saved = editions.save(make_edition(fact=None))
    assert saved.kept == "edited"
    assert saved.edition == make_edition()


def test_fresh_puts_the_edited_file_aside_and_never_over_an_older_one(
    editions: EditionFiles,
) -> None:
    editions.save(make_edition())
    for number in (1, 2):
        edit(editions, 'subject = ""', f'subject = "Try {number}"')
        saved = editions.save(make_edition(), fresh=True)
        assert saved.kept is None
        assert saved.edition.subject is None
        assert saved.backup == editions.path(DAY).with_name(f"edition.backup-{number}.toml")
        assert f'subject = "Try {number}"' in saved.backup.read_text(encoding="utf-8")
    assert editions.save(make_edition(), fresh=True).backup is None


def test_the_same_edition_saved_later_leaves_both_files_alone(editions: EditionFiles) -> None:
    path = editions.save(make_edition(provenance=PROVENANCE)).path
    files = (path, path.with_name("assembled.json"))
    before = [file.stat().st_mtime_ns for file in files]
    later = tuple(replace(entry, at=NOW.replace(hour=6)) for entry in PROVENANCE)
    editions.save(make_edition(provenance=later))
    assert [file.stat().st_mtime_ns for file in files] == before


def test_another_reason_in_the_provenance_is_recorded(editions: EditionFiles) -> None:
    editions.save(make_edition(provenance=PROVENANCE))
    saved = editions.save(make_edition(provenance=PROVENANCE[:1]))
    assert saved.edition.background.provenance == PROVENANCE[:1]


def test_no_half_written_file_stays_behind(editions: EditionFiles) -> None:
    folder = editions.save(make_edition()).path.parent
    assert {path.name for path in folder.iterdir()} == {"edition.toml", "assembled.json"}


# --- what an editor can get wrong ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "sentence", "hint"),
    [
        ('subject = ""', "subject = Mine", "line 7: this is not TOML", "quotation marks"),
        ('subject = ""', 'sbject = ""', "line 7: `sbject` is not a key", "Did you mean `subject`?"),
        ('headline = "The', 'heading = "The', "`headline` is missing", "Allowed here: "),
        ('author = "Orla', 'auther = "Orla', "`auther` is not a key", "Did you mean `author`?"),
        (
            'alt = "A steel bridge, half turned, above calm water"',
            'alt = ""',
            "`alt` must not be",
            "",
        ),
        ('url = "https', 'url = "http', "`url` must be an address that begins with https://", ""),
        ('word = "Lull"', "word = 7", "`word` input should be a valid string", ""),
        ('source = "Letters to No One"', 'source_url = "https://x.org"', "without a `source`", ""),
        ('link = "https', 'link = "ftp', "`link` must be an address", ""),
        ('byline = "Ida', f'kicker = "{"x" * 41}" #', "`kicker` has 41 characters; 40 is", ""),
        ('byline = "Ida', 'kicker = "By\\nNight" #', "`kicker` must stand on one line", ""),
        ('byline = "Ida', 'kickr = "By', "`kickr` is not a key", "Did you mean `kicker`?"),
        ('text = "A snail', 'figure = "9999999999" #', "`figure` has 10 characters; 9 is", ""),
        ("[fact]", "[[corrections]]", "`date` is missing", "Allowed here: date, text."),
    ],
)
def test_a_slip_is_told_with_file_line_and_what_is_allowed(
    editions: EditionFiles, old: str, new: str, sentence: str, hint: str
) -> None:
    editions.save(make_edition())
    edit(editions, old, new)
    lines = editions.path(DAY).read_text(encoding="utf-8").splitlines()
    with pytest.raises(UsageError) as caught:
        editions.load(DAY)
    assert caught.value.what.startswith("editions/2027-03-09/edition.toml, line ")
    assert sentence in caught.value.what
    assert hint in caught.value.hint
    line = lines[int(caught.value.what.split("line ")[1].split(":")[0]) - 1]
    assert line.startswith((new[:4], "[[stories]]", "[quote]"))


def test_the_line_of_a_later_story_is_found_past_texts_that_look_like_keys(
    editions: EditionFiles,
) -> None:
    tricky = make_story(paragraphs=("headline = nothing", "[[stories]]"), image=None)
    editions.save(make_edition(stories=(tricky, make_story(headline="Second"))))
    edit(editions, 'credit = "Harbour Archive"', 'credit = ""')
    with pytest.raises(UsageError) as caught:
        editions.load(DAY)
    text = editions.path(DAY).read_text(encoding="utf-8").splitlines()
    line = text.index('credit = ""') + 1
    assert f"line {line}: `credit` must not be empty" in caught.value.what


def test_several_slips_are_counted(editions: EditionFiles) -> None:
    editions.save(make_edition())
    edit(editions, 'subject = ""', "subject = 1")
    edit(editions, 'preheader = ""', "preheader = 2")
    with pytest.raises(UsageError, match=r"\(1 more after this one\.\)"):
        editions.load(DAY)


def test_a_broken_file_is_never_replaced_by_assembling(editions: EditionFiles) -> None:
    editions.save(make_edition())
    edit(editions, 'subject = ""', "subject = Mine")
    before = editions.path(DAY).read_bytes()
    with pytest.raises(UsageError):
        editions.save(make_edition())
    assert editions.path(DAY).read_bytes() == before
    assert editions.save(make_edition(), fresh=True).edition == make_edition()


def test_a_file_in_another_encoding_is_told(editions: EditionFiles) -> None:
    path = editions.save(make_edition()).path
    path.write_bytes('subject = "Café"'.encode("cp1252"))
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        editions.load(DAY)


def test_a_damaged_record_is_told_and_can_be_deleted(editions: EditionFiles) -> None:
    record = editions.save(make_edition()).path.with_name("assembled.json")
    record.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"assembled\.json is damaged"):
        editions.load(DAY)
    record.unlink()
    assert editions.save(make_edition()).kept == "edited"
