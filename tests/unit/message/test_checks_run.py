"""Running checks: levels, order, and filling the message for one reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.core.errors import ConfigError, TemplateError
from newsletter.core.model import Message
from newsletter.core.model.findings import Place, Severity
from newsletter.message import check, merge
from newsletter.message.checks import mso_balance
from newsletter.message.html.document import parse
from newsletter.message.render.message import render
from tests.support.checked import READER, good, with_html, with_link, with_picture
from tests.support.edition import (
    ADDRESS,
    TEMPLATES,
    UNSUBSCRIBE,
    make_edition,
    make_settings,
    make_story,
)


def codes(*findings: object) -> set[str]:
    return {found.code for found in findings}  # type: ignore[attr-defined]


# --- run -----------------------------------------------------------------------------------------


def test_findings_come_errors_first_then_by_code() -> None:
    broken = replace(good(), subject="", text="", html="")
    found = check.run(broken, {})
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert [(order.index(f.severity), f.code) for f in found] == sorted(
        (order.index(f.severity), f.code) for f in found
    )
    assert {f.severity for f in found} == {Severity.ERROR, Severity.WARNING}


def test_a_level_of_the_publication_wins() -> None:
    broken = replace(good(), subject="")
    (found,) = check.run(broken, {"subject": Severity.ERROR})
    assert (found.code, found.severity) == ("subject", Severity.ERROR)


def test_a_check_that_is_off_says_nothing() -> None:
    assert check.run(replace(good(), subject=""), {"subject": Severity.OFF}) == ()


def test_an_unknown_code_lists_the_valid_ones() -> None:
    with pytest.raises(ConfigError, match="no check called “img-atl”") as caught:
        check.run(good(), {"img-atl": Severity.OFF})
    assert "Did you mean “img-alt”?" in caught.value.hint
    assert "Valid: author-dash, " in caught.value.hint


def test_a_finding_has_what_the_check_measured_and_where() -> None:
    (found,) = check.run(replace(good(), subject="word " * 20), {})
    assert (found.measured, found.limit) == ("100 characters", "70 characters")
    assert found.place == Place(part="subject", excerpt="word " * 20)


def test_running_all_checks_twice_gives_the_same() -> None:
    broken = with_link("#")
    assert check.run(broken, {}) == check.run(broken, {})


# --- checked_message -----------------------------------------------------------------------------


def test_the_reader_s_values_stand_in_all_parts() -> None:
    assert ADDRESS in good().html
    assert ADDRESS in good().text
    assert merge.leftovers(good().html + good().text) == []


def test_a_field_without_value_and_fallback_is_told_with_its_cure() -> None:
    settings = make_settings(Path())
    message = render(make_edition(), settings, folders=[TEMPLATES]).message
    with pytest.raises(TemplateError, match="“address”") as caught:
        check.checked_message(
            make_edition(), message, values={}, unsubscribe_url=UNSUBSCRIBE, settings=settings
        )
    assert 'merge("address", "…")' in caught.value.hint


def test_values_are_escaped_in_html_only() -> None:
    settings = make_settings(Path())
    message = render(make_edition(), settings, folders=[TEMPLATES]).message
    checked = check.checked_message(
        make_edition(),
        message,
        values=READER | {"address": "<a&b>@brief.example.org"},
        unsubscribe_url=UNSUBSCRIBE,
        settings=settings,
    )
    assert "&lt;a&amp;b&gt;@brief.example.org" in checked.html
    assert "<a&b>@brief.example.org" in checked.text


# --- limits, at their edges ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (79_999, set()),
        (80_000, {"size-large"}),
        (102_399, {"size-large"}),
        (102_400, {"size-clip"}),
    ],
)
def test_size_is_measured_in_bytes_of_the_final_html(size: int, expected: set[str]) -> None:
    filled = good().html + "\n" * (size - len(good().html.encode()))
    assert codes(*check.run(replace(good(), html=filled), {})) == expected


@pytest.mark.parametrize(("length", "fits"), [(77, True), (78, False)])
def test_the_unsubscribe_header_fits_into_77_bytes(length: int, fits: bool) -> None:
    url = "https://brief.example.org/".ljust(length - 2, "u")
    found = check.run(replace(good(), unsubscribe_url=url), {})
    assert ("list-unsubscribe" not in codes(*found)) is fits


def test_http_on_this_machine_is_fine_for_a_demonstration() -> None:
    url = "http://localhost:8000/u/1"
    checked = replace(
        good(),
        unsubscribe_url=url,
        html=good().html.replace(UNSUBSCRIBE, url),
        text=good().text.replace(UNSUBSCRIBE, url),
    )
    found = codes(*check.run(checked, {}))
    assert found <= {"link-placeholder"}  # the site itself is now a foreign example host


@pytest.mark.parametrize("line", ["x" * 998, "é" * 499])
def test_a_line_may_have_998_octets(line: str) -> None:
    html = good().html + "\n" + line
    assert "line-length" not in codes(*check.run(replace(good(), html=html), {}))
    assert "line-length" in codes(*check.run(replace(good(), html=html + "é"), {}))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "link-empty"),
        ("/relative", "link-scheme"),
        ("data:text/html,x", "link-scheme"),
        ("https://a.example/x", "link-placeholder"),
        ("https://news.test", "link-placeholder"),
        ("http://news.example.edu", "link-insecure"),
    ],
)
def test_a_bad_link_is_found_by_its_check(address: str, code: str) -> None:
    assert code in codes(*check.run(with_link(address), {}))


@pytest.mark.parametrize(
    "address", ["https://example.edu", "mailto:desk@news.example.edu", "tel:+4412345", UNSUBSCRIBE]
)
def test_a_good_link_is_not(address: str) -> None:
    assert check.run(with_link(address), {}) == ()


def test_a_link_without_text_is_found_and_one_around_a_picture_is_not() -> None:
    assert "link-empty" in codes(*check.run(with_link("https://example.edu", ""), {}))
    picture = '<img src="https://example.edu/a.png" alt="A map" width="10">'
    assert check.run(with_link("https://example.edu", picture), {}) == ()


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        ('<img src="https://example.edu/a.png" alt="IMG_2041.jpg" width="10">', "img-alt"),
        ('<img src="https://example.edu/a.png" alt="" width="641">', "img-width"),
        ('<img src="https://example.edu/a.png" alt="">', "img-width"),
        ('<img src="cid:a" alt="" width="10">', "img-url"),
    ],
)
def test_a_bad_picture_is_found_by_its_check(picture: str, code: str) -> None:
    assert code in codes(*check.run(with_picture(picture), {}))


def test_language_has_to_stand_inside_the_body_too() -> None:
    html = with_html('lang="en" dir="ltr" xmlns', "xmlns").html
    assert "lang-dir" in codes(*check.run(replace(good(), html=html), {}))
    outer = good().html.replace('lang="en"', "", 2).replace("<html", '<html lang="en"', 1)
    assert "lang-dir" in codes(*check.run(replace(good(), html=outer), {}))


def test_a_tag_of_the_message_that_was_not_replaced_is_found() -> None:
    tag = good().message.fields[0].text_tag
    (found,) = check.run(replace(good(), text=good().text + tag), {})
    assert found.code == "placeholder-left"
    assert tag in found.message


def test_headings_may_go_up_but_not_jump_down() -> None:
    assert "heading-order" in codes(*check.run(with_html("</h1>", "</h1><h4>x</h4>"), {}))
    rising = with_html("</h1>", "</h1><h2>x</h2><h3>x</h3>")
    assert "heading-order" not in codes(*check.run(rising, {}))


@pytest.mark.parametrize(
    ("subject", "fine"),
    [("A" * 70, False), ("Aa" * 35, True), ("Aa" * 36, False), ("NATO", True), ("a\nb", False)],
)
def test_subjects(subject: str, fine: bool) -> None:
    assert (check.run(replace(good(), subject=subject), {}) == ()) is fine


@pytest.mark.parametrize(
    ("preheader", "fine"),
    [("a" * 39, False), ("a" * 40, True), ("a" * 140, True), ("a" * 141, False)],
)
def test_preheaders(preheader: str, fine: bool) -> None:
    message: Message = replace(good().message, preheader=preheader)
    assert (check.run(replace(good(), message=message), {}) == ()) is fine


def test_a_preheader_that_repeats_the_subject_is_found() -> None:
    text = "A subject that is long enough to be a preheader"
    checked = replace(good(), subject=text, message=replace(good().message, preheader=text))
    assert codes(*check.run(checked, {})) == {"preheader"}


def test_a_story_without_headline_or_text_is_found() -> None:
    empty = make_edition(stories=(make_story(headline=" ", paragraphs=(" ",)),))
    found = [f for f in check.run(replace(good(), edition=empty), {}) if f.code == "lead-story"]
    assert len(found) == 2


def test_html_in_the_text_part_is_found() -> None:
    for mark in ("<p>", "</a>", "&nbsp;", "<br/>"):
        assert "text-part" in codes(*check.run(replace(good(), text=good().text + mark), {}))


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<!--[if mso]>", "do not pair up"),
        ("<![endif]-->", "do not pair up"),
        ("<!--[if mso]><table><tr><td><![endif]-->", "a <td> has no partner"),
        ("<!--[if mso]></td><![endif]-->", "a <div> has no partner"),
        ('<!--[if mso]><table width="641"></table><![endif]-->', "is 641 px wide"),
        ('<!--[if mso]><table><tr><td style="width:700px"></td></tr></table><![endif]-->', "700"),
    ],
)
def test_what_breaks_only_in_outlook_is_found(markup: str, said: str) -> None:
    found = list(mso_balance.check(with_html("</h1>", f"</h1>{markup}")))
    assert len(found) == 1
    assert said in found[0].message
    assert found[0].place is not None
    assert found[0].place.line


def test_outlook_s_parts_may_open_in_one_comment_and_close_in_another() -> None:
    first, second = "<table><tr><td>", "</td></tr></table>"
    halves = f"<!--[if mso]>{first}<![endif]--><p>x</p><!--[if mso]>{second}<![endif]-->"
    assert list(mso_balance.check(with_html("</h1>", f"</h1>{halves}"))) == []


@pytest.mark.parametrize(
    ("line", "fine"),
    [
        ("See https://elsewhere.example/a.", False),
        (f"See {UNSUBSCRIBE}.", True),
        (f"Leave ({UNSUBSCRIBE}), if you like", True),
        ("See www.elsewhere.example", True),
    ],
)
def test_an_address_that_only_the_text_part_has_is_found(line: str, fine: bool) -> None:
    checked = replace(good(), text=f"{good().text}\n{line}\n")
    assert ("text-agrees" not in codes(*check.run(checked, {}))) is fine


@pytest.mark.parametrize("stray", ["\x07", "\x92", "\ufffd"])
def test_a_character_that_belongs_in_no_mail_is_found_in_both_parts(stray: str) -> None:
    checked = with_html("Saltmouth", f"Salt{stray}mouth")
    checked = replace(checked, text=f"Salt{stray}mouth\n{checked.text}")
    in_html, in_text = (f for f in check.run(checked, {}) if f.code == "charset")
    assert in_html.measured == in_text.measured == f"U+{ord(stray):04X}"
    assert in_text.place == Place(part="text", line=1, excerpt=in_text.place.excerpt)
    assert in_text.place.excerpt.startswith("Saltmouth")


# --- the page ------------------------------------------------------------------------------------


def test_a_page_s_text_leaves_out_comments_styles_and_the_head() -> None:
    page = parse(
        "<html><head><title>t</title><style>s</style></head>"
        "<body><!--[if mso]><p>o</p><![endif]--><p>a <b>b</b></p><p>c&amp;d<br>e</p></body></html>"
    )
    assert page.text == "a b c&d e"
    assert [element.tag for element in page.inside] == ["p", "b", "p", "br"]


def test_an_element_knows_its_place_and_what_it_stands_in() -> None:
    page = parse('<body>\n<div><a href="x">one</a>\n<a href="y">two <b>three</b> four</a></div>')
    link = page.links[1]
    assert (link.text, link.own_text) == ("two three four", "two  four")
    assert [element.tag for element in link.ancestors()] == ["a", "div", "body"]
    assert link.place == Place(part="html", tag="a", index=1, line=3, excerpt="two three four")


def test_broken_html_is_read_as_far_as_it_goes() -> None:
    page = parse("<body></div><p>a<p>b</i></body><a href=x>c")
    assert page.text == "ab"
    assert [link.text for link in page.links] == ["c"]
