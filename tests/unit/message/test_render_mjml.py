"""mjml-python: its bugs are pinned, so that a release that mends one is noticed."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import mjml
import pytest

from newsletter.core.errors import TemplateError, UsageError
from newsletter.message.render.mjml import to_html


def body(column: str, *, section: str = "", head: str = "") -> str:
    return to_html(
        f'<mjml><mj-head>{head}</mj-head><mj-body width="640px"><mj-section {section}>'
        f"<mj-column>{column}</mj-column></mj-section></mj-body></mjml>"
    )


def picture_width(padding: str) -> int:
    rendered = body(
        '<mj-image padding="0px" src="https://brief.example.org/a.jpg" alt="" />',
        section=f'padding="{padding}"',
    )
    found = re.search(r'<img[^>]* width="(\d+)"', rendered)
    assert found
    return int(found[1])


def test_no_font_is_linked() -> None:
    assert "fonts.googleapis" not in body("<mj-text>words</mj-text>")


def test_an_engine_error_becomes_a_template_error() -> None:
    with pytest.raises(TemplateError, match="mjml-python cannot render"):
        to_html("<mjml><mj-body>")


def test_another_distribution_called_mjml_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(mjml, "mjml2html")
    with pytest.raises(UsageError, match="not mjml-python") as caught:
        to_html("<mjml/>")
    assert "install mjml-python" in caught.value.hint


def test_bug_a_bare_zero_spoils_the_width() -> None:
    assert picture_width("0px 20px") == 600
    assert picture_width("0 20px") == 640  # 600 is right: then the guard's rule can go


@pytest.mark.parametrize(
    ("value", "printed"),
    [("e\u0301", r"e\u{301}"), ("a\\b", r"a\\b"), ("\u200d", r"\u{200d}"), ("a\tb", r"a\tb")],
)
def test_bug_attribute_values_are_printed_as_escapes(value: str, printed: str) -> None:
    image = f'<mj-image src="https://brief.example.org/a.jpg" alt="{value}" />'
    assert f'alt="{printed}"' in body(image)


def test_bug_the_title_is_printed_with_escapes_in_a_label() -> None:
    assert 'aria-label="e\\u{301}"' in body("", head="<mj-title>e\u0301</mj-title>")


def test_bug_a_picture_without_alt_gets_none() -> None:
    assert "alt=" not in body('<mj-image src="https://brief.example.org/a.jpg" />')


def test_bug_inline_styles_are_not_inlined() -> None:
    head = '<mj-style inline="inline">.x { color: red }</mj-style>'
    rendered = body('<mj-text css-class="x">words</mj-text>', head=head)
    assert ".x { color: red }" in rendered


def test_bug_unknown_elements_and_wrong_closing_tags_are_taken_silently() -> None:
    assert "<mj-foo" in body("<mj-foo>words</mj-foo>")
    assert "words" in body("<mj-text>words</mj-txt>")


REFUSED = (
    "<mj-raw position='file-start'>a</mj-raw>",
    "<mj-head><mj-html-attributes></mj-html-attributes></mj-head>",
    "<mj-head><mj-attributes><mj-class name='a'><mj-text/></mj-class></mj-attributes></mj-head>",
    "<mj-body><mj-section><mj-column><mj-text><![CDATA[a]]></mj-text></mj-column></mj-section>",
    "<mj-body><mj-include path='a.mjml' /></mj-body>",
)


@pytest.mark.parametrize("markup", REFUSED)
def test_bug_what_mjml_takes_is_refused_without_a_line(markup: str) -> None:
    with pytest.raises(TemplateError, match="mjml-python cannot render") as caught:
        to_html(f"<mjml>{markup}</mjml>")
    assert "line" not in caught.value.what


def test_bug_defaults_for_the_body_are_ignored() -> None:
    head = "<mj-attributes><mj-body background-color='#123456' width='500px'/></mj-attributes>"
    bare = f"<mjml><mj-head>{head}</mj-head><mj-body><mj-section/></mj-body></mjml>"
    rendered = to_html(bare)
    assert "#123456" not in rendered
    assert "500px" not in rendered


def test_bug_of_two_bodies_the_last_one_wins_silently() -> None:
    bodies = "".join(
        f"<mj-body><mj-section><mj-column><mj-text>{word}</mj-text></mj-column></mj-section>"
        "</mj-body>"
        for word in ("first", "second")
    )
    rendered = to_html(f"<mjml>{bodies}</mjml>")
    assert "second" in rendered
    assert "first" not in rendered


# Where an element stands, with a gap for one of its attributes.
_SECTION = "<mj-section{}><mj-column><mj-text>a</mj-text></mj-column></mj-section>"
PLACES = {
    "mj-section": _SECTION,
    "mj-wrapper": f"<mj-wrapper{{}}>{_SECTION.format('')}{_SECTION.format('')}</mj-wrapper>",
    "mj-hero": "<mj-hero{}><mj-text>a</mj-text></mj-hero>",
    "mj-button": '<mj-button href="b"{}>a</mj-button>',
    "mj-image": '<mj-image src="a" srcset="b 2x" alt=""{} />',
    "mj-spacer": "<mj-spacer{} />",
    "mj-text": "<mj-text{}>a</mj-text>",
    "mj-table": "<mj-table{}><tr><td>a</td></tr></mj-table>",
    "mj-social": "<mj-social{}><mj-social-element name='x' href='a'>a</mj-social-element>"
    "</mj-social>",
    "mj-social-element": "<mj-social><mj-social-element name='x' href='a'{}>a</mj-social-element>"
    "</mj-social>",
    "mj-accordion-title": "<mj-accordion><mj-accordion-element><mj-accordion-title{}>a"
    "</mj-accordion-title><mj-accordion-text>b</mj-accordion-text></mj-accordion-element>"
    "</mj-accordion>",
}
VALUES = {
    "color": ("#123456", "#654321"),
    "border": ("3px solid #123456", "9px dashed #654321"),
    "role": ("none", "presentation"),
    "table-layout": ("auto", "fixed"),
    "icon-position": ("left", "right"),
}


def ignored() -> list[tuple[str, str]]:
    """List the attributes that the guard refuses because they are without effect."""
    table = tomllib.loads(
        (files("newsletter.message.render") / "mjml.toml").read_text(encoding="utf-8")
    )
    return [
        (tag, name)
        for tag, kinds in table.items()
        for name in kinds.get("ignored", ())
        if tag in PLACES
    ]


@pytest.mark.parametrize(("tag", "name"), ignored())
def test_bug_an_attribute_of_mjml_has_no_effect(tag: str, name: str) -> None:
    kind = name if name in VALUES else "color" if "color" in name else name.partition("-")[0]
    drawn = set()
    for attribute in ("", *(f' {name}="{value}"' for value in VALUES.get(kind, ("7px", "19px")))):
        piece = PLACES[tag].format(attribute)
        whole = piece if tag in {"mj-section", "mj-wrapper", "mj-hero"} else None
        drawn.add(to_html(f"<mjml><mj-body>{whole}</mj-body></mjml>") if whole else body(piece))
    assert len(drawn) == 1  # more: it has an effect now, and leaves `ignored` in mjml.toml


def test_every_ignored_attribute_is_tried_or_tested_by_name() -> None:
    tags = {tag for tag, _ in ignored()}
    assert tags == set(PLACES)
