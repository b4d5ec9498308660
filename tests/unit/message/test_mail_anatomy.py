"""What stands around the texts of a mail, its palettes, and what a filter sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.colour import Colour, from_hex
from newsletter.core.config.settings import Settings
from newsletter.core.config.template import Template
from newsletter.core.model import Edition, Fact
from newsletter.message.html.document import Element, parse
from newsletter.message.merge import substitutions
from newsletter.message.render.anatomy import index, mailto
from newsletter.message.render.language import day_of_year
from newsletter.message.render.message import render
from newsletter.message.render.templates import available
from tests.support.checked import check_edition
from tests.support.edition import (
    SITE,
    TEMPLATES,
    UNSUBSCRIBE,
    make_edition,
    make_full_edition,
    make_other,
    make_second_story,
    make_settings,
    make_story,
)

SECTIONS = Template().sections
NAMES = available([TEMPLATES])


def settings(**overrides: Any) -> Settings:
    return make_settings(Path(), **overrides)


def html(edition: Edition, **overrides: Any) -> str:
    return render(edition, settings(**overrides), folders=[TEMPLATES]).message.html


# --- index ---------------------------------------------------------------------------------------


@given(
    more=st.integers(0, 7),
    others=st.integers(0, 4),
    kept=st.sets(st.sampled_from(["fact", "quote", "word"])),
)
def test_an_index_has_three_to_five_lines_and_leads_to_what_there_is(
    more: int, others: int, kept: set[str]
) -> None:
    gone = {part: None for part in ("fact", "quote", "word") if part not in kept}
    edition = make_edition(
        stories=(make_story(), *(make_second_story() for _ in range(more))),
        others=tuple(make_other() for _ in range(others)),
        **gone,
    )
    lines = index(edition, SECTIONS)
    there_are = more + others + len(kept)
    assert len(lines) == (min(there_are, 5) if there_are >= 3 else 0)
    assert len({line.anchor for line in lines}) == len(lines)
    assert not lines or kept <= {line.kind for line in lines}
    assert [line.kind for line in lines] == sorted(
        (line.kind for line in lines), key=["story", "fact", "quote", "word", "other"].index
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_the_index_leads_to_a_place_in_the_mail(name: str) -> None:
    page = parse(html(make_full_edition(), template=Template(name=name)))
    within = [link.get("href") for link in page.links if link.get("href").startswith("#")]
    assert len(within) == (0 if name == "letter" else 5)
    assert set(within) <= page.targets


def test_a_template_of_ones_own_without_anchors_has_no_index(tmp_path: Path) -> None:
    (tmp_path / "email").mkdir()
    empty = "".join(f"{{% block {one} %}}{{% endblock %}}" for one in SECTIONS if one != "rating")
    (tmp_path / "email" / "mine.mjml.j2").write_text(
        '{% extends "partials/frame.mjml.j2" %}' + empty
    )
    (tmp_path / "email" / "mine.txt.j2").write_text('{% extends "partials/frame.txt.j2" %}')
    message = render(
        make_edition(), settings(template=Template(name="mine")), folders=[tmp_path, TEMPLATES]
    ).message
    assert 'href="#' not in message.html
    assert "In this brief" not in message.html + message.text


# --- a person ------------------------------------------------------------------------------------


def test_the_greeting_has_the_readers_name_or_what_stands_for_it() -> None:
    greeted = Template(greeting="Good morning, {name|dear reader}.")
    edition = make_edition(intro=("Dry until noon.",))
    message = render(edition, settings(template=greeted), folders=[TEMPLATES]).message
    field = next(field for field in message.fields if field.name == "name")
    assert field.fallback == "dear reader"
    values = {"address": "a@brief.example.org", "unsubscribe_url": UNSUBSCRIBE}
    values |= {"rating_url": UNSUBSCRIBE, "preferences_url": UNSUBSCRIBE}
    for name, said in (("Ada <3", "Ada &lt;3"), ("", "dear reader")):
        filled = substitutions(message.fields, {**values, "name": name})
        assert filled[field.html_tag] == said
    assert f"Good morning, {field.html_tag}. Dry until noon." in message.html
    assert f"Good morning, {field.text_tag}." in message.text


def test_a_friend_is_sent_the_web_address_and_never_the_readers_own() -> None:
    for where, expected in ((f"{SITE}/{{date}}", f"{SITE}/2027-03-09"), (None, SITE)):
        page = parse(check_edition(make_edition(), template=Template(web_edition=where)).html)
        (link,) = (one for one in page.links if one.text == "Forward this")
        asked = urlsplit(link.get("href"))
        assert (asked.scheme, asked.path) == ("mailto", "")
        assert parse_qs(asked.query) == {"subject": [make_story().headline], "body": [expected]}


@pytest.mark.parametrize(
    ("editor", "label"),
    [
        ({"name": "Dr. Mara Lind"}, "Reply to Mara"),
        ({"name": "H."}, "Reply to H."),
        (None, "Reply to us"),
    ],
)
def test_an_answer_goes_to_reply_to(editor: Any, label: str) -> None:
    checked = check_edition(make_edition(), editor=editor, reply_to="mara@brief.example.org")
    (link,) = (one for one in parse(checked.html).links if one.text == label)
    assert link.get("href").startswith("mailto:mara@brief.example.org?subject=")
    assert f"{label}:\nmara@brief.example.org" in checked.text


@given(st.text(), st.text(max_size=30))
def test_an_address_that_begins_a_mail_has_its_subject_back(subject: str, body: str) -> None:
    found = parse_qs(
        urlsplit(mailto(to="a@brief.example.org", subject=f"x{subject}", body=body)).query
    )
    assert found["subject"][0].startswith("x")
    assert not re.search(r"[\s\x00-\x1f\x7f]", mailto(subject=subject, body=body))


# --- figure, date, palettes ----------------------------------------------------------------------


def test_a_figure_keeps_its_sign_in_front_where_text_runs_from_right_to_left() -> None:
    for language, figure, runs in (("he", "−31 kWh", "ltr"), ("he", "61 ק", ""), ("en", "61", "")):
        fact = Fact(figure=figure, text="is what the roof owes the grid in winter.")
        page = parse(html(make_edition(fact=fact), language=language))
        (large,) = (one for one in page.elements if "large" in one.classes)
        (inner,) = (one for one in page.all("span") if one.parent == large)
        assert (inner.text, inner.get("dir")) == (figure, runs)


def test_a_fact_is_whole_in_the_text_part_and_in_subjects() -> None:
    fact = Fact(figure="61 kWh", text="is the most the roof has made in a day.")
    message = render(make_edition(fact=fact, stories=()), settings(), folders=[TEMPLATES]).message
    assert message.subject == "61 kWh is the most the roof has made in a day."
    assert message.subject in message.text


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en-GB", "Tuesday, 9 March"),
        ("es", "martes, 9 de marzo"),
        ("ja", "3月9日火曜日"),
        ("hu", "2027. március 9., kedd"),  # whose year cannot go alone
    ],
)
def test_the_masthead_has_a_date_without_its_year(language: str, written: str) -> None:
    assert day_of_year(date(2027, 3, 9), language) == written


@pytest.mark.parametrize(("palette", "serif"), [("ink", True), ("coast", True), ("bright", False)])
def test_a_palette_brings_its_colours_and_its_voice(palette: str, serif: bool) -> None:
    template = Template.model_validate({"palette": palette})
    page = html(make_edition(), template=template)
    assert template.light.accent in page
    assert template.dark.quote in page
    assert ("Georgia" in re.sub(r'<p class="sign.*?</p>', "", page)) is serif
    other = template.model_copy(update={"voice": "plain" if serif else "paper"})
    assert ("Georgia, 'Times" in html(make_edition(), template=other)) is not serif


# --- what a filter sees --------------------------------------------------------------------------

TRACKED = (
    "table",
    "tr",
    "td",
    "th",
    "span",
    "p",
    "div",
    "a",
)  # SpamAssassin reads no other's style
HIDDEN = 12  # the distance below which it takes a text for hidden


def painted_for_a_filter(element: Element) -> tuple[Colour, Colour]:
    """Return colour and ground of an element's text as a filter understands them."""
    found = {"color": from_hex("#000000"), "ground": from_hex("#FFFFFF")}
    for one in reversed([one for one in element.ancestors() if one.tag in TRACKED]):
        for name, value in re.findall(r"(?:^|;)\s*([a-z-]+)\s*:\s*([^;]+)", one.get("style")):
            if name in {"color", "background-color", "background"} and value.startswith("#"):
                found["color" if name == "color" else "ground"] = from_hex(value.strip())
    return found["color"], found["ground"]


def hidden(page: str) -> Iterator[str]:
    for element in parse(page).inside:
        ink, ground = painted_for_a_filter(element)
        shares = zip((0.2126, 0.7152, 0.0722), ink, ground, strict=True)
        distance = sum((share * (one - other)) ** 2 for share, one, other in shares) ** 0.5
        if element.own_text.strip("\n ") and distance < HIDDEN:
            yield element.own_text.strip()


@pytest.mark.parametrize("name", NAMES)
def test_no_filter_takes_a_text_for_hidden(name: str) -> None:
    for palette in ("ink", "coast", "bright"):
        template = Template.model_validate({"name": name, "palette": palette})
        assert list(hidden(html(make_full_edition(), template=template))) == []


# --- nothing unused ------------------------------------------------------------------------------


def selectors(css: str) -> set[str]:
    return set(
        re.findall(
            r"\.([a-z][a-z-]*)", re.sub(r"/\*.*?\*/|\{[^{}]*\}|@[^{]*", " ", css, flags=re.S)
        )
    )


def test_every_class_of_the_style_sheets_is_used_and_every_class_has_a_rule() -> None:
    folder = TEMPLATES / "email"
    css = "".join((folder / f"{one}.css").read_text(encoding="utf-8") for one in ("base", "client"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.mjml.j2"))
    written = set(re.findall(r"[a-z][a-z-]*", " ".join(re.findall(r'class="([^"]*)"', text))))
    of_stories = {"data", "figure", "long", "minor", "to-left", "to-right", "to-center"}
    assert selectors(css) - written - of_stories - {"desk"} == set()  # desk is a template's ground
    editions = (make_full_edition(), make_edition(stories=()))
    pages = [
        parse(html(edition, template=Template(name=name))) for edition in editions for name in NAMES
    ]
    classes = {one for page in pages for element in page.elements for one in element.classes}
    assert {one for one in classes if not one.startswith("mj-")} - selectors(css) == set()
