"""Examples of the checks that come with the program.

`BROKEN` has, by a check's code, a message in which it has to find something; `NEARLY`, where the
good message has nothing of the kind, one that is just good enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from newsletter.content.pasted.model import PERHAPS
from newsletter.core.model import LeftOut, Part, Provenance, Repeat
from newsletter.message.check import Checked
from newsletter.message.external import Misspelt, PictureFile, Reached, SpamReport, SpamRule
from tests.support.checked import (
    check_edition,
    good,
    with_html,
    with_link,
    with_outside,
    with_picture,
    with_quote,
    with_story,
    with_text,
    with_word,
)
from tests.support.edition import SITE, UNSUBSCRIBE, make_edition, make_story

_PICTURE = f"{SITE}/pictures/swing-bridge.jpg"


def spam_report(points: float) -> SpamReport:
    rule = SpamRule(points=points, name="MISSING_Y", description="Missing Y")
    return SpamReport(points=points, required=5, rules=(rule,))


def copied(**changes: Any) -> Checked:
    """Return the good message with a lead story that was read from a copied page."""
    at = datetime(2027, 3, 9, tzinfo=UTC)
    source = Provenance(part=Part.STORY, source="page", origin="page.txt", at=at)
    edition = make_edition(stories=(make_story(**changes),), provenance=(source,))
    return replace(good(), edition=edition)


def doubtful(other: str) -> Checked:
    """Return the good message with a lead whose page has another line that may be its headline."""
    found = copied()
    told = found.edition.background.provenance[0]
    told = replace(told, left_out=(LeftOut(text=other, reason=PERHAPS),))
    return replace(found, edition=make_edition(stories=(make_story(),), provenance=(told,)))


BROKEN: dict[str, Callable[[], Checked]] = {
    "charset": lambda: with_html("charset=UTF-8", "charset=latin-1"),
    "contrast": lambda: with_html("color:#565A62", "color:#9A9FA7"),
    "css-extra": lambda: with_html("</head>", "<style>a { gap: 1px }</style></head>"),
    "css-support": lambda: with_html("</h1>", '</h1><div style="display:flex">x</div>'),
    "dark-complete": lambda: with_html("color-scheme", "colour-scheme"),
    "img-answers": lambda: with_outside(reached={_PICTURE: Reached(status=200, kind="text/html")}),
    "img-weight": lambda: with_outside(
        pictures={_PICTURE: PictureFile(bytes=1_000_000, width=959, height=540)}
    ),
    "link-answers": lambda: with_outside(
        reached={f"{SITE}/almanac": Reached(status=404, problem="it answered 404")}
    ),
    "spam": lambda: with_outside(spam=spam_report(0.6)),
    "spelling": lambda: with_outside(misspelt=(Misspelt(word="wrold", suggestions=("world",)),)),
    "img-format": lambda: with_picture(
        '<img src="https://brief.example.org/a.webp" alt="" width="10">'
    ),
    "img-url": lambda: with_picture('<img src="/a.jpg" alt="" width="10">'),
    "link-text": lambda: with_html("</h1>", '</h1><a href="https://x.example.org/">click here</a>'),
    "mso-balance": lambda: with_html("<![endif]-->", ""),
    "smart-quotes": lambda: replace(
        good(),
        edition=make_edition(stories=(make_story(paragraphs=('A "bridge" of “steel”.',)),)),
    ),
    "style-nested-at": lambda: with_html(
        "</head>", "<style>@media print { @page { margin: 0 } }</style></head>"
    ),
    "title": lambda: with_html("<title", "<subject"),
    "viewport": lambda: with_html("width=device-width", "width=980"),
    "doctype": lambda: with_html("<!DOCTYPE html>", ""),
    "heading-order": lambda: with_html("<h1", "<h2"),
    "img-alt": lambda: with_picture('<img src="https://brief.example.org/a.jpg" width="10">'),
    "img-width": lambda: with_picture(
        '<img src="https://brief.example.org/a.jpg" alt="" width="100%">'
    ),
    "lang-dir": lambda: replace(good(), language="de"),
    "headline-doubtful": lambda: doubtful("Bridge Turns Again"),
    "lead-story": lambda: replace(good(), edition=make_edition(stories=())),
    "lead-doubtful": lambda: copied(headline="Harbour"),
    "line-length": lambda: replace(good(), html=good().html + "x" * 999),
    "link-empty": lambda: with_link("#"),
    "link-insecure": lambda: with_link("http://news.example.edu/a"),
    "link-placeholder": lambda: with_link("https://www.example.com/a"),
    "link-scheme": lambda: with_link("javascript:alert(1)"),
    "list-unsubscribe": lambda: replace(good(), unsubscribe_url="http://brief.example.org/u/1"),
    "number-repeat": lambda: with_story("All 47 ferries sailed.", "Then 47 barges came too."),
    "repeat": lambda: replace(
        good(),
        edition=make_edition(repeats=(Repeat(part=Part.WORD, used_on=date(2027, 1, 4)),)),
    ),
    "placeholder-left": lambda: replace(good(), subject="Hello {{ name }}"),
    "postal-address": lambda: replace(good(), postal_address="1 Elsewhere Road"),
    "preheader": lambda: replace(good(), message=replace(good().message, preheader="Short")),
    "quote-attribution": lambda: with_quote(author=None),
    "size-clip": lambda: replace(good(), html=good().html + "\n" * 102_400),
    "size-large": lambda: replace(good(), html=good().html + "\n" * 50_000),
    "style-budget": lambda: with_html("</head>", f"<style>{'a{} ' * 5_000}</style></head>"),
    "style-large": lambda: with_html("</head>", f"<style>{'a{} ' * 2_500}</style></head>"),
    "subject": lambda: replace(good(), subject="word " * 20),
    "table-role": lambda: with_html("</h1>", "</h1><table></table>"),
    "text-agrees": lambda: with_text("SWING BRIDGE", "BRIDGE"),
    "text-lines": lambda: replace(good(), text=good().text + "word " * 20),
    "text-part": lambda: replace(good(), text=" \n"),
    "unsubscribe": lambda: replace(good(), unsubscribe_url=UNSUBSCRIBE + "x"),
    "word-pos": lambda: with_word(word="Alleviate", pos="adjective"),
    "words-language": lambda: replace(good(), language="cy"),
    "word-sentence": lambda: with_word(sentences=("The gulls were heard again.",)),
}

NEARLY: dict[str, Callable[[], Checked]] = {
    "contrast": lambda: with_html("color:#565A62", "color:#646A72"),
    "css-extra": lambda: with_html("</head>", "<style>a { border-radius: 1px }</style></head>"),
    "css-support": lambda: with_html("</h1>", '</h1><div style="display:block">x</div>'),
    "img-answers": lambda: with_outside(reached={_PICTURE: Reached(status=200, kind="image/png")}),
    "img-format": lambda: with_picture(
        '<img src="https://brief.example.org/a.PNG?f=webp" alt="" width="1">'
    ),
    "img-weight": lambda: with_outside(
        pictures={_PICTURE: PictureFile(bytes=999_999, width=960, height=540)}
    ),
    "headline-doubtful": lambda: doubtful(make_story().headline),
    "lead-doubtful": lambda: copied(headline="Harbour Reopens", paragraphs=("x" * 40,)),
    "line-length": lambda: replace(good(), html=good().html + "\n" + "x" * 998),
    "words-language": lambda: check_edition(make_edition(), language="de"),
    "link-answers": lambda: with_outside(reached={f"{SITE}/almanac": Reached(status=403)}),
    "link-text": lambda: with_link("https://news.example.edu/a", "Here is the report"),
    "mso-balance": lambda: with_html(
        "</h1>", '</h1><!--[if mso]><table width="640"><tr><td>x</td></tr></table><![endif]-->'
    ),
    "number-repeat": lambda: with_story("All 47 ferries sailed.", "Then 47 ferries came back."),
    "preheader": lambda: replace(good(), message=replace(good().message, preheader="p" * 140)),
    "size-clip": lambda: replace(good(), html=good().html.ljust(102_000, "\n")),
    "size-large": lambda: replace(good(), html=good().html.ljust(79_000, "\n")),
    "spam": lambda: with_outside(spam=spam_report(-0.1)),
    "spelling": lambda: with_outside(misspelt=()),
    "style-budget": lambda: with_html("</head>", f"<style>{'a{} ' * 2_400}</style></head>"),
    "style-large": lambda: with_html("</head>", f"<style>{'a{} ' * 1_380}</style></head>"),
    "style-nested-at": lambda: with_html(
        "</head>", "<style>@media print { a { margin: 0 } } @page { margin: 0 }</style></head>"
    ),
    "subject": lambda: replace(good(), subject="s" * 70),
    "text-lines": lambda: replace(good(), text=good().text + "\n" + "word " * 15),
}
