"""Pages as a browser copies them, with their markup."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.content.pasted import NOTHING_LEARNED, Page, Site, parse_marked
from newsletter.content.pasted.learned import LearnedLine, Meaning
from newsletter.content.web.copied import Copied, cleaned, read_copied
from newsletter.core.errors import SourceError
from tests.support.examples import examples

HEADLINE = "Ferry to the outer islands sails again"
STYLED = 'style="color: rgb(0, 0, 0); display: block"'
FIRST = "The ferry left the eastern pier at seven with forty passengers, the first since December."
SECOND = "Its engines were taken out and cleaned by the yard, which needed three weeks longer."
PAGE = f"""
<div class="cookie-consent"><p>We and our partners use cookies on your device.</p></div>
<header><a href="https://coast.example/">The Coast Observer</a>
<nav><ul><li><a href="https://coast.example/n">News</a></li><li>Sport</li></ul></nav></header>
<article><h1 {STYLED}>{HEADLINE}</h1><p class="byline">By Ada Marsh</p>
<figure><img src="https://coast.example/f.jpg" alt="A ferry" width="800" height="450">
<figcaption>The ferry at its pier</figcaption></figure>
<p {STYLED}>{FIRST.replace("forty", '<a href="https://coast.example/40?utm_source=x">forty</a>')}
</p><p>{SECOND}</p><h2>What it costs</h2><ol><li>A crossing: four crowns</li>
<li>Ten crossings: thirty crowns</li></ol><p>{SECOND.replace("engines", "lamps")}</p></article>
<aside class="related"><h2>Most read</h2><p>Storm takes the roof of the fish hall in the night.</p>
</aside><footer><p>© 2031 The Coast Observer</p></footer>
"""


def copied(html: str) -> Copied:
    found = read_copied(cleaned(html))
    assert found is not None
    return found


def read(html: str, site: Site = NOTHING_LEARNED) -> Page:
    return parse_marked(copied(html).lines, site=site)


def test_what_the_markup_tells_is_not_guessed() -> None:
    page = read(PAGE)
    (story,) = page.stories
    assert page.headline == story.headline == HEADLINE
    assert story.byline == "Ada Marsh"
    assert story.paragraphs == (
        FIRST.replace("forty", "[forty](<https://coast.example/40>)"),
        SECOND,
        "## What it costs",
        "1. A crossing: four crowns\n2. Ten crossings: thirty crowns",
        SECOND.replace("engines", "lamps"),
    )
    reasons = {line.text: line.reason for line in page.lines}
    assert reasons["The ferry at its pier"] == "the caption of a picture"
    assert reasons["News"] == "the page's header"
    assert all(reasons[text] for text in reasons if "fish hall" in text or "cookies" in text)


def test_the_lines_are_a_text_and_the_text_has_these_lines() -> None:
    found = copied(PAGE)
    assert found.is_of(found.text)
    assert not found.is_of(found.text.replace("forty", "fifty"))
    assert found.pictures == 1


def test_a_story_without_h1_is_headed_by_the_heading_that_its_text_speaks_of() -> None:
    blog = PAGE.replace("h1", "h2").replace("<header>", "<header><h1>The Coast Observer</h1>")
    assert read(blog).headline == HEADLINE


def test_a_page_of_features_is_parted_at_its_headings() -> None:
    fact = "<p>Fact of the Day (Almanac): An octopus has three hearts.</p>"
    page = read(PAGE.replace("</article>", f"{fact}</article>"))
    assert [one.headline for one in page.stories] == [HEADLINE, "What it costs"]
    assert page.features.fact is not None


def test_what_was_learned_of_the_site_counts() -> None:
    site = Site(lines=(LearnedLine(text=SECOND, meaning=Meaning.FURNITURE),))
    assert SECOND not in read(PAGE, site).stories[0].paragraphs


def test_only_what_is_seen_is_a_line() -> None:
    hidden = '<p style="display:none">Nobody sees this sentence, which is long enough.</p>'
    assert "Nobody" not in copied(PAGE.replace("<h2>", f"{hidden}<h2>", 1)).text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src="data:image/png;base64,AAAA" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="https://spy.example/"></iframe>',
        '<svg onload="alert(1)"><script>alert(1)</script></svg>',
        '<style>@import "https://spy.example/x.css";</style>',
        '<p style="background: url(https://spy.example/x.png)">x</p>',
        "<!-- https://spy.example/ -->",
    ],
)
def test_nothing_that_runs_or_loads_is_kept(hostile: str) -> None:
    clean = cleaned(hostile + PAGE)
    assert "alert" not in clean
    assert "spy" not in clean
    assert "data:" not in clean
    assert read(hostile + PAGE).headline == HEADLINE


@pytest.mark.parametrize(
    "too_much", ["<b>" * 30_000, "<p " + "a=1 " * 3_000 + ">", "<div>" * 700, "x" * 10_000_001]
)
def test_markup_that_would_keep_a_parser_busy_is_refused(too_much: str) -> None:
    with pytest.raises(SourceError):
        cleaned(too_much)


@pytest.mark.parametrize("html", ["", "<p></p>", "<nav><a href='/'>Home</a></nav>", "<img src=x>"])
def test_markup_without_a_story_leaves_it_to_the_text(html: str) -> None:
    assert read_copied(cleaned(html)) is None


@settings(max_examples=examples(30))
@given(st.text(alphabet="<>/ahpdiv1=\"' .é\n&;", max_size=200))
def test_whatever_is_pasted_is_read_or_left(noise: str) -> None:
    clean = cleaned(noise)
    found = read_copied(clean)
    assert cleaned(clean) == clean
    assert found is None or (found.is_of(found.text) and parse_marked(found.lines).lines)
