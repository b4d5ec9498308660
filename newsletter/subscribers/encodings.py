"""Tell in which old code page a text is that is no Unicode, by its own bytes. Pure.

Spreadsheets write the code page of their machine. Read in another one, every word outside ASCII is
another, and so is a word that says that somebody left: what cannot be told is not guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_HIGH = rb"\x80-\xff"
_WORD = re.compile(rb"[A-Za-z" + _HIGH + rb"]*[" + _HIGH + rb"][A-Za-z" + _HIGH + rb"]*")
_RUN = re.compile(rb"[" + _HIGH + rb"]{3}")  # hardly ever in a language with Latin letters
# Mac Roman's é, ä, ü, á, à, è behind a small letter; elsewhere a capital or a sign stands there.
_MAC = re.compile(rb"[a-z][\x87\x88\x8a\x8e\x8f\x9f]")
# Polish ł and ą within a word, or Ł before one; in Windows-1252 figures and the pound.
_CENTRAL = re.compile(rb"[a-z][\xb3\xb9](?:[a-z]|\Z)|\A\xa3[a-z]")
_LATIN = re.compile(rb"[a-z][\xe0-\xff]|[\xc0-\xff][a-z]")
_COMMON_IN_RUSSIAN = frozenset("оеаинтсрвлк".encode("cp1251"))


def code_page(blocks: Iterable[bytes]) -> str:
    """Name the code page of a text; empty: it is none that can be told."""
    seen: Counter[str] = Counter()
    letters: Counter[int] = Counter()
    for block in blocks:
        for word in _WORD.findall(block):
            kind = _kind(word)
            seen[kind] += 1
            if kind == "other":
                letters.update(word)
    if 2 * seen["other"] >= sum(seen.values()) > 0:
        return "cp1251" if _is_cyrillic(letters) else ""
    if seen["mac"] > seen["latin"]:
        return "mac_roman"
    return "cp1250" if seen["central"] else "cp1252"


def _kind(word: bytes) -> str:
    if _RUN.search(word):
        return "other"
    if _MAC.search(word):
        return "mac"
    if _CENTRAL.search(word):
        return "central"
    return "latin" if _LATIN.search(word) else "unclear"


def _is_cyrillic(letters: Counter[int]) -> bool:
    """Say whether high bytes are Russian in Windows-1251, and no other script or code page."""
    high = sum(count for byte, count in letters.items() if byte >= 0x80)
    alphabet = sum(count for byte, count in letters.items() if byte >= 0xC0)
    small = sum(count for byte, count in letters.items() if byte >= 0xE0)
    common = sum(letters[byte] for byte in _COMMON_IN_RUSSIAN)
    return alphabet >= 0.9 * high and small >= 0.6 * high and common >= 0.55 * high
