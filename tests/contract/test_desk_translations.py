"""Every catalogue of the desk's words is complete, sound and compiled, and every page speaks it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from newsletter.web.desk import languages
from tests.support.source_code import ROOT

REMEDY = "run `python tools/desk_words.py`, translate what it lists, and run it again"
FILLED = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
PAGES = ROOT / "newsletter" / "web" / "desk" / "pages"
SPOKEN = re.compile(r">\s*([A-Z][a-z]+(?: [a-z]+)+)")  # a sentence between tags


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import desk_words
    finally:
        sys.path.pop(0)
    return desk_words


@pytest.fixture(scope="module")
def asked_for(tool: ModuleType) -> set[object]:
    """Return what the desk asks the catalogues for."""
    words: Catalog = tool.collected()
    return {message.id for message in words if message.id}


LANGUAGES = sorted(languages.known() - {languages.ENGLISH})


def test_the_desk_speaks_the_languages_of_the_mail() -> None:
    mail = {one.name for one in (ROOT / "templates" / "translations").iterdir() if one.is_dir()}
    assert set(LANGUAGES) == mail


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_desk_is_said(
    language: str, tool: ModuleType, asked_for: set[object]
) -> None:
    catalogue: Catalog = tool.read(language)
    assert {message.id for message in catalogue if message.id} == asked_for, REMEDY
    assert list(tool.untranslated(catalogue)) == [], REMEDY
    for message in catalogue:
        assert not message.id or not message.fuzzy, message.id
        assert list(message.check(catalogue)) == []
        if message.id and not message.pluralizable:
            filled = set(FILLED.findall(message.id))
            assert set(FILLED.findall(message.string)) == filled, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_its_source(language: str, tool: ModuleType) -> None:
    compiled = BytesIO()
    write_mo(compiled, tool.read(language))
    path: Path = tool.path_of(language)
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), REMEDY


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html.j2")), ids=lambda one: one.name)
def test_no_page_says_a_sentence_in_english_alone(page: Path) -> None:
    text = re.sub(r"\{[{%#].*?[}%#]\}", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert SPOKEN.findall(text) == []


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "en"),
        ("de-CH,fr;q=0.8", "de"),
        ("nb, fr;q=0.4, en;q=0.3", "fr"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("iw", "he"),
        ("xx,yy;q=2,de;q=0", "en"),
        ("*;q=0.5", "en"),
        ("\x00,;;;=,de;q=zero", "en"),
        ("pt-BR;q=0.9, ar-EG", "ar"),
        ("de," * 10_000, "de"),
    ],
)
def test_the_browser_says_which_language_it_likes(header: str, chosen: str) -> None:
    assert languages.chosen(header) == chosen


def test_arabic_and_hebrew_are_written_from_right_to_left() -> None:
    found = {one: languages.direction(one) for one in languages.known()}
    assert {one for one, way in found.items() if way == "rtl"} == {"ar", "he"}


def test_scripts_are_given_their_words() -> None:
    said = languages.of_scripts("de")
    assert said["Taken back."] == "Zurückgenommen."
    assert all(said.values())
    assert languages.of_scripts("en") == {}


def _said(tree: ast.AST) -> Iterator[str]:
    """Yield every sentence that a module gives to `_`, `N_` or `counted`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            first = node.args[0] if node.args and node.func.id in {"_", "N_", "counted"} else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def test_what_modules_say_is_found_where_words_are_collected(asked_for: set[object]) -> None:
    """A call within an f-string, or within another one's arguments, is passed over."""
    known = {one for ids in asked_for for one in (ids if isinstance(ids, tuple) else (ids,))}
    texts = (file.read_text(encoding="utf-8") for file in PAGES.parent.glob("*.py"))
    said = {one for text in texts for one in _said(ast.parse(text))}
    assert len(said) > 300
    assert said - known == set()
