"""The premailer recipe puts rules into elements and changes nothing else."""

from __future__ import annotations

import re

import pytest

from newsletter.core.errors import NewsletterError, TemplateError
from newsletter.message.render import inline as inlining
from newsletter.message.render import inline_process
from newsletter.message.render.inline import inline
from newsletter.message.render.mjml import to_html

CLIENT = """:root { color-scheme: light dark; }
u + .body .x { color: red; }
[data-ogsc] .x { color: #FFFFFF !important; }
@supports (display: grid) { .x { color: blue; } }
@media (prefers-color-scheme: dark) { .x { color: #EEEEEE !important; } }"""

Premailer = inlining.Premailer  # as the product loads it: its cache is made when it is loaded


@pytest.fixture
def _inlined_here() -> None:
    """Leave the process of its own in place: it is the subject."""


BASE = """.x { color: #14161A; font-size: 17px; }
img { width: 100%; height: auto; }
p { text-align: left; background-color: #FFFFFF; }
.x a { color: #A3231F; }"""


def mail(
    text: str = '<p class="x">A &nbsp;b é 👩‍🚀 <a href="-merge0_u_h-?a=1&amp;b=2">c</a></p>',
) -> str:
    return to_html(
        f'<mjml lang="en" dir="ltr"><mj-head><mj-style>{CLIENT}</mj-style></mj-head>'
        f'<mj-body width="640px"><mj-section><mj-column><mj-text>{text}</mj-text>'
        '<mj-image src="https://brief.example.org/a.jpg" alt="é" padding="0px" />'
        "</mj-column></mj-section></mj-body></mjml>"
    )


def test_base_rules_stand_in_the_elements() -> None:
    rendered = inline(mail(), BASE)
    assert re.search(r'<p class="x" style="[^"]*color:#14161A;[^"]*font-size:17px', rendered)
    assert re.search(r'<a href="[^"]*" style="color:#A3231F"', rendered)


def test_client_rules_stay_byte_for_byte() -> None:
    assert f">{CLIENT}</style>" in inline(mail(), BASE)


def test_the_doctype_comes_first() -> None:
    assert inline(mail(), BASE).startswith("<!DOCTYPE html>")


def test_outlook_comments_and_name_spaces_stay() -> None:
    before, after = mail(), inline(mail(), BASE)
    comments = re.compile(r"<!--.*?-->", re.DOTALL)
    assert comments.findall(after) == comments.findall(before)
    assert 'xmlns:v="urn:schemas-microsoft-com:vml"' in after


def test_picture_widths_stay_whole_numbers() -> None:
    assert re.search(r'<img [^>]*width="640"', inline(mail(), BASE))


def test_no_attribute_is_made_from_a_rule() -> None:
    for tag in re.findall(r"<(?:p|div|h1|a)\b[^>]*>", inline(mail(), BASE)):
        assert not re.search(r"\s(?:align|valign|bgcolor|width|height)=", tag)


def test_placeholders_and_addresses_stay() -> None:
    assert 'href="-merge0_u_h-?a=1&amp;b=2"' in inline(mail(), BASE)


def test_characters_beyond_ascii_stay() -> None:
    rendered = inline(mail(), BASE)
    assert "é 👩‍🚀" in rendered
    assert "\u00a0" in rendered or "&nbsp;" in rendered or "&#160;" in rendered


def test_inlining_twice_changes_nothing_more() -> None:
    once = inline(mail(), BASE)
    assert inline(once, BASE) == once


def test_html_without_a_doctype_is_refused() -> None:
    with pytest.raises(TemplateError, match="doctype"):
        inline("<html><body><p>words</p></body></html>", BASE)


def test_a_process_of_its_own_gives_the_same() -> None:
    assert inline_process.inline(mail(), BASE) == inline(mail(), BASE)


def test_a_process_of_its_own_says_what_is_wrong() -> None:
    with pytest.raises(TemplateError) as here:
        inline("<html><body><p>words</p></body></html>", BASE)
    with pytest.raises(TemplateError) as there:
        inline_process.inline("<html><body><p>words</p></body></html>", BASE)
    assert (there.value.what, there.value.hint) == (here.value.what, here.value.hint)


def test_a_process_that_fails_is_told() -> None:
    with pytest.raises(NewsletterError, match=r"inlines the style sheet failed: .*Error"):
        inline_process.inline("<!doctype html><html></html>", BASE)


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (lambda html: html.replace("!important", ""), "the style elements"),
        (lambda html: html.replace('width="640"', 'width="100%"'), "the widths"),
        (lambda html: html.replace("<!DOCTYPE html>", ""), "the doctype"),
        (
            lambda html: html.replace("<body", "<!-- --><body"),
            "the conditional comments",
        ),
        (lambda html: html.replace("-merge0_u_h-", "x"), "the addresses"),
        (lambda html: html.replace("👩‍🚀", ""), "the text"),
        (lambda html: html.replace("xmlns:v", "xmlns:w"), "the name spaces"),
    ],
)
def test_a_harmful_release_of_premailer_is_noticed(
    harm: object, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transform = Premailer.transform
    assert callable(harm)
    monkeypatch.setattr(Premailer, "transform", lambda self, **kw: harm(transform(self, **kw)))
    with pytest.raises(TemplateError, match=named):
        inline(mail(), BASE)


def test_bug_premailer_drops_a_lower_case_doctype() -> None:
    kept = Premailer("<!doctype html><html><body></body></html>", allow_network=False).transform()
    assert "doctype" not in kept.lower()  # mended: then `inline` need not write it in capitals


def test_bug_premailer_strips_important_from_media_rules() -> None:
    css = "@media (max-width:1px) { p { color: red !important } }"
    page = f"<!DOCTYPE html><html><head><style>{css}</style></head><body><p>a</p></body></html>"
    assert "!important" not in Premailer(page, allow_network=False).transform()


def test_a_second_mail_of_the_same_look_reads_no_style_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look = "".join(f".c{number} {{ padding: {number}px; }}" for number in range(300))
    words = "".join(
        f'<p class="c{number}" style="margin:{number}px">a</p>' for number in range(300)
    )
    first = inline(mail(words), look)
    monkeypatch.setattr("premailer.merge_style.cssutils.parseStyle", None)
    assert inline(mail(words), look) == first
