"""Know parts of speech as they are printed: "adj", "n.", "plural noun", "v. & n."."""

from __future__ import annotations

import re

_CLASSES = {
    "abbreviation": ("abbr",),
    "adjective": ("adj",),
    "adverb": ("adv",),
    "conjunction": ("conj",),
    "determiner": ("det",),
    "exclamation": ("excl", "exclam"),
    "idiom": (),
    "interjection": ("interj",),
    "noun": ("n",),
    "numeral": ("num",),
    "participle": (),
    "phrase": ("phr",),
    "prefix": (),
    "preposition": ("prep",),
    "pronoun": ("pron",),
    "suffix": (),
    "verb": ("v", "vb"),
}
_QUALIFIERS = {
    "auxiliary": ("aux",),
    "collective": (),
    "compound": (),
    "intransitive": ("intr", "intrans"),
    "mass": (),
    "modal": (),
    "past": (),
    "phrasal": (),
    "plural": ("pl",),
    "present": (),
    "proper": ("prop",),
    "transitive": ("tr", "trans"),
}
_RUN_TOGETHER = {
    "npl": "plural noun",
    "phr v": "phrasal verb",
    "vi": "intransitive verb",
    "vt": "transitive verb",
}
_SEVERAL = re.compile(r"\s*(?:[,;/&]|\band\b|\bor\b)\s*")


def _by_any_name(names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {printed: name for name, short in names.items() for printed in (name, *short)}


_CLASS = _by_any_name(_CLASSES)
_QUALIFIER = _by_any_name(_QUALIFIERS)


def part_of_speech(printed: str) -> str | None:
    """Return the full name in lower case, with or without dots; None for what is none.

    Several are joined by a comma and a space: "v. & n." is "verb, noun".
    """
    parts = _SEVERAL.split(printed.casefold().replace(".", "").strip())
    names = [name for name in map(_full_name, parts) if name is not None]
    return ", ".join(names) if len(names) == len(parts) else None


def _full_name(printed: str) -> str | None:
    """Name one part of speech; qualifiers come first, whatever their printed place."""
    if printed in _RUN_TOGETHER:
        return _RUN_TOGETHER[printed]
    words = printed.split()
    qualifiers = [_QUALIFIER[word] for word in words if word in _QUALIFIER]
    classes = [_CLASS[word] for word in words if word in _CLASS]
    complete = classes and len(qualifiers) + len(classes) == len(words)
    return " ".join(qualifiers + classes) if complete else None
