"""Every catalogue of the templates' words is complete, sound and compiled."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from newsletter.message.render.language import direction
from tests.support.edition import TEMPLATES

TRANSLATIONS = TEMPLATES / "translations"
LANGUAGES = sorted(folder.name for folder in TRANSLATIONS.iterdir() if folder.is_dir())
PATTERN, OPTIONS = "**.j2", {"trim_blocks": "true", "silent": "false"}
REMEDY = "run `make words`, translate what is new, and run it again"


def ids(catalogue: Catalog) -> set[object]:
    return {message.id for message in catalogue if message.id}


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.fixture(scope="module")
def asked_for() -> set[object]:
    """Return what the templates ask the catalogues for."""
    found = extract_from_dir(
        TEMPLATES, method_map=[(PATTERN, "jinja2")], options_map={PATTERN: OPTIONS}
    )
    return {message for _, _, message, _, _ in found}


def test_the_catalogue_to_start_from_is_current(asked_for: set[object]) -> None:
    assert ids(read(TRANSLATIONS / "messages.pot")) == asked_for, REMEDY


def test_there_are_languages_of_both_directions() -> None:
    assert len(LANGUAGES) >= 6
    assert {direction(language) for language in LANGUAGES} == {"ltr", "rtl"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_word_in_every_number(language: str, asked_for: set[object]) -> None:
    catalogue = read(TRANSLATIONS / language / "LC_MESSAGES" / "messages.po", language)
    assert ids(catalogue) == asked_for, REMEDY
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), message.id
        assert not message.id or not message.fuzzy, message.id
        assert list(message.check(catalogue)) == []
        if message.pluralizable:
            assert len(forms) == catalogue.num_plurals


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_its_source(language: str) -> None:
    folder = TRANSLATIONS / language / "LC_MESSAGES"
    compiled = BytesIO()
    write_mo(compiled, read(folder / "messages.po", language))
    assert (folder / "messages.mo").read_bytes() == compiled.getvalue(), REMEDY
