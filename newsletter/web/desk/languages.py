"""Which language the desk speaks with a browser, and its words in it."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator, Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.mofile import read_mo

from newsletter.web.desk import words

FOLDER = Path(__file__).parent / "translations"
ENGLISH = "en"
RIGHT_TO_LEFT = frozenset({"ar", "he"})
_FORMER = {"iw": "he"}  # what old browsers call it
_ASKED = re.compile(r"([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?(?:\s*;\s*q\s*=\s*([01](?:\.\d{1,3})?))?")
_MOST = 1_000  # characters of the header that are read
_IN_SCRIPT = re.compile(r"""\b_\(\s*"((?:[^"\\]|\\.)+)\"""")


@cache
def known() -> frozenset[str]:
    """Return the languages there are words in, English among them."""
    found = FOLDER.glob(f"*/LC_MESSAGES/{words.DOMAIN}.mo")
    return frozenset({ENGLISH, *(file.parent.parent.name for file in found)})


def chosen(accepted: str) -> str:
    """Return the language that a browser likes best of those there are, else English.

    `accepted` is its header Accept-Language; what cannot be read in it says nothing.
    """
    liked = sorted(_liked(accepted), key=lambda one: -one[1])
    return next((language for language, _ in liked), ENGLISH)


def _liked(accepted: str) -> Iterator[tuple[str, float]]:
    for part in accepted[:_MOST].split(","):
        found = _ASKED.fullmatch(part.strip())
        if found is None:
            continue
        language = found[1].lower()
        weight = float(found[2] or 1)
        language = _FORMER.get(language, language)
        if weight > 0 and language in known():
            yield language, weight


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the desk's words in a language; English is what is written in the program."""
    if language == ENGLISH:
        return NullTranslations()
    return gettext.translation(words.DOMAIN, FOLDER, languages=[language], fallback=True)


@cache
def templates(language: str) -> tuple[str, ...]:
    """Return the sentences there are words for in a language, as they are written in English."""
    found = FOLDER / language / "LC_MESSAGES" / f"{words.DOMAIN}.mo"
    if language == ENGLISH or not found.exists():
        return ()
    with found.open("rb") as file:
        ids = [message.id for message in read_mo(file)]
    return tuple(one for one in ids if isinstance(one, str))


def direction(language: str) -> str:
    """Return which way a language is written."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


@cache
def of_scripts(language: str) -> Mapping[str, str]:
    """Return what the scripts of the pages say in a language; nothing for English."""
    if language == ENGLISH:
        return {}
    spoken = catalogue(language)
    return {sentence: spoken.gettext(sentence) for sentence in _sentences()}


@cache
def _sentences() -> tuple[str, ...]:
    scripts = sorted((Path(__file__).parent / "pages").glob("*.js"))
    texts = (one.read_text("utf-8") for one in scripts if not one.name.endswith(".bundle.js"))
    found = (match[1] for text in texts for match in _IN_SCRIPT.finditer(text))
    return tuple(dict.fromkeys(one.replace('\\"', '"') for one in found))
