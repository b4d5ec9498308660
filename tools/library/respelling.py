"""Respell the sounds of CMUdict (ARPAbet) so that an English reader can say them.

Syllables take the longest beginning that English allows, but a short stressed vowel keeps the
consonant after it, so that its sound shows: MIT-ih-gayt. The stressed syllable is in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SOUNDS = {
    "B": "b", "CH": "ch", "D": "d", "DH": "th", "F": "f", "G": "g", "HH": "h", "JH": "j",
    "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ng", "P": "p", "R": "r", "S": "s", "SH": "sh",
    "T": "t", "TH": "th", "V": "v", "W": "w", "Y": "y", "Z": "z", "ZH": "zh",
}  # fmt: skip
_OPEN = {
    "AA": "ah", "AE": "a", "AH": "uh", "AO": "aw", "AW": "ow", "AY": "y", "EH": "eh", "ER": "er",
    "EY": "ay", "IH": "ih", "IY": "ee", "OW": "oh", "OY": "oy", "UH": "oo", "UW": "oo",
}  # fmt: skip
_CLOSED = _OPEN | {"AA": "o", "AH": "u", "EH": "e", "IH": "i"}
_BEFORE_R = {"AA": "ah", "AE": "ai", "AO": "o", "EH": "ai", "IH": "ee", "IY": "ee", "UH": "oo"}
_SHORT = {"AA", "AE", "AH", "EH", "IH", "UH"}
_CLUSTERS = {
    "BL", "BR", "BY", "DR", "DW", "DY", "FL", "FR", "FY", "GL", "GR", "GW", "GY", "HHW", "HHY",
    "KL", "KR", "KW", "KY", "MY", "NY", "PL", "PR", "PY", "SK", "SL", "SM", "SN", "SP", "ST",
    "SW", "SHR", "TR", "TW", "THR", "THW", "VY", "SKR", "SKW", "SKY", "SPL", "SPR", "SPY", "STR",
    "STY",
}  # fmt: skip
_BEGINNINGS = {"", *_SOUNDS, *_CLUSTERS} - {"NG"}
_ER_BEFORE_STRESS = re.compile(r"\bER0 (?=[A-Z]{2}1)")  # veracity: vuh-RASS, not ver-ASS
_LIGHT_ENDING = re.compile(r"(?:i[a-z]|is[ht]|age|ice|ine|ite|ive|et|est)$")


@dataclass(frozen=True, slots=True)
class Syllable:
    """Consonants, a vowel with its stress, consonants."""

    onset: tuple[str, ...]
    vowel: str
    stress: str  # "0", "1" (the main one) or "2"
    coda: tuple[str, ...]


def respell(arpabet: str, *, spelling: str) -> str:
    """Respell the pronunciation of a word: "L UW1 S AH0 D", spelt lucid, is LOO-sid.

    CMUdict hears no difference between the last vowels of lucid and of gallant; the spelling does.
    """
    sounds = _ER_BEFORE_STRESS.sub("AH0 R ", arpabet).split()
    if len(sounds) > 1 and sounds[-2] == "AH0" and _LIGHT_ENDING.search(spelling):
        sounds[-2] = "IH0"
    if spelling.endswith("ity") and sounds[-3:] == ["AH0", "T", "IY0"]:
        sounds[-3] = "IH0"
    return "-".join(map(_written, syllables(sounds)))


def syllables(sounds: Sequence[str]) -> list[Syllable]:
    """Divide sounds into syllables."""
    vowels = [i for i, sound in enumerate(sounds) if sound[-1].isdigit()]
    found: list[Syllable] = []
    onset = tuple(sounds[: vowels[0]])
    for at, following in zip(vowels, [*vowels[1:], None], strict=True):
        vowel, stress = sounds[at][:-1], sounds[at][-1]
        between = tuple(sounds[at + 1 : following])
        if following is None:
            cut = len(between)
        else:
            heavy = stress == "1" or (stress == "2" and sounds[following][-1] != "1")
            cut = _cut(between, vowel=vowel, heavy=heavy)
        found.append(Syllable(onset, vowel, stress, between[:cut]))
        onset = between[cut:]
    return found


def _cut(between: tuple[str, ...], *, vowel: str, heavy: bool) -> int:
    """Say how many of the consonants between two vowels belong to the first."""
    cut = next(i for i in range(len(between) + 1) if "".join(between[i:]) in _BEGINNINGS)
    keeps = vowel in _SHORT or (between[:1] == ("R",) and vowel in _BEFORE_R)
    return 1 if cut == 0 and between and heavy and keeps else cut


def _written(syllable: Syllable) -> str:
    vowel, coda = syllable.vowel, "".join(_SOUNDS[sound] for sound in syllable.coda)
    coda = coda.replace("ngk", "nk").replace("ngg", "ng-g")
    if vowel == "AY":
        text = _long_i(syllable, coda)
    elif vowel == "ER":
        text = ("ur" if syllable.stress == "1" else "er") + coda
    elif syllable.coda[:1] == ("R",) and vowel in _BEFORE_R:
        text = _BEFORE_R[vowel] + coda
    else:
        text = (_CLOSED if coda else _OPEN)[vowel] + _hissing(coda, syllable)
    whole = "".join(_SOUNDS[sound] for sound in syllable.onset) + text
    return whole.upper() if syllable.stress == "1" else whole


def _long_i(syllable: Syllable, coda: str) -> str:
    if not syllable.onset:
        return "eye" + coda
    return f"y{coda}e" if len(syllable.coda) == 1 else f"y{coda}"


def _hissing(coda: str, syllable: Syllable) -> str:
    """Double a lone s after a stressed short vowel, which would else be read as z."""
    return "ss" if coda == "s" and syllable.stress != "0" else coda
