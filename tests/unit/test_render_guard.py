"""The guard in front of mjml-python refuses what the engine would render wrongly."""

from __future__ import annotations

import pytest

from newsletter.errors import TemplateError
from newsletter.render.engine import to_html
from newsletter.render.guard import refuse_faults

TEXT = "<mj-text>words</mj-text>"


def document(column: str = TEXT, *, head: str = "", section: str = "") -> str:
    return (
        f"<mjml>\n<mj-head>{head}</mj-head>\n<mj-body><mj-section {section}><mj-column>\n"
        f"{column}\n</mj-column></mj-section></mj-body>\n</mjml>"
    )


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
    ],
)
def test_sound_mjml_passes(column: str) -> None:
    refuse_faults(document(column))
    assert to_html(document(column)).startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("<mj-foo/>", "there is no <mj-foo>"),
        ("<p>words</p>", "<p> cannot stand in <mj-column>"),
        ("<mj-section/>", "<mj-section> cannot stand in <mj-column>"),
        ("<mj-text>a</mj-txt>", "mismatched tag"),
        ("<mj-text><p>a</mj-text>", "mismatched tag"),
        ("<mj-text>a<br></mj-text>", "mismatched tag"),
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
        ('<mj-image src="a.jpg" alt="é" />', "alt has to go through the filter"),
        ('<mj-image src="a.jpg" alt="a\\b" />', "alt has to go through the filter"),
        ('<mj-image src="a.jpg" alt="a\nb" />', "alt has to go through the filter"),
        ("<mj-text><a title='\u200d'>a</a></mj-text>", "title has to go through the filter"),
        ('<mj-raw position="file-start">a</mj-raw>', "<mj-raw position>"),
        ('<mj-include path="a.mjml" />', "<mj-include> does not work"),
    ],
)
def test_a_fault_in_a_column_is_refused_with_its_line(column: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as caught:
        refuse_faults(document(column))
    assert sentence in caught.value.what
    assert "line 4" in caught.value.what or "mismatched" in sentence


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ('<mj-style inline="inline">p {}</mj-style>', "<mj-style inline>"),
        ("<mj-html-attributes/>", "<mj-html-attributes> does not work"),
        ('<mj-attributes><mj-body width="1px"/></mj-attributes>', "defaults for mj-body"),
        ('<mj-attributes><mj-class name="a"><mj-text/></mj-class></mj-attributes>', "<mj-class>"),
        ('<mj-attributes><mj-text padding="0"/></mj-attributes>', "bare zero"),
    ],
)
def test_a_fault_in_the_head_is_refused(head: str, sentence: str) -> None:
    with pytest.raises(TemplateError, match="line 2") as caught:
        refuse_faults(document(head=head))
    assert sentence in caught.value.what


def test_the_line_is_shown_to_whoever_has_to_mend_it() -> None:
    with pytest.raises(TemplateError) as caught:
        refuse_faults(document("<mj-foo/>"))
    assert caught.value.hint == "The line begins: <mj-foo/>"


@pytest.mark.parametrize("text", ["", "words", "<html/>", "<!DOCTYPE mjml><mjml/>"])
def test_what_is_no_mjml_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        refuse_faults(text)


def test_a_wrapper_with_gap_is_refused() -> None:
    body = '<mjml><mj-body><mj-wrapper gap="4px"></mj-wrapper></mj-body></mjml>'
    with pytest.raises(TemplateError, match="gap"):
        refuse_faults(body)
