"""A quote is “from” a work, whose title is set in italics, and comes “via” a service."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.library.collection import entries
from newsletter.core.model import Credit, Part, Quote
from newsletter.message.render.citation import cite
from newsletter.message.render.message import render
from newsletter.message.render.web import render_web
from tests.support.edition import TEMPLATES, make_edition, make_settings

EYRE = "Jane Eyre, Chapter 12"


@pytest.mark.parametrize(
    ("name", "title", "place"),
    [
        ("Jane Eyre", "Jane Eyre", ""),
        (EYRE, "Jane Eyre", ", Chapter 12"),
        ("Emma, chapter 9", "Emma", ", chapter 9"),
        ("The Lion, the Witch and the Wardrobe", "The Lion, the Witch and the Wardrobe", ""),
        ("Essays, “Self-Reliance”", "Essays", ", “Self-Reliance”"),
        ("Meditations, Book 7, translated by Long", "Meditations", ", Book 7, translated by Long"),
        ("Walden (1854)", "Walden", " (1854)"),
        ("1984", "1984", ""),
        ("Letters, 12 March 1818", "Letters", ", 12 March 1818"),
        ("from Jane Eyre", "Jane Eyre", ""),
        ("From: The Internet, a History", "The Internet, a History", ""),
    ],
)  # fmt: skip
def test_a_work_is_cited_by_its_title_and_the_place_in_it(
    name: str, title: str, place: str
) -> None:
    cited = cite(name)
    assert (cited.is_service, cited.title, cited.place) == (False, title, place)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Wikiquote, CC BY-SA 4.0", "Wikiquote, CC BY-SA 4.0"),
        ("ZenQuotes.io", "ZenQuotes.io"),
        ("Inspirational quotes provided by ZenQuotes API", None),
        ("Gracious Quotes", None),
        ("Goodreads", None),
        ("quotes.example.org", None),
        ("via The Daily Stoic", "The Daily Stoic"),
        ("Via: Brainy Quote", "Brainy Quote"),
    ],
)
def test_a_service_is_named(name: str, title: str | None) -> None:
    cited = cite(name)
    assert (cited.is_service, cited.title) == (True, title or name)


def test_every_quote_of_the_library_is_from_its_work() -> None:
    for entry in entries(Part.QUOTE):
        assert isinstance(entry.feature, Quote)
        assert entry.feature.source is not None
        assert not cite(entry.feature.source.name).is_service, entry.id


@given(st.text(max_size=60))
def test_the_parts_of_a_citation_are_all_that_was_credited(name: str) -> None:
    cited = cite(name)
    assert " ".join(name.split()).endswith(cited.title + cited.place)


PARTS = {
    "en": ("from", "via"), "de": ("aus", "via"), "fr": ("extrait de", "via"),
    "es": ("de", "vía"), "it": ("da", "tramite"), "pt": ("de", "via"), "nl": ("uit", "via"),
    "ar": ("من", "عن"), "he": ("מתוך", "דרך"),
}  # fmt: skip


@pytest.mark.parametrize("language", PARTS)
@pytest.mark.parametrize("template", ["brief", "letter", "compact"])
def test_every_template_tells_works_from_services(language: str, template: str) -> None:
    work, service = PARTS[language]
    settings = make_settings(Path(), language=language, template={"name": template})
    for credit, html, text in (
        (Credit(EYRE), f"{work} <em>Jane Eyre</em>, Chapter 12", f"{work} {EYRE}"),
        (Credit("Goodreads"), f"{service} Goodreads", f"{service} Goodreads"),
    ):
        quote = Quote(text="I would always rather be happy.", author="C. B.", source=credit)
        edition = make_edition(quote=quote)
        message = render(edition, settings, folders=[TEMPLATES]).message
        assert html in re.sub(r"<em [^>]*>", "<em>", message.html)
        assert text in message.text
        assert html in render_web(edition, settings, folders=[TEMPLATES])


def test_a_work_with_an_address_is_a_link_around_all_of_it() -> None:
    credit = Credit(EYRE, "https://example.org/jane")
    edition = make_edition(quote=Quote(text="I would rather be happy.", source=credit))
    message = render(edition, make_settings(Path()), folders=[TEMPLATES]).message
    assert "<em>Jane Eyre</em>, Chapter 12</a>" in message.html
    assert f"from {EYRE} (https://example.org/jane)" in " ".join(message.text.split())
