"""Client support: what a mail uses, who does not know it, and what is said about it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from newsletter.core.model.clients import NAMES, USUAL, Family
from newsletter.message.checks import css_extra, css_support
from newsletter.message.clients import support
from newsletter.message.clients.support import features
from newsletter.message.html.features import in_elements, in_styles
from tests.support.checked import check_edition, good, with_html
from tests.support.edition import make_full_edition, make_settings


def marks(body: str) -> set[str]:
    return {mark for mark, _ in in_elements(f"<body>{body}</body>")}


def marks_of_styles(css: str) -> set[str]:
    return {mark for mark, _ in in_styles(f"<style>{css}</style>")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p style="display: flex; gap: calc(1rem + 2%)">', "value:display:flex"),
        ('<p style="display: flex; gap: calc(1rem + 2%)">', "property:gap"),
        ('<p style="display: flex; gap: calc(1rem + 2%)">', "function:calc"),
        ('<p style="display: flex; gap: calc(1rem + 2%)">', "unit:rem"),
        ('<p style="display: flex; gap: calc(1rem + 2%)">', "unit:%"),
        ('<p style="color: var(--ink)">', "function:var"),
        ('<p style="width: fit-content">', "keyword:fit-content"),
        ('<video src="a.mp4"></video>', "element:video"),
        ('<img srcset="a.png 2x" src="https://x.example/b.WEBP?w=3">', "attribute:srcset"),
        ('<input type="radio">', "input:radio"),
        ("<input>", "input:text"),
        ('<a href="#top">', "link:#"),
    ],
)
def test_a_use_in_an_element_is_seen(body: str, expected: str) -> None:
    assert expected in marks(body)


@pytest.mark.parametrize(
    "body",
    [
        """<p style="font-family: 'Flex'; content: 'calc(1rem)'">""",
        '<p style="background: url(https://x.example/var(1rem).png)">',
        '<p style="color: #1e2rem">',
        '<p class="flex">calc(1rem)</p>',
    ],
)
def test_names_addresses_and_words_are_no_uses(body: str) -> None:
    assert not marks(body) & {"keyword:flex", "function:calc", "function:var", "unit:rem"}


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("@media (prefers-color-scheme: dark) { a { top: 0 } }", "media:prefers-color-scheme"),
        ("@media (prefers-color-scheme: dark) { a { top: 0 } }", "property:top"),
        ("@font-face { font-family: x }", "at:font-face"),
        ("a:hover { color: red }", "pseudo:hover"),
        ("a::before { content: '' }", "pseudo:before"),
    ],
)
def test_a_use_in_styles_is_seen(css: str, expected: str) -> None:
    assert expected in marks_of_styles(css)


def test_the_table_knows_every_family_and_keeps_its_notice() -> None:
    table = json.loads(Path(support.__file__).with_name("caniemail.json").read_text("utf-8"))
    assert table["families"] == list(get_args(Family)) == list(NAMES)
    assert "Permission is hereby granted" in table["licence"]
    assert support.date() == table["date"] >= "2026-05-13"
    assert {len(entry["support"]) for entry in table["features"].values()} == {len(NAMES)}


def test_every_mark_of_the_table_is_of_a_kind_that_is_looked_for() -> None:
    table = json.loads(Path(support.__file__).with_name("caniemail.json").read_text("utf-8"))
    kinds = {mark.split(":")[0] for one in table["features"].values() for mark in one["marks"]}
    style = "display: flex; width: calc(1rem)"
    seen = marks(f'<a href="#x" style="{style}"><input></a>')
    seen |= marks_of_styles("@media (hover) { a:hover { top: 0 } }")
    assert kinds == {mark.split(":")[0] for mark in seen}


def test_harmless_features_are_in_the_table() -> None:
    table = json.loads(Path(support.__file__).with_name("caniemail.json").read_text("utf-8"))
    assert set(table["features"]) >= css_support.HARMLESS


def test_facts_that_do_not_change() -> None:
    (flex,) = features("value:display:flex")
    assert flex.lacking(USUAL) == ("outlook-windows",)
    assert flex.lacking(("gmail", "apple-mail")) == ()
    assert features("property:padding-left") == ()


def test_a_feature_is_told_once_with_its_clients_and_count() -> None:
    checked = with_html("</h1>", '</h1><div style="display:flex">x</div>' * 3)
    (fault,) = css_support.check(checked)
    assert fault.message == (
        "“display:flex” is unknown to Outlook (Windows); it is used 3 time(s)."
    )
    assert (fault.measured, fault.limit) == ("unknown to 1 of 7 clients", "0 clients")
    assert fault.place is not None
    assert fault.place.tag == "div"


def test_only_configured_clients_count() -> None:
    checked = with_html("</h1>", '</h1><div style="display:flex">x</div>')
    assert list(css_support.check(replace(checked, clients=("gmail", "apple-mail")))) == []


@pytest.mark.parametrize("name", ["brief", "letter", "compact"])
def test_our_templates_ask_nothing_of_any_client(name: str) -> None:
    checked = check_edition(make_full_edition(), template={"name": name})
    everybody = replace(checked, clients=tuple(NAMES))
    assert [*css_support.check(everybody), *css_extra.check(everybody)] == []


def test_styles_are_told_apart_from_what_is_inlined() -> None:
    checked = with_html("</head>", "<style>a { display: grid }</style></head>")
    assert list(css_support.check(checked)) == []
    (fault,) = css_extra.check(checked)
    assert "“display:grid” in the styles is unknown to Outlook (Windows)" in fault.message


def test_the_clients_of_the_publication_are_asked() -> None:
    settings = make_settings(Path(), clients={"supported": ["gmx"]})
    assert settings.clients.supported == ("gmx",)
    with pytest.raises(ValidationError, match="'protonmail'"):
        make_settings(Path(), clients={"supported": ["lotus-notes"]})
    assert good().clients == USUAL
