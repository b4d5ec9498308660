"""When a text of a feed is only its beginning, and what becomes of it then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.feeds.cut import ending
from newsletter.core.errors import SourceError
from newsletter.core.model import LeftOut
from tests.support.web import LONG, rss, rss_item, web_page
from tests.unit.content.test_sources_feed import LINK, URL, look, story

TITLE = "The ferry keeps its hours"


def sign(html: str, *, address: str = LINK, title: str = TITLE) -> str:
    return ending(html, address=address, title=title, base=LINK).sign


@pytest.mark.parametrize(
    "end",
    [
        *("bread", "thread.", "spread", "already read.", "Widespread", "Weiterlesende", "readmore"),
        *("He wanted to read more.", "Eat less. Read more.", "They sing and then read on."),
        *("«Et puis…»", "“And then…”", "and then…?", "It is 5...6"),
        *("Mehr Brot.", "La suite royale.", "Leia.", "Continua!", "A continua."),
        'See <a href="https://other.example/">read more about tides</a>',
        '<a href="https://other.example/x">Read more</a>',
        f'<a href="{LINK}">Comments</a>',
        f'<a href="{LINK}">Bread</a>',
        "Read more books this winter",
        f"The post {TITLE} is here to stay, as its board says, for good.",
    ],
)
def test_what_only_looks_like_a_cut_is_none(end: str) -> None:
    assert sign(f"<p>{LONG}</p><p>{end}</p>") == ""
    assert sign(f"<p>{LONG} {end}</p>") == ""


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("the hours of…", "…"),
        ("the hours of...", "..."),
        ("the hours of . . .", ". . ."),
        ("the hours of [&#8230;]", "[…]"),
        ("the hours of [&hellip;]", "[…]"),
        ("the hours of (...)", "(...)"),
        ("the hours of … </p><p>", "…"),
        ("the hours of [more]", "[more]"),
        ("the hours of (mehr …)", "(mehr …)"),
    ],
)
def test_an_ellipsis_at_the_very_end_is_a_cut(end: str, found: str) -> None:
    assert sign(f"<p>The board agreed on {end}</p>") == found


@pytest.mark.parametrize(
    "words",
    [
        *("Read more", "READ MORE »", "Continue reading →", "Keep reading", "Read the full story"),
        *("Weiterlesen", "Mehr lesen", "Lesen Sie mehr", "Den ganzen Artikel lesen"),
        *("Lire la suite", "En savoir plus…", "Lire l'article", "Lire l’article"),
        *("Leer más", "Seguir leyendo", "Sigue leyendo", "Leggi tutto", "Continua a leggere"),
        *("Leia mais", "Continuar lendo", "Ler mais", "Lees meer", "Lees verder", "Verder lezen"),
        *("اقرأ المزيد", "قراءة المزيد", "קרא עוד", "להמשך קריאה"),
    ],
)
def test_a_last_line_that_leads_to_the_rest_is_a_cut_in_every_language(words: str) -> None:
    for html in (
        f"<p>{LONG}</p><p>{words}</p>",
        f'<p>{LONG}</p><p><a href="{LINK}">{words}</a></p>',
        f'<p>{LONG} <a class="more" href="{LINK}?utm_source=rss#more-1">{words}</a></p>',
        f'<p>{LONG}</p><p>[<a href="/ferry"><b>{words}</b></a>]</p>',
        f"{LONG.strip()} {words}",
    ):
        found = ending(html, address=LINK, title=TITLE, base=LINK)
        assert found.sign, html
        assert found.line.split()[0].casefold() == words.split(maxsplit=1)[0].casefold()
        assert words.split(" ", maxsplit=1)[0] not in found.html.replace(LONG, "")


@pytest.mark.parametrize(
    "line",
    [
        f"Continue reading “{TITLE}”",
        f"Read more: {TITLE}",
        f'Read more at <a href="{LINK}">site.example</a>',
        f'<a href="{LINK}">Read more about the hours at Harbour Times</a>',
        f'<a href="{LINK}">Continue reading <span class="meta-nav">&rarr;</span></a>',
    ],
)
def test_the_line_may_name_the_item(line: str) -> None:
    assert sign(f"<p>{LONG}</p><p>{line}</p>")


@pytest.mark.parametrize(
    "below",
    [
        f'<p>The post <a href="{LINK}">{TITLE}</a> appeared first on <a href="/">Site</a>.</p>',
        f"<p>Der Beitrag {TITLE} erschien zuerst auf Site.</p>",
        f"<p>L’article {TITLE} est apparu en premier sur Site.</p>",
    ],
)
def test_what_a_plug_in_writes_below_is_not_the_end_of_the_text(below: str) -> None:
    assert sign(f"<p>The board agreed on […]</p>{below}") == "[…]"
    assert sign(f"<p>{LONG}</p>{below}") == ""


@given(
    st.text(max_size=80), st.sampled_from(["", "…", "<p>Read more</p>", "<a href='/'>Read more"])
)
def test_no_text_raises_anything_or_grows(text: str, end: str) -> None:
    found = ending(text + end, address=LINK, title=TITLE)
    assert len(found.html) <= len(text + end)
    assert found.line == "" or found.sign == found.line


def test_what_stands_below_the_line_is_no_part_of_its_link() -> None:
    html = f'<p>{LONG}</p><p>[<a href="{LINK}"><b>Read more</b></a>] →</p><p>The post {TITLE}.</p>'
    found = ending(html, address=LINK, title=TITLE)
    assert found.html == (
        f'<p>{LONG}</p><p><a href="{LINK}"><b></b></a></p><p>The post {TITLE}.</p>'
    )


# --- what becomes of it --------------------------------------------------------------------------


def test_a_line_that_leads_on_is_left_out_and_listed() -> None:
    body = f'<p>{LONG}</p><p><a href="{LINK}">Read more</a></p>'
    found = look(rss(rss_item(content=body)), full=False)
    assert found.stories[0].paragraphs == (LONG.strip(),)
    assert found.left_out == (
        LeftOut(text="Read more", reason="it leads to the rest of the text on the web"),
    )


SHORT = "After nine weeks the ferry runs again, and the fare stays where it was."


def test_a_short_summary_is_read_from_its_page() -> None:
    item = rss_item(content=None, description=SHORT)
    assert len(story({URL: rss(item), LINK: web_page()}).paragraphs) == 3


@pytest.mark.parametrize("page", [None, "<html><title>x</title></html>"])
def test_a_short_summary_stands_for_itself_where_its_page_cannot_be_read(page: str | None) -> None:
    pages = {URL: rss(rss_item(content=None, description=SHORT))}
    found = look(pages | ({LINK: page} if page else {}))
    assert found.stories[0].paragraphs == (SHORT,)
    assert f"{LINK} (the feed’s own text: " in found.origin


def test_a_short_summary_without_a_link_stands_for_itself() -> None:
    item = rss_item(content=None, description=SHORT, link="")
    assert story(rss(item)).paragraphs == (SHORT,)


@pytest.mark.parametrize("description", ["The ferry runs again…", ""])
def test_what_says_that_it_is_cut_or_nothing_is_never_the_story(description: str) -> None:
    with pytest.raises(SourceError, match="404"):
        look(rss(rss_item(content=None, description=description)))


def test_a_whole_text_of_any_length_is_the_story() -> None:
    assert story(rss(rss_item(content=f"<p>{SHORT}</p>"))).paragraphs == (SHORT,)
