"""Dates, directions and reading times."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from newsletter.core.errors import ConfigError, TemplateError
from newsletter.message.render.language import direction, long_date, minutes, short_date, words
from tests.support.edition import TEMPLATES

DAY = date(2027, 3, 9)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Tuesday, March 9, 2027"),
        ("en-GB", "Tuesday, 9 March 2027"),
        ("de", "Dienstag, 9. März 2027"),
        ("pt-BR", "terça-feira, 9 de março de 2027"),
        ("de-1996", "Dienstag, 9. März 2027"),
    ],
)
def test_a_date_is_written_as_the_language_does(language: str, written: str) -> None:
    assert long_date(DAY, language) == written


def test_an_unknown_language_is_an_error_with_a_next_step() -> None:
    with pytest.raises(ConfigError, match="“qqq” is not a language") as caught:
        long_date(DAY, "qqq")
    assert "en-GB" in caught.value.hint


def test_direction_follows_the_script() -> None:
    assert (direction("en"), direction("ar"), direction("he")) == ("ltr", "rtl", "rtl")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("word " * 230, 1),
        ("word " * 231, 2),
        ("don’t well-known " * 231, 3),
        ("港" * 461, 2),
    ],
)
def test_reading_time_counts_words_and_rounds_up(text: str, expected: int) -> None:
    assert minutes([text]) == expected


# --- the templates' own words --------------------------------------------------------------------


def write_catalogue(folder: Path, language: str, **messages: str) -> None:
    catalogue = Catalog(locale=language)
    for message, translation in messages.items():
        catalogue.add(message, translation)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    place = folder / "translations" / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "messages.mo").write_bytes(compiled.getvalue())


def test_a_short_date_has_no_weekday() -> None:
    assert short_date(DAY, "fr") == "9 mars 2027"


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("en-GB", "Unsubscribe"),
        ("de", "Abbestellen"),
        ("de-CH", "Abbestellen"),
        ("pt-BR", "Deixar de receber"),
        ("cy", "Unsubscribe"),
    ],
)
def test_words_come_from_the_closest_catalogue_else_in_english(language: str, word: str) -> None:
    assert words(language, [TEMPLATES]).gettext("Unsubscribe") == word


def test_a_publications_own_words_win_and_the_rest_stays(tmp_path: Path) -> None:
    write_catalogue(tmp_path, "de", Unsubscribe="Austreten")
    found = words("de", [tmp_path, TEMPLATES])
    assert found.gettext("Unsubscribe") == "Austreten"
    assert found.gettext("Top story") == "Thema des Tages"


def test_a_region_wins_over_its_language(tmp_path: Path) -> None:
    write_catalogue(tmp_path, "pt_BR", Unsubscribe="Cancelar")
    assert words("pt-BR", [tmp_path, TEMPLATES]).gettext("Unsubscribe") == "Cancelar"
    assert words("pt-PT", [tmp_path, TEMPLATES]).gettext("Unsubscribe") == "Deixar de receber"


@pytest.mark.parametrize("content", [b"", b"words", b"\xde\x12\x04\x95\x00"])
def test_a_damaged_catalogue_is_named(tmp_path: Path, content: bytes) -> None:
    write_catalogue(tmp_path, "de")
    place = tmp_path / "translations" / "de" / "LC_MESSAGES" / "messages.mo"
    place.write_bytes(content)
    with pytest.raises(TemplateError, match="is not a compiled catalogue") as caught:
        words("de", [tmp_path])
    assert str(place) in caught.value.what
    assert "newsletter help templates" in caught.value.hint


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [
        ("en", 1, "1 min read"),
        ("fr", 2, "2 min de lecture"),
        ("he", 1, "דקת קריאה"),
        ("ar", 2, "قراءة في دقيقتين"),
        ("ar", 3, "قراءة في 3 دقائق"),
        ("ar", 11, "قراءة في 11 دقيقة"),
    ],
)
def test_a_reading_time_is_said_in_the_languages_own_number(
    language: str, number: int, written: str
) -> None:
    form = words(language, [TEMPLATES]).ngettext("%(num)s min read", "%(num)s min read", number)
    assert form % {"num": number} == written
