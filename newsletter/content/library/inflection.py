"""The forms an English word takes in a sentence."""

from __future__ import annotations

import re

_SAID = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_VOWELS = "aeiou"
_DOUBLED = re.compile(r"[aeiouy][bcdfghjklmnprstvz]$")  # strum, excel, travel; not lull
_STRONG = {
    "bring": ("brought",), "buy": ("bought",), "catch": ("caught",), "do": ("did", "done"),
    "feel": ("felt",), "go": ("went", "gone"), "have": ("has", "had"), "hear": ("heard",),
    "keep": ("kept",), "lay": ("laid",), "leave": ("left",),
    "lie": ("lay", "lain"), "lose": ("lost",), "make": ("made",), "mouse": ("mice",),
    "pay": ("paid",), "say": ("said",), "seek": ("sought",), "beseech": ("besought",),
    "sell": ("sold",), "stand": ("stood",), "sleep": ("slept",), "sweep": ("swept",),
    "teach": ("taught",), "tell": ("told",), "think": ("thought",), "weep": ("wept",),
    "build": ("built",), "man": ("men",), "foot": ("feet",), "tooth": ("teeth",),
}  # fmt: skip
# Learned nouns keep the plural of their own language.
_PLURALS = (
    ("is", "es"), ("on", "a"), ("um", "a"), ("us", "i"), ("ex", "ices"), ("ix", "ices"),
    ("a", "ae"), ("eau", "eaux"), ("f", "ves"), ("fe", "ves"), ("o", "oes"), ("o", "i"),
)  # fmt: skip


def uses(word: str, sentence: str) -> bool:
    """Say whether a sentence has a word, or each word of a phrase, in one of its forms.

    Case does not matter. Strong verbs are known by their consonants: forsake, forsook, forsaken.
    """
    said = words(sentence)
    return all(_is_said(one, said) for one in words(word))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded; apostrophe and s are taken off."""
    found = _SAID.findall(text.casefold().replace("'", "’"))
    return tuple(one.removesuffix("’s").removesuffix("’") for one in found)


def forms(word: str) -> frozenset[str]:
    """Return a word with its plurals, tenses and degrees, those of English spelling rules."""
    return frozenset({word, *_regular(word), *_plurals(word), *_strong(word)})


def _is_said(word: str, said: tuple[str, ...]) -> bool:
    known = forms(word)
    parts = [part for one in said for part in (one, *one.split("-"))]
    return any(part in known or _ablaut(word, part) for part in parts)


def _regular(word: str) -> set[str]:
    stem = word.removesuffix("e")
    made = {word + "s", word + "n", word + "en"}
    made |= {stem + end for end in ("es", "ed", "ing", "er", "est", "en")} | {word + "ing"}
    if word.endswith("y"):
        made |= {word[:-1] + end for end in ("ies", "ied", "ier", "iest")}
    if word.endswith("end"):  # lend, spend, rend
        made.add(word[:-1] + "t")
    if word.endswith("ie"):
        made.add(word[:-2] + "ying")
    if _DOUBLED.search(stem):
        last = "k" if word.endswith("c") else stem[-1]
        made |= {stem + last + end for end in ("ed", "ing", "er", "est", "en")}
    return made


def _plurals(word: str) -> set[str]:
    return {word.removesuffix(one) + many for one, many in _PLURALS if word.endswith(one)}


def _strong(word: str) -> set[str]:
    """Return strong forms by the last part of a word: understand has those of stand."""
    return {
        word.removesuffix(base) + form
        for base, forms_of in _STRONG.items()
        if word == base or (len(base) > 3 and word.endswith(base))
        for form in forms_of
    }


def _ablaut(word: str, said: str) -> bool:
    """Say whether only one vowel within changed, as in sing and sang, forsake and forsook."""
    if len(word) < 4 or word[:1] != said[:1] or abs(len(word) - len(said)) > 1:
        return False
    return _consonants(word) == _consonants(said) and word[:-4] == said[: len(word[:-4])]


def _consonants(word: str) -> str:
    return "".join(letter for letter in word if letter not in _VOWELS)
