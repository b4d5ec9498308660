"""Style sheets as checks read them: rules, selectors, the cascade, and contrast."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.colour import Colour
from newsletter.core.model.findings import Fault
from newsletter.message.checks import contrast, dark_complete
from newsletter.message.html.cascade import Painted, Scheme, painted
from newsletter.message.html.document import parse
from newsletter.message.html.selectors import matches, selectors
from newsletter.message.html.stylesheets import declarations, styles
from tests.support.checked import good, with_html

BLACK, WHITE, RED, NAVY = (
    Colour(0, 0, 0),
    Colour(255, 255, 255),
    Colour(255, 0, 0),
    Colour(0, 0, 128),
)


# --- reading -------------------------------------------------------------------------------------


def test_rules_come_with_their_conditions_and_lines() -> None:
    html = (
        "<style>\n.a, .b { color: red !important; }\n"
        "@media screen { @media (hover) { a { top: 0 } } }\n</style>"
        '<style media="print">p { color: blue }</style>'
    )
    first, nested, printed = styles(html).rules
    assert (first.written, first.media, first.line) == (".a, .b", (), 2)
    assert [(d.name, d.value, d.important) for d in first.declarations] == [("color", "red", True)]
    assert (nested.media, nested.line) == (("screen", "(hover)"), 3)
    assert printed.media == ("print",)
    assert [at.name for at in styles(html).at_rules] == ["media", "media"]


def test_broken_styles_are_read_as_far_as_they_go() -> None:
    html = "<style>a { color: red } } b { : ; x } .c[ { color: blue } d { top: 1px }</style>"
    assert next(rule.written for rule in styles(html).rules) == "a"
    assert [d.name for d in declarations("color red; top: 0; : 3; left")] == ["top"]


@given(st.text(max_size=60))
def test_any_text_is_read_as_a_style(text: str) -> None:
    declarations(text)
    styles(f"<style>{text}</style>")


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("p", ["two", "three"]),
        ("*", ["one two three four", "one", "two", "three", "four"]),
        (".x", ["two", "four"]),
        ("p.x", ["two"]),
        ("#top > p", ["two", "three"]),
        ("body p + p", ["three"]),
        ("h1 ~ p", ["two", "three"]),
        ("[data-k]", ["three"]),
        ('[data-k="v w"]', ["three"]),
        ('[data-k~="w"]', ["three"]),
        ('[data-k^="v"]', ["three"]),
        ('[data-k="x"]', []),
        ("p:not(.x)", ["three"]),
        ("h1:first-child", ["one"]),
        ("a:link", ["four"]),
        ("a:hover", []),
        ("p::first-line", []),
        ("p:nth-child(2)", []),
    ],
)
def test_selectors_match(selector: str, texts: list[str]) -> None:
    page = parse(
        '<body><div id="top"><h1>one</h1> <p class="x y">two</p> <p data-k="v w">three</p> '
        '<a class="x" href="/">four</a></div></body>'
    )
    found = [one for one in page.inside if any(matches(s, one) for s in selectors(selector))]
    assert [one.text for one in found] == texts


# --- the cascade ---------------------------------------------------------------------------------


def shown(body: str, css: str = "", scheme: Scheme = "light") -> Painted:
    """Paint a document; give what its element `id=it` looks like."""
    html = f"<html><head><style>{css}</style></head><body>{body}</body></html>"
    return next(found for element, found in painted(html, scheme) if element.get("id") == "it")


@pytest.mark.parametrize(
    ("css", "style", "expected"),
    [
        ("", "", BLACK),
        ("p { color: red }", "", RED),
        ("p { color: red }", "color: navy", NAVY),
        ("p { color: red !important }", "color: navy", RED),
        ("p { color: red !important }", "color: navy !important", NAVY),
        ("#it { color: navy } .c { color: red }", "", NAVY),
        (".c { color: navy } .c { color: red }", "", RED),
        (".c, #it { color: navy } p.c { color: red }", "", NAVY),
        ("div { color: red }", "", RED),
        ("@media (prefers-color-scheme: dark) { p { color: red } }", "", BLACK),
        ("@media screen and (max-width: 479px) { p { color: red } }", "", BLACK),
        ("@media print { p { color: red } }", "", BLACK),
        ("@media screen { p { color: red } }", "", RED),
        ("@media print, screen { p { color: red } }", "", RED),
        ("p { color: rgba(255, 0, 0, 0.5) }", "", Colour(255, 128, 128)),
        ("p { color: nonsense } p { color: hsl(0 100% 50%) }", "", RED),
    ],
)
def test_the_colour_that_wins(css: str, style: str, expected: Colour) -> None:
    body = f'<div><p id="it" class="c" style="{style}">x</p></div>'
    assert shown(body, css).colour == expected


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("", NAVY),
        ("background: red", RED),
        ("background: red; background-color: white", WHITE),
        ("background-color: white; background: red none", RED),
        ("background: url(https://x.example/a.png) no-repeat", None),
        ("background: red url(https://x.example/a.png)", RED),
        ("background: linear-gradient(red, white)", None),
        ("background-color: transparent", NAVY),
        ("background-color: rgba(255, 255, 255, 0)", NAVY),
    ],
)
def test_the_ground_under_a_text(style: str, expected: Colour | None) -> None:
    body = f'<table bgcolor="navy"><tr><td id="it" style="{style}">x</td></tr></table>'
    assert shown(body).ground == expected


@pytest.mark.parametrize(
    ("tag", "style", "size", "bold"),
    [
        ("p", "", 20, False),
        ("p", "font-size: 50%", 10, False),
        ("p", "font-size: 1.5em; font-weight: 700", 30, True),
        ("p", "font: bold 12pt/1.2 serif", 16, True),
        ("h1", "", 40, True),
        ("h1", "font-weight: normal", 40, False),
        ("strong", "", 20, True),
    ],
)
def test_size_and_weight(tag: str, style: str, size: float, bold: bool) -> None:
    found = shown(f'<div style="font-size: 20px"><{tag} id="it" style="{style}">x</{tag}></div>')
    assert (found.size, found.bold) == (size, bold)


@pytest.mark.parametrize("style", ["display: none", "visibility: hidden", "opacity: 0"])
def test_what_is_hidden_hides_what_is_in_it(style: str) -> None:
    assert shown(f'<div style="{style}"><p id="it">x</p></div>').hidden


def test_dark_rules_hold_in_the_dark_scheme_alone() -> None:
    css = "@media (prefers-color-scheme: dark) { body { background: #000; color: red } }"
    assert shown('<p id="it">x</p>', css, "dark").ground == BLACK
    assert shown('<p id="it">x</p>', css, "dark").colour == RED
    assert shown('<p id="it">x</p>', css, "light").ground == WHITE


# --- contrast and dark-complete ------------------------------------------------------------------


def faults(body: str, css: str = "") -> list[Fault]:
    html = f"<html><head><style>{css}</style></head><body>{body}</body></html>"
    return list(contrast.check(replace(good(), html=html)))


@pytest.mark.parametrize(
    ("style", "fine"),
    [
        ("color: #767676", True),  # 4.54
        ("color: #777777", False),  # 4.47
        ("color: #949494; font-size: 24px", True),  # 3.03
        ("color: #959595; font-size: 24px", False),  # 2.99
        ("color: #949494; font-size: 23px", False),
        ("color: #949494; font-size: 19px; font-weight: bold", True),
        ("color: #ffffff; display: none", True),
    ],
)
def test_contrast_at_its_limits(style: str, fine: bool) -> None:
    assert (faults(f'<p style="{style}">x</p>') == []) is fine


def test_a_pair_of_colours_is_told_once_with_its_first_place() -> None:
    (fault,) = faults('<p style="color: #999">one</p><p style="color: #999">two</p>')
    assert (fault.measured, fault.limit) == ("2.84 : 1", "4.5 : 1")
    assert "in 2 place(s)" in fault.message
    assert fault.place is not None
    assert (fault.place.tag, fault.place.index, fault.place.excerpt) == ("p", 0, "one")


def test_dark_styles_are_measured_too() -> None:
    css = "@media (prefers-color-scheme: dark) { body { background: #000 } }"
    (fault,) = faults('<p style="color: #222">x</p>', css)
    assert "in the dark scheme" in fault.message


def test_alternative_text_is_text() -> None:
    assert faults('<img alt="A map" style="color: #ccc">')
    assert not faults('<img alt="" style="color: #ccc">')


def test_a_ground_that_stays_bright_in_the_dark_is_found() -> None:
    broken = with_html(".tint, .prose code, .prose pre, .picture img, ", "")
    (fault,) = dark_complete.check(broken)
    assert "#F6F3EC" in fault.message


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("border: 1px solid #DEDAD1", {"#DEDAD1"}),
        ("border-top: 2px solid red; border-bottom-color: navy", {"#FF0000", "#000080"}),
        ("border: 1px solid red; border: 0", set()),
        ("border: 1px solid red; border-color: navy", {"#000080"}),
        ("border: none", set()),
        ("border: 1px solid transparent", set()),
    ],
)
def test_the_colours_of_borders(style: str, expected: set[str]) -> None:
    edges = shown(f'<p id="it" style="{style}">x</p>').edges
    assert {edge.written for edge in edges} == expected


def test_a_line_that_stays_bright_in_the_dark_is_found() -> None:
    checked = with_html("</h1>", '</h1><p style="border-left: 3px solid #DEDAD1">x</p>')
    (fault,) = (one for one in dark_complete.check(checked) if "border" in one.message)
    assert "The border #DEDAD1 stays bright" in fault.message


def test_the_page_behind_the_mail_counts_too() -> None:
    html = "<style>@media (prefers-color-scheme: dark) { p { color: red } }</style>"
    html += '<body style="background: #fff"><p>x</p></body>'
    html = html.replace("<style>", '<meta name="color-scheme" content="light dark"><style>')
    said = [one.message for one in dark_complete.check(replace(good(), html=html))]
    assert any("The ground #FFFFFF stays bright" in one for one in said)
