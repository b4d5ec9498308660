"""What is written for machines: structured data, feeds and maps."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.archiving import entry_of
from newsletter.core.config.settings import Publication
from newsletter.core.model import Edition
from newsletter.core.model.archive import ArchivedEdition, SentEdition
from newsletter.core.model.content import FrozenEdition
from newsletter.core.model.records import Correction
from newsletter.editions.record import frozen
from newsletter.web.site.reading.feeds import Feed, Item, as_atom, as_json
from newsletter.web.site.reading.shown import Shown, authors, shown
from newsletter.web.site.reading.sitemaps import everything, news, news_language, robots
from newsletter.web.site.reading.structured import as_script, news_of
from tests.support.edition import make_edition, make_note, make_settings, make_story
from tests.support.structured import problems

SENT = datetime(2027, 3, 9, 7, 0, tzinfo=UTC)
HOME = "https://brief.example.org/"
_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)


def publication(tmp: str = ".", **overrides: object) -> Publication:
    from pathlib import Path

    return make_settings(Path(tmp), **overrides).publication


def sent(edition: Edition, *, changed_at: datetime = SENT, note: str = "") -> SentEdition:
    content = frozen(edition)
    listed = ArchivedEdition(
        edition=edition.date,
        entry=entry_of(content.content),
        sent_at=SENT,
        changed_at=changed_at,
    )
    corrections = (Correction(at=changed_at, before="a", digest="b", note=note),) if note else ()
    return SentEdition(listed=listed, frozen=content, corrections=corrections)


def page_of(edition: Edition, **more: object) -> Shown:
    return shown(sent(edition, **more), zone="Europe/London")  # type: ignore[arg-type]


def document(page: Shown, **overrides: object) -> dict[str, object]:
    return news_of(
        page,
        publication(**overrides),
        url=f"{HOME}editions/{page.edition.date}",
        home=HOME,
        picture=f"{HOME}card.png",
    )


def feed_of(*pages: Shown) -> Feed:
    items = (
        Item(
            page=page,
            url=f"{HOME}editions/{page.edition.date}",
            html="<p>Öl & <b>x</b></p>",
            picture=None,
        )
        for page in pages
    )
    return Feed(
        publication=publication(),
        home=HOME,
        atom=f"{HOME}feed.atom",
        json=f"{HOME}feed.json",
        icon=f"{HOME}icon.svg",
        items=tuple(items),
    )


def test_an_edition_is_a_news_article_as_it_is_documented() -> None:
    found = document(page_of(make_edition()))
    assert problems(found) == []
    assert found["dateModified"] == found["datePublished"] == "2027-03-09T07:00:00+00:00"
    assert found["author"] == [{"@type": "Person", "name": "Ida Marsh", "url": HOME}]


def test_a_correction_is_told_with_its_moment() -> None:
    note = make_note(date=date(2027, 3, 9))
    at = SENT + timedelta(minutes=24)
    page = page_of(make_edition(corrections=(note,)), changed_at=at, note=note.text)
    found = document(page)
    assert problems(found) == []
    assert found["dateModified"] == "2027-03-09T07:24:00+00:00"
    assert found["correction"] == [
        {
            "@type": "CorrectionComment",
            "text": note.text,
            "datePublished": "2027-03-09T07:24:00+00:00",
        }
    ]


def test_without_a_byline_the_publication_is_the_author() -> None:
    page = page_of(make_edition(stories=(make_story(byline=None),)))
    found = document(page)
    assert problems(found) == []
    assert found["author"] == [{"@type": "Organization", "name": "The Harbour Brief", "url": HOME}]


@pytest.mark.parametrize(
    ("byline", "language", "expected"),
    [
        ("Ida Marsh", "en", ("Ida Marsh",)),
        ("Ida Marsh and Ben Quay", "en", ("Ida Marsh", "Ben Quay")),
        ("Ida Marsh, Ben Quay and Cleo Dunn", "en", ("Ida Marsh", "Ben Quay", "Cleo Dunn")),
        ("Ida Marsh und Ben Quay", "de", ("Ida Marsh", "Ben Quay")),
        ("Ida Marsh, Harbour Office", "en", ("Ida Marsh, Harbour Office",)),
        ("Sandy Anders", "de", ("Sandy Anders",)),
    ],
)
def test_the_authors_of_a_byline_are_named_one_by_one(
    byline: str, language: str, expected: tuple[str, ...]
) -> None:
    assert authors(byline, language=language) == expected


@given(_TEXT)
def test_nothing_in_a_text_ends_the_script_it_stands_in(text: str) -> None:
    written = as_script({"headline": f"{text}</script><!--"})
    assert not set(written) & {"<", ">", "&"}
    assert json.loads(written)["headline"] == f"{text}</script><!--"


def test_an_edition_that_cannot_be_read_any_more_is_shown_with_its_words() -> None:
    whole = sent(make_edition())
    broken = replace(whole, frozen=FrozenEdition(content='unheard_of = "x"', record="{}"))
    page = shown(broken, zone="UTC")
    assert page.headline == make_edition().stories[0].headline
    assert page.edition.stories[0].paragraphs == (whole.listed.entry.text,)


def test_both_feeds_are_read_by_another_parser_and_keep_their_bytes() -> None:
    page = page_of(make_edition(), changed_at=SENT + timedelta(hours=1))
    feed = feed_of(page, page_of(make_edition(date=date(2027, 3, 8))))
    read = feedparser.parse(as_atom(feed), sanitize_html=False)
    assert not read.bozo
    assert read.feed.title == "The Harbour Brief"
    assert read.feed.updated == "2027-03-09T08:00:00+00:00"
    first, second = read.entries
    assert first.id == first.link == f"{HOME}editions/2027-03-09"
    assert first.content[0].value == "<p>Öl & <b>x</b></p>"
    assert (first.published, first.updated) == (
        "2027-03-09T07:00:00+00:00",
        "2027-03-09T08:00:00+00:00",
    )
    assert first.author == "Ida Marsh"
    assert second.id.endswith("2027-03-08")
    items = json.loads(as_json(feed))["items"]
    assert items[0]["content_html"] == "<p>Öl & <b>x</b></p>"
    assert items[0]["date_modified"] == "2027-03-09T08:00:00+00:00"
    assert as_atom(feed) == as_atom(feed_of(page, page_of(make_edition(date=date(2027, 3, 8)))))
    assert as_json(feed) == as_json(feed)


def test_a_feed_that_has_nothing_yet_is_one() -> None:
    read = feedparser.parse(as_atom(feed_of()))
    assert not read.bozo
    assert read.entries == []
    assert json.loads(as_json(feed_of()))["items"] == []


@given(_TEXT)
def test_a_feed_is_well_formed_whatever_a_headline_is(text: str) -> None:
    page = page_of(make_edition())
    entry = replace(page.listed.entry, headline=text, summary=text)
    odd = replace(page, listed=replace(page.listed, entry=entry))
    ET.fromstring(as_atom(feed_of(odd)))  # our own bytes
    json.loads(as_json(feed_of(odd)))


def test_the_map_has_every_page_with_its_last_change() -> None:
    listed = page_of(make_edition(), changed_at=SENT + timedelta(hours=1)).listed
    text = everything([(HOME, None)], [(f"{HOME}editions/2027-03-09", listed)]).decode()
    assert text.count("<url>") == 2
    assert "<lastmod>2027-03-09T08:00:00+00:00</lastmod>" in text


@pytest.mark.parametrize(("hours", "expected"), [(0, 1), (47, 1), (48, 0), (49, 0)])
def test_news_are_news_for_two_days(hours: int, expected: int) -> None:
    listed = page_of(make_edition()).listed
    now = SENT + timedelta(hours=hours)
    text = news([(f"{HOME}e", listed)], publication(), now=now).decode()
    assert text.count("<news:news>") == expected
    assert 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"' in text
    ET.fromstring(text)  # our own bytes


@pytest.mark.parametrize(
    ("tag", "expected"), [("en-GB", "en"), ("ar", "ar"), ("zh-Hant", "zh-tw"), ("pt-BR", "pt")]
)
def test_the_map_of_news_names_languages_as_it_is_documented(tag: str, expected: str) -> None:
    assert news_language(tag) == expected


def test_robots_are_told_of_the_maps_and_of_what_needs_no_visit() -> None:
    assert robots(f"{HOME}sitemap.xml", private=("/u/",)) == (
        f"User-agent: *\nDisallow: /u/\n\nSitemap: {HOME}sitemap.xml\n"
    )
