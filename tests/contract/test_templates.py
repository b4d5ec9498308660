"""What every template promises: it renders every state, and no check finds anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from newsletter.core.config.settings import Settings, Template
from newsletter.core.model import Edition, Fact, Quote, Word
from newsletter.core.model.findings import Severity
from newsletter.message import check
from newsletter.message.html.document import parse
from newsletter.message.render.message import render
from newsletter.message.render.templates import DIGEST, available
from tests.support.checked import READER
from tests.support.edition import (
    SITE,
    TEMPLATES,
    UNSUBSCRIBE,
    make_edition,
    make_full_edition,
    make_note,
    make_other,
    make_second_story,
    make_settings,
    make_story,
)

LONG = "A Headline That Goes On for Many More Words Than the Front Page Has Room To Give It Today"
BARE_WORD = Word(word="Lull", definition="A short time of quiet.")
MORE = (make_second_story(image=make_story().image), make_second_story(link=None))

STATES: dict[str, Edition] = {
    "one story": make_edition(),
    "everything": make_full_edition(),
    "no features": make_edition(fact=None, quote=None, word=None),
    "only a fact": make_edition(quote=None, word=None),
    "only a quote": make_edition(fact=None, word=None),
    "only a word": make_edition(fact=None, quote=None),
    "only another feature": make_edition(fact=None, quote=None, word=None, others=(make_other(),)),
    "no sources": make_edition(fact=Fact(text="So."), quote=Quote(text="So."), word=BARE_WORD),
    "no picture": make_edition(stories=(make_story(image=None),)),
    "no link": make_edition(stories=(make_story(link=None),)),
    "no byline": make_edition(stories=(make_story(byline=None),)),
    "Markdown lead": make_edition(stories=(make_second_story(headline="A Seed Library"),)),
    "kickers of its own": make_edition(
        stories=(make_story(kicker="By the Water"), make_second_story(kicker="Beside the Books"))
    ),
    "long headline": make_edition(stories=(make_story(headline=LONG),), subject="A long one"),
    "a correction": make_edition(corrections=(make_note(),)),
    "no story": make_edition(stories=(), others=(make_other(),)),
    "intro": make_edition(intro=("Good morning.", "It is quiet.")),
    "pictures in all stories": make_edition(stories=(make_story(), make_story(), make_story())),
    "a figure": make_edition(fact=Fact(figure="−31 kWh", text="is what the roof owes in winter.")),
    "one sense": make_edition(word=replace(BARE_WORD, sentences=("There was a lull.",))),
    "many stories": make_full_edition(stories=(make_story(), *MORE, *MORE, *MORE)),
}
TURNED = ("rating", "others", "word", "quote", "stories", "fact")
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "no tagline, no contact": {"tagline": "", "contact": None},
    "German": {"language": "de"},
    "Arabic": {"language": "ar"},
    "another order, and a rating": {"template": Template(sections=TURNED)},
    "few sections": {"template": Template(sections=("stories", "quote"))},
    "a web page": {"template": Template(web_edition=f"{SITE}/{{date}}")},
    "a long nameplate": {"template": Template(nameplate="The Saltmouth Morning Intelligencer")},
    "coast": {"template": Template(palette="coast")},
    "bright": {"template": Template(palette="bright")},
    "a person": {
        "logo": f"{SITE}/logo.png",
        "editor": {"name": "Dr. Mara Lind", "role": "editor", "picture": f"{SITE}/mara.jpg"},
        "reply_to": "mara@brief.example.org",
        "template": Template(greeting="Good morning, {name|reader}.", sign_off="Until tomorrow."),
    },
    "a person, in Arabic": {
        "language": "ar",
        "editor": {"name": "Mara Lind", "role": "editor"},
        "template": Template(sign_off="Until tomorrow."),
    },
}

NAMES = [*available([TEMPLATES]), DIGEST]


def settings_of(name: str, overrides: Mapping[str, Any]) -> Settings:
    """Return a publication with this template, whatever else it sets."""
    chosen = overrides.get("template", Template()).model_copy(update={"name": name})
    return make_settings(Path(), **{**overrides, "template": chosen})


def findings(name: str, edition: Edition, **overrides: Any) -> list[str]:
    settings = settings_of(name, overrides)
    message = render(edition, settings, folders=[TEMPLATES]).message
    checked = check.checked_message(
        edition, message, values=READER, unsubscribe_url=UNSUBSCRIBE, settings=settings
    )
    # A missing source or story is the editor's matter, not the template's.
    content = {"quote-attribution": Severity.OFF, "lead-story": Severity.OFF}
    return [f"{found.code}: {found.message}" for found in check.run(checked, content)]


@pytest.mark.parametrize("template", NAMES)
@pytest.mark.parametrize("state", STATES)
def test_every_state_passes_every_check(template: str, state: str) -> None:
    assert findings(template, STATES[state]) == []


@pytest.mark.parametrize("template", NAMES)
@pytest.mark.parametrize("kind", SETTINGS)
def test_every_publication_passes_every_check(template: str, kind: str) -> None:
    assert findings(template, make_full_edition(), **SETTINGS[kind]) == []


@pytest.mark.parametrize("template", NAMES)
def test_every_template_asks_for_the_unsubscribe_link(template: str) -> None:
    settings = make_settings(Path(), template=Template(name=template))
    message = render(make_edition(), settings, folders=[TEMPLATES]).message
    assert "unsubscribe_url" in {field.name for field in message.fields}


@pytest.mark.parametrize("template", NAMES)
def test_a_kicker_stands_right_above_its_headline_in_both_parts(template: str) -> None:
    lead = make_story(headline="The Bridge Turns Again", kicker="By the Water")
    second = make_second_story(headline="Seeds", kicker="Beside the <Books>")
    settings = settings_of(template, {"language": "de"})
    message = render(make_edition(stories=(lead, second)), settings, folders=[TEMPLATES]).message
    text = " ".join(message.text.split())
    assert "By the Water THE BRIDGE TURNS AGAIN" in text
    assert "Beside the <Books> SEEDS" in text
    seen = " ".join(parse(message.html).text.split())
    assert "By the Water The Bridge Turns Again" in seen
    assert "Beside the <Books> Seeds" in seen
    assert "Thema des Tages" not in seen


def test_no_template_has_words_of_its_own_above_a_headline() -> None:
    for template in NAMES:
        settings = settings_of(template, {"language": "de"})
        message = render(make_full_edition(), settings, folders=[TEMPLATES]).message
        page = parse(message.html)
        assert [one.text for one in page.all("p") if "kicker" in one.get("class")] == []
        headings = [one.text for one in page.all("h2")]
        assert headings.count("Heute außerdem") == (template == "brief")


@pytest.mark.parametrize("template", NAMES)
def test_sections_come_in_the_order_of_the_configuration(template: str) -> None:
    settings = settings_of(template, {"template": Template(sections=TURNED)})
    message = render(make_full_edition(), settings, folders=[TEMPLATES]).message
    signs = {
        "rating": "How was today’s brief?",
        "others": "Forty: the steel pins",
        "word": "A short time of quiet",
        "quote": "A letter that is never posted",
        "stories": "two years after engineers closed it",
        "fact": "A snail can sleep",
    }
    for part in (message.html, message.text):
        squeezed = " ".join(part.split())
        shown = [one for one in TURNED if template != "weekly" or one != "rating"]  # never rated
        places = [squeezed.rfind(signs[section]) for section in shown]
        assert -1 not in places
        assert places == sorted(places)


@pytest.mark.parametrize("template", NAMES)
def test_a_section_that_is_not_named_is_not_printed(template: str) -> None:
    settings = settings_of(template, {"template": Template(sections=("stories", "quote"))})
    message = render(make_full_edition(), settings, folders=[TEMPLATES]).message
    for part in (message.html, message.text):
        assert "A snail can sleep" not in part
        assert "Forty: the steel pins" not in part


@pytest.mark.parametrize("template", NAMES)
def test_every_address_is_the_publications_or_the_editions_own(template: str) -> None:
    """No sponsor, no counter, no picture that reports who looked at it."""
    everything = Template(sections=TURNED, web_edition=f"{SITE}/{{date}}")
    settings = settings_of(template, {"template": everything})
    html = render(make_full_edition(), settings, folders=[TEMPLATES]).message.html
    addresses = re.findall(r'(?:href|src|background|action)="(?!mailto:|-q|#)([^"]*)"', html)
    assert {urlsplit(address).hostname for address in addresses} == {urlsplit(SITE).hostname}
    assert set(re.findall(r'<img[^>]* src="([^"]*)"', html)) <= {make_story().image.url}


@pytest.mark.parametrize("template", NAMES)
def test_no_paragraph_is_empty_in_any_state(template: str) -> None:
    settings = make_settings(Path(), template=Template(name=template))
    bare = replace(
        make_full_edition(), fact=Fact(text="So."), quote=Quote(text="So."), word=BARE_WORD
    )
    html = render(bare, settings, folders=[TEMPLATES]).message.html
    # A <p> with a border is how MJML draws a divider.
    assert not re.search(r"<(p|h\d|li)\b(?![^>]*border-top)[^>]*>\s*</\1>", html)


def test_every_template_has_both_parts_and_a_first_comment() -> None:
    for name in NAMES:
        for part in ("mjml", "txt"):
            text = (TEMPLATES / "email" / f"{name}.{part}.j2").read_text(encoding="utf-8")
            assert text.startswith("{#")


def test_every_dark_text_and_ground_is_said_again_for_outlook_com() -> None:
    css = (TEMPLATES / "email" / "client.css").read_text(encoding="utf-8")
    css = re.sub(r"/\*.*?\*/", "", css)
    dark = css.partition("prefers-color-scheme: dark) {")[2].partition("\n}")[0]
    for mark, name in (("data-ogsc", "color"), ("data-ogsb", "background-color")):
        rules = re.compile(rf"([^{{}}]+){{[^}}]*(?<![\w-]){name}: (var\([^)]*\))")
        wanted = {
            (f"[{mark}] {selector.strip()}", value)
            for selectors, value in rules.findall(dark)
            for selector in selectors.split(",")
            if selector.strip() != "body"
        }
        found = {
            (selector.strip(), value)
            for selectors, value in rules.findall(css)
            for selector in selectors.split(",")
            if mark in selector
        }
        assert len(wanted) > 5
        assert found == wanted
