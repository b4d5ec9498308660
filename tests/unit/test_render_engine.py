"""mjml-python: its bugs are pinned, so that a release that mends one is noticed."""

from __future__ import annotations

import re

import mjml
import pytest

from newsletter.errors import TemplateError, UsageError
from newsletter.render.engine import to_html


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
