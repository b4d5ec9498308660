"""Who is named as a story's author: names as they were printed, and never an address. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

_SIGN = "@＠﹫"
_AT = rf"(?:[{_SIGN}]|%40|\s?[\[(]\s?at\s?[\])]\s?)"
_WORD = rf"[^\s<>()\[\]{{}}\"',;:|{_SIGN}]"
_ADDRESS = re.compile(
    rf"(?:mailto:\s*)?(?:\"[^\"@]{{1,64}}\"|{_WORD}{{1,300}}){_AT}\[?{_WORD}{{1,300}}\]?",
    re.IGNORECASE,
)
# With spaces around the sign it is an address where a host follows: “Ada @ Harbour Times” is none.
_SPACED = re.compile(rf"(\S*)\s*[{_SIGN}]\s*[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:\b(?:https?|ftp):/*|\bwww\.|//(?=\w))[^\s<>\"()]*", re.IGNORECASE)
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|<\s*>|\{\s*\}|\"\s*\"|\bmailto:\s*", re.IGNORECASE)
_WRAPPED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|<([^<>]*)>|\"([^\"]*)\"")
_BY = re.compile(r"(?:(?:written|posted|published|words|text|story)\s+)?by\b:?\s+", re.IGNORECASE)
_EDGES = " ,;:|/\\–—-<>&"
_LONGEST = 1_000  # characters of a field that is read for a name


def byline(names: Iterable[str], *, language: str = "en") -> str | None:
    """Return who is to be named, “Ada Marsh, Ben Quay and Cleo Dunn”; None where that is nobody.

    `names` are plain texts in the order of the source: of feeds, pages, front matter. Each is kept
    as it was printed, but for e-mail addresses in any form (`a@b`, `mailto:a@b`, `Name <a@b>`,
    `a@b (Name)`, `Name (a@b)`), web addresses and a leading “By”; what holds no letter besides is
    nobody's name. The same name counts once, whatever its case. `language` is a tag such as `de`
    or `pt-BR`, by whose custom several names are joined; no name is guessed or taken apart.
    """
    found: dict[str, str] = {}
    for name in (name for field in names for name in _names(field)):
        found.setdefault(name.casefold(), name)
    return _joined(tuple(found.values()), language) or None


def _names(field: str) -> Iterator[str]:
    """Yield the names of one field: one, unless it is a list of addresses with their names."""
    text = " ".join(html.unescape(field[:_LONGEST]).split())
    parts = re.split(r"\s*[,;]\s*", text)
    is_list = len(parts) > 1 and all(_ADDRESS.search(part) for part in parts)
    for part in parts if is_list else (text,):
        name = _without_addresses(part)
        if any(character.isalpha() for character in name):
            yield name


def _without_addresses(text: str) -> str:
    plain = _URL.sub(" ", _SPACED.sub(_before_sign(text), _ADDRESS.sub(" ", text)))
    if plain != text:
        plain = _unwrapped(_EMPTY.sub(" ", plain).strip(_EDGES))
    return " ".join(_without_by(plain.strip(_EDGES)).split()).strip(_EDGES)


def _before_sign(text: str) -> str:
    """Return what stays of “NAME @ host.example”: a lone word is the first half of an address."""
    before = re.split(f"[{_SIGN}]", text, maxsplit=1)[0]
    return r"\1" if len(before.split()) > 1 else " "


def _unwrapped(text: str) -> str:
    """Take a name out of the brackets that parted it from its address."""
    whole = _WRAPPED.fullmatch(text)
    return next((one for one in whole.groups() if one is not None), "") if whole else text


def _joined(names: tuple[str, ...], language: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return format_list(names, locale=_locale(language))


def _locale(language: str) -> Locale:
    """Return the locale to join names by; British for English, which has no comma before “and”."""
    tag = language.replace("_", "-")
    if tag.split("-")[0].lower() == "en":
        return Locale("en", "GB")
    for one in (tag, tag.split("-")[0]):
        try:
            return Locale.parse(one, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en", "GB")


def _without_by(text: str) -> str:
    found = _BY.match(text)
    return text[found.end() :] if found else text
