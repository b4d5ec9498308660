"""Look up the parts of speech of an English word, as WordNet 3.0 lists them.

The table beside this file holds every single word of 4 to 14 letters; how it is made is said in
tools/library/words.py. Reading it takes some 30 ms, once a process.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("parts_of_speech.txt.gz")
_NAMES = {"n": "noun", "v": "verb", "a": "adjective", "r": "adverb"}


def parts_of_speech(word: str) -> frozenset[str]:
    """Return the parts of speech of a word: noun, verb, adjective, adverb.

    Case does not matter. Empty for what is not listed, and that says nothing: inflected forms,
    phrases and words of three letters are not listed either.
    """
    letters = _table().get(word.strip().casefold(), "")
    return frozenset(_NAMES[letter] for letter in letters)


@cache
def _table() -> Mapping[str, str]:
    lines = gzip.decompress(_TABLE.read_bytes()).decode("ascii").splitlines()
    return dict(line.split(" ", 1) for line in lines)
