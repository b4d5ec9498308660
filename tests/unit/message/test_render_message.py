"""From an edition to its sealed message: what is promised about the whole."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.content.edition import build
from newsletter.content.source import SourceOptions
from newsletter.content.sources.page import make
from newsletter.core.config.settings import Template
from newsletter.core.model import Edition, Fact, Message, Part, Provenance, Quote, Word
from newsletter.message import merge
from newsletter.message.html.document import parse
from newsletter.message.render.message import render
from newsletter.message.render.plain import clean
from newsletter.message.render.templates import available
from newsletter.message.render.variables import Fields, web_edition
from tests.support.checked import check_edition
from tests.support.edition import (
    ADDRESS,
    SITE,
    TEMPLATES,
    UNSUBSCRIBE,
    make_edition,
    make_full_edition,
    make_note,
    make_second_story,
    make_settings,
    make_story,
)
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, hostile_features, hostile_story

SAMPLE = Path(__file__).parents[4] / "shared" / "sample" / "page.txt"


def message(edition: Edition, **overrides: Any) -> Message:
    return render(edition, make_settings(Path(), **overrides), folders=[TEMPLATES]).message


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- subject and preheader -----------------------------------------------------------------------


def test_the_subject_is_the_lead_headline_unless_the_editor_gives_one() -> None:
    assert message(make_edition()).subject == make_story().headline
    assert message(make_edition(subject="A quiet\n morning")).subject == "A quiet morning"


def test_the_preheader_is_the_beginning_of_the_lead_unless_the_editor_gives_one() -> None:
    found = message(make_edition()).preheader
    assert 85 <= len(found) <= 140
    assert make_story().paragraphs[0].startswith(found.removesuffix("…"))
    assert message(make_edition(preheader="By hand")).preheader == "By hand"


def test_a_short_lede_is_followed_by_the_next_paragraph_in_the_preheader() -> None:
    story = make_story(paragraphs=("Short.", *make_story().paragraphs[1:]))
    found = message(make_edition(stories=(story,))).preheader
    assert found.startswith("Short. Crews replaced")
    assert len(found) >= 85


def test_the_preheader_of_markdown_has_words_alone() -> None:
    story = make_second_story(paragraphs=("A *soft* and **loud** [link](https://x.example.org).",))
    assert message(make_edition(stories=(story,))).preheader == "A soft and loud link."


# --- the whole -----------------------------------------------------------------------------------


def test_the_same_edition_gives_the_same_bytes_whenever_it_was_assembled() -> None:
    seen = Provenance(part=Part.STORY, source="markdown", origin="a", at=datetime.now(UTC))
    assert message(make_edition()) == message(make_edition(provenance=(seen,)))


def test_a_changed_edition_changes_the_digest() -> None:
    other = make_edition(fact=Fact(text="A snail can sleep."))
    assert message(other).digest != message(make_edition()).digest


def test_a_normal_edition_stays_far_below_the_size_at_which_gmail_clips() -> None:
    assert message(make_edition()).html_bytes <= 45_000
    assert message(make_full_edition()).html_bytes <= 50_000


def test_the_sample_pages_edition_is_a_mail_of_at_most_45_000_bytes(tmp_path: Path) -> None:
    if not SAMPLE.is_file():
        pytest.skip("the sample page's edition is not rendered: the sample page is not here")
    (tmp_path / "page.txt").write_bytes(SAMPLE.read_bytes())
    day = make_edition().date
    supplies = {
        part: make(SourceOptions(options={"file": "page.txt"}, root=tmp_path, part=part)).fetch(
            part, day
        )
        for part in Part
    }
    for name in available([TEMPLATES]):
        rendered = message(build(day, supplies), template=Template(name=name))
        assert rendered.html_bytes <= 45_000
        assert all(label in rendered.html for label in ("Fact of", "Quote of", "Word of"))


def test_no_line_of_either_part_is_longer_than_mail_allows() -> None:
    long = make_story(paragraphs=("港" * 3000, "word " * 2000), markup="text")
    rendered = message(make_edition(stories=(long,)))
    for part in (rendered.html, rendered.text):
        assert max(len(line.encode()) for line in part.split("\n")) <= 998


def test_lines_of_the_text_part_stay_under_78_columns() -> None:
    text = message(make_full_edition()).text
    assert max(len(line) for line in text.split("\n")) <= 78


def test_an_edition_without_a_story_is_announced_by_its_features() -> None:
    rendered = message(make_edition(stories=()))
    assert rendered.subject == "A snail can sleep for months when the weather is too dry for it."
    assert rendered.preheader.startswith("Lull: A short time of quiet")
    assert rendered.html.count("<h1") == 1


def test_an_empty_edition_can_still_be_looked_at() -> None:
    rendered = message(make_edition(stories=(), fact=None, quote=None, word=None))
    assert rendered.subject == "The Harbour Brief"
    assert rendered.preheader == ""


def test_nothing_is_fetched_but_the_pictures() -> None:
    html = message(make_full_edition()).html
    assert not re.search(r"<link|@import|<script|url\(", html)


def test_both_parts_have_every_text_source_and_link_of_the_edition() -> None:
    edition = make_full_edition()
    checked = check_edition(edition)
    seen = squeezed(parse(checked.html).text), squeezed(checked.text)
    expected = [
        *(p for story in edition.stories if story.markup == "text" for p in story.paragraphs),
        *edition.intro,
        *(edition.word.sentences if edition.word else ()),
        *(other.text for other in edition.others),
        "A snail can sleep for months when the weather is too dry for it.",
        "“A letter that is never posted isn’t finished; it is only shy.”",
        "The Garden Almanac",
        "Letters to No One",
        "The Pocket Dictionary",
        "Orla Finch",
        "By Ida Marsh",
        "Image: Harbour Archive",
        "Lull",
        "luhl",
        ADDRESS,
        "4 Quay Street, Saltmouth",
        "new seeds",
        "marigolds",
    ]
    for text in expected:
        for part in seen:
            assert squeezed(text) in part, text
    page = parse(checked.html)
    for href in (link.get("href") for link in page.links):
        within, written = href in page.targets, href.removeprefix("mailto:").partition("?")[0]
        assert within or written in checked.text


def test_text_part_breaks_no_link() -> None:
    path = "/".join(["a-rather-long-part"] * 10)
    story = make_story(link=f"{SITE}/{path}")
    assert f"{SITE}/{path}" in message(make_edition(stories=(story,))).text.split("\n")


# --- states --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "label"),
    [("fact", "Fact of the day"), ("quote", "Quote of the day"), ("word", "Word of the day")],
)
def test_a_missing_card_leaves_nothing_behind(part: str, label: str) -> None:
    rendered = message(make_edition(**{part: None}))
    assert label not in rendered.html
    assert label.upper() not in rendered.text
    assert not re.search(r"<p[^>]*>\s*</p>", rendered.html)


def test_no_picture_means_no_credit_and_no_empty_block() -> None:
    story = make_story(image=None, image_credit="Agency")
    rendered = message(make_edition(stories=(story,)))
    assert "<img" not in rendered.html
    assert "Agency" not in rendered.html
    assert "Image:" not in rendered.text


def test_an_edition_keeps_its_salt_from_one_release_to_the_next() -> None:
    """Else every approval of a message would be lost with an update."""
    assert Fields(make_edition()).salt == "222edf3b"
    full = make_full_edition()
    lead, second, third = full.stories
    shorter = replace(second, paragraphs=second.paragraphs[:3])  # as it was then
    assert Fields(replace(full, stories=(lead, shorter, third))).salt == "a1337331"


def test_the_salt_is_taken_from_all_that_is_printed() -> None:
    full = make_full_edition(subject="Mine", preheader="Mine, too", corrections=(make_note(),))
    empty = Edition(date=date(2027, 3, 10), stories=())
    names = {one.name for one in fields(Edition)} - {"background"}
    changed = [replace(full, **{name: getattr(empty, name)}) for name in names]
    changed.append(replace(full, stories=(make_story(kicker="By the Water"), *full.stories[1:])))
    salts = {Fields(edition).salt for edition in (full, *changed)}
    assert len(salts) == len(names) + 2


def test_the_button_is_there_only_with_a_link() -> None:
    assert "Read the full story" in message(make_edition()).html
    without = message(make_edition(stories=(make_story(link=None),)))
    assert "Read the full story" not in without.html
    assert "Read the full story" not in without.text


def test_only_the_first_of_several_stories_is_the_lead() -> None:
    page = parse(message(make_full_edition()).html)
    assert [heading.text for heading in page.all("h1")] == [make_story().headline]
    others = [story.headline for story in make_full_edition().stories[1:]]
    assert [heading.text for heading in page.all("h2")].count("Also today") == 1
    assert [one.text for one in page.all("h3") if "further" in one.classes] == others


def test_a_bare_feature_needs_no_source_author_or_part_of_speech() -> None:
    rendered = message(
        make_edition(
            fact=Fact(text="Water is wet."),
            quote=Quote(text="So it is."),
            word=Word(word="Wet", definition="Covered with water."),
        )
    )
    assert "Source:" not in rendered.html
    assert " · via" not in rendered.html
    assert "Wet\n\nCovered with water." in rendered.text


def test_a_right_to_left_language_turns_the_page() -> None:
    html = message(make_edition(), language="he").html
    assert 'lang="he" dir="rtl"' in html
    assert "text-align:right" in html
    assert "direction:ltr" not in html


def test_date_and_reading_time_are_in_both_parts() -> None:
    rendered = message(make_edition(), language="de")
    for part in (rendered.html, rendered.text):
        assert "Dienstag, 9. März" in part
        assert "2 Min. Lesezeit" in part.replace("\u00a0", " ")
    assert "9. März 2027" not in rendered.html


def test_a_correction_stands_dated_above_the_stories_in_both_parts() -> None:
    rendered = message(make_edition(corrections=(make_note(),)), language="en-GB")
    for part in (parse(rendered.html).text, " ".join(rendered.text.split())):
        note = "Correction, 10 March 2027: The bridge has forty pins, not fourteen."
        assert note in part
        assert part.index(note) < part.index("Crews replaced")


def test_a_rating_leads_to_the_readers_own_address_with_edition_and_choice() -> None:
    checked = check_edition(make_edition(), template=Template(sections=("stories", "rating")))
    stars = {link.get("href"): link for link in parse(checked.html).links if link.text == "☆"}
    for number in (1, 2, 3, 4, 5):
        address = f"{UNSUBSCRIBE}/rating/2027-03-09/{number}"
        assert stars[address].get("aria-label") == f"Rate this brief {number} out of 5"
        assert address in checked.text.split()
    assert len(stars) == 5


def test_the_web_page_is_linked_where_the_publication_has_one() -> None:
    own = Template(web_edition=f"{SITE}/archive/{{date}}")
    rendered = message(make_edition(), template=own)
    assert f'href="{SITE}/archive/2027-03-09"' in rendered.html
    assert f"{SITE}/archive/2027-03-09" in rendered.text.split()
    assert "Read online" not in message(make_edition()).html


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ("Fakt des Tages", "„A letter that is never posted", "shy.“", "2 Min. Lesezeit")),
        ("fr", ("La citation du jour", "«\u00a0A letter that", "shy.\u00a0»", "2 min de lecture")),
        ("es", ("Leer la noticia completa", "«A letter that", "shy.»", "Darse de baja")),
        ("it", ("Fonte: The Garden Almanac", "Di Ida Marsh", "martedì 9 marzo")),
        ("pt", ("Imagem: Harbour Archive", "terça-feira, 9 de março")),
        ("nl", ("‘A letter that", "shy.’", "dinsdag 9 maart")),
        ("ar", ("كلمة اليوم", "«A letter that", "قراءة في دقيقتين", "إلغاء الاشتراك")),
        ("he", ("ציטוט היום", "”A letter that", "2 דקות קריאה", "הסרה מהרשימה")),
    ],
)
def test_a_mail_speaks_its_language_in_both_parts(language: str, words: tuple[str, ...]) -> None:
    rendered = message(make_edition(), language=language)
    for part in (parse(rendered.html).text, rendered.text):
        for word in words:
            assert squeezed(word).upper() in squeezed(part).upper()


# --- merge fields --------------------------------------------------------------------------------


def test_the_reader_gets_own_address_and_own_unsubscribe_link() -> None:
    checked = check_edition(make_edition())
    assert f'href="{UNSUBSCRIBE}"' in checked.html
    assert ADDRESS in parse(checked.html).text
    for way in ("/choose", "/choose?frequency=weekly"):
        assert f'href="{UNSUBSCRIBE}{way}"' in checked.html
        assert f"{UNSUBSCRIBE}{way}" in checked.text.split()
    own = {"unsubscribe_url", "preferences_url", "rating_url"}
    assert {field.name for field in checked.message.fields} == {"address", *own}


def test_a_source_cannot_forge_a_merge_field() -> None:
    forged = merge.placeholder("address", escaped=True), merge.placeholder("address", escaped=False)
    edition = make_edition(fact=Fact(text=" ".join(forged)))
    checked = check_edition(edition)
    assert squeezed("".join(forged)) in squeezed(parse(checked.html).text)
    assert forged[1] in checked.text


# --- hostile contents ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["story", "features"])
def test_hostile_text_arrives_equal_in_both_parts(text: str, place: str) -> None:
    rendered = message(hostile_story(text) if place == "story" else hostile_features(text))
    expected = squeezed(clean(text))
    page = parse(rendered.html)
    assert squeezed(page.text).count(expected) >= (6 if place == "story" else 9)
    assert squeezed(rendered.text).count(expected) >= (4 if place == "story" else 7)
    assert not any(page.all("script", "b", "mj-raw", "mj-text"))
    if "\\" not in text:
        assert "\\n" not in rendered.html
        assert "\\u{" not in rendered.html


def test_hostile_alternative_text_arrives_equal() -> None:
    for text in HOSTILE:
        image = next(parse(message(hostile_story(text)).html).all("img"))
        assert squeezed(image.get("alt")) == squeezed(clean(text))


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(min_size=1, max_size=60), st.sampled_from(["fact", "alt", "paragraph"]))
def test_any_text_arrives_equal(text: str, place: str) -> None:
    story = make_story()
    if place == "paragraph":
        story = replace(story, paragraphs=(text, *story.paragraphs))
    elif story.image:
        story = replace(story, image=replace(story.image, alt=text))
    rendered = message(make_edition(stories=(story,), fact=Fact(text=text), quote=None, word=None))
    assert squeezed(clean(text)) in squeezed(parse(rendered.html).text)
    assert squeezed(clean(text)) in squeezed(rendered.text)


def test_with_a_site_the_mail_links_to_its_page_of_the_edition(tmp_path: Path) -> None:
    site = make_settings(tmp_path, web={}, url=f"{SITE}/daily/")
    here = f"{SITE}/daily/editions/2027-03-09"
    assert web_edition(make_edition(), site) == here
    assert here in render(make_edition(), site, folders=(TEMPLATES,)).message.text
    own = make_settings(tmp_path, web={}, template=Template(web_edition=f"{SITE}/{{date}}"))
    assert web_edition(make_edition(), own) == f"{SITE}/2027-03-09"
    assert web_edition(make_edition(), make_settings(tmp_path)) is None
