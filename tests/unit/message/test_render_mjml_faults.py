"""The guard in front of mjml-python finds what the engine would render wrongly."""

from __future__ import annotations

import pytest

from newsletter.message.render.mjml import Fault, first_fault, to_html

TEXT = "<mj-text>words</mj-text>"


def document(column: str = TEXT, *, head: str = "", section: str = "") -> str:
    return (
        f"<mjml>\n<mj-head>{head}</mj-head>\n<mj-body><mj-section {section}><mj-column>\n"
        f"{column}\n</mj-column></mj-section></mj-body>\n</mjml>"
    )


def fault_in(mjml: str) -> Fault:
    found = first_fault(mjml)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "column",
    [
        TEXT,
        "<mj-text><p>&nbsp;&mdash; &#160; a &amp; b<br/></p></mj-text>",
        "<mj-text><!-- a \\ in a comment = 'é' --></mj-text>",
        '<mj-image src="https://brief.example.org/a.jpg" alt="" padding="0px 20px" />',
        "<mj-raw><table><tr><td>words</td></tr></table></mj-raw>",
        '<mj-text padding="10px 0px"><img src="a" alt="words" /></mj-text>',
        "<mj-social><mj-social-element>words</mj-social-element></mj-social>",
        '<mj-text color="rgba(0, 0, 0, 0.5)">words</mj-text>',
        '<mj-text color="rgb(1, 2, 3)" line-height="1.5" align="justify">words</mj-text>',
        '<mj-text color="darkred" letter-spacing="-0.4px" css-class="a b">words</mj-text>',
        '<mj-image src="a" alt="" width="40.5px" height="auto" fluid-on-mobile="true" />',
        '<mj-table cellpadding="3" width="auto"><tr><td>words</td></tr></mj-table>',
        '<mj-button border-radius="3px 0 0 3px" color="transparent">a</mj-button>',
    ],
)
def test_sound_mjml_passes(column: str) -> None:
    assert first_fault(document(column)) is None
    assert to_html(document(column)).startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("<mj-foo/>", "there is no <mj-foo>"),
        ("<mj-txt/>", "there is no <mj-txt>; the nearest is <mj-text>"),
        ("<p>words</p>", "<p> cannot stand in <mj-column>"),
        ("<mj-section/>", "<mj-section> cannot stand in <mj-column>"),
        ("<mj-text>a</mj-txt>", "mismatched tag, <mj-text> is still open"),
        ("<mj-text><p>a</mj-text>", "mismatched tag, <p> is still open"),
        ("<mj-text>a<br></mj-text>", "mismatched tag, <br> is still open"),
        ("<mj-text>5 < 6</mj-text>", "not well-formed"),
        ("<mj-text>a & b</mj-text>", "not well-formed"),
        ("<mj-text>&nothing;</mj-text>", "not well-formed"),
        ("<mj-text color=red>a</mj-text>", "not well-formed"),
        ("<mj-text><![CDATA[a]]></mj-text>", "a CDATA section"),
        ("<mj-text><?php ?></mj-text>", "a processing instruction"),
        ('<mj-text padding="0 20px">a</mj-text>', "bare zero"),
        ('<mj-text padding="20px 0">a</mj-text>', "bare zero"),
        ('<mj-button inner-padding="0">a</mj-button>', "bare zero"),
        ('<mj-image src="a.jpg" />', "<mj-image> has no alt"),
        ('<mj-text><img src="a.jpg" /></mj-text>', "<img> has no alt"),
        ('<mj-image src="a.jpg" alt="é" />', "alt contains “é” (U+00E9); use the filter"),
        ('<mj-image src="a.jpg" alt="a\\b" />', "alt contains a backslash; use the filter"),
        ('<mj-image src="a.jpg" alt="a\nb" />', "alt contains a line break; use the filter"),
        ('<mj-image src="a.jpg" alt="a\tb" />', "alt contains a tab; use the filter"),
        ("<mj-text><a title='\u200d'>a</a></mj-text>", "title contains “\u200d” (U+200D)"),
        ('<mj-raw position="file-start">a</mj-raw>', "<mj-raw position> has no effect"),
        ('<mj-include path="a.mjml" />', "<mj-include> does not work"),
        ('<mj-text colour="#000">a</mj-text>', "no attribute colour; the nearest is color"),
        ('<mj-text href="a">a</mj-text>', "<mj-text> has no attribute href"),
        ('<mj-text color="reed">a</mj-text>', 'color="reed" is not a colour'),
        ('<mj-text font-size="17">a</mj-text>', 'font-size="17" is not a number with px'),
        ('<mj-text align="middle">a</mj-text>', 'align="middle" is not one of left, right, '),
        ('<mj-image alt="" src="a" fluid-on-mobile="yes" />', "is not one of true, false"),
        ('<mj-table cellpadding="1px"><tr><td/></tr></mj-table>', "is not a number"),
        ('<mj-text background-color="#FFFFFF">a</mj-text>', "<mj-text background-color> has no"),
        ('<mj-spacer border="1px solid #000" />', "<mj-spacer border> has no effect here"),
    ],
)
def test_a_fault_in_a_column_is_found_in_its_line(column: str, sentence: str) -> None:
    found = fault_in(document(column))
    assert sentence in found.sentence
    assert found.line == 4


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('<mj-style inline="inline">p {}</mj-style>', "put the rules into base.css"),
        ("<mj-html-attributes/>", "<mj-html-attributes> does not work"),
        ('<mj-attributes><mj-body width="1px"/></mj-attributes>', "defaults for mj-body"),
        ('<mj-attributes><mj-class name="a"><mj-text/></mj-class></mj-attributes>', "<mj-class>"),
        ('<mj-attributes><mj-text padding="0"/></mj-attributes>', "bare zero"),
        (
            '<mj-attributes><mj-all color="#000" paddng="1px"/></mj-attributes>',
            "is padding",
        ),
        ('<mj-title lang="en">a</mj-title>', "<mj-title> has no attribute lang"),
        ("<mj-title>a\u0301</mj-title>", "mj-title contains “\u0301” (U+0301); use the filter"),
        ('<mj-breakpoint width="30em" />', "is not a number with px"),
    ],
)
def test_a_fault_in_the_head_is_found(head: str, sentence: str) -> None:
    found = fault_in(document(head=head))
    assert sentence in found.sentence
    assert found.line == 2


@pytest.mark.parametrize("text", ["", "words", "<html/>", "<!DOCTYPE mjml><mjml/>"])
def test_what_is_no_mjml_is_refused(text: str) -> None:
    assert first_fault(text) is not None


def test_a_wrapper_with_gap_is_refused() -> None:
    body = '<mjml><mj-body><mj-wrapper gap="4px"></mj-wrapper></mj-body></mjml>'
    assert fault_in(body).sentence == "<mj-wrapper gap> has no effect here; use padding"


def test_the_column_is_that_of_the_fault_whatever_entities_stand_before_it() -> None:
    line = '<mj-text>&nbsp;&eacute;&mdash;</mj-text><mj-text><img src="a" /></mj-text>'
    assert fault_in(document(line)).column == line.index("<img")
    line = '<mj-text title="ok" color="#000"><a title="é">a</a></mj-text>'.replace(
        ' title="ok"', ""
    )
    assert fault_in(document(line)).column == line.index("title=")
