"""A part of speech that is not the word's own misleads whoever learns the word."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.content.library.dictionary import parts_of_speech
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "word-pos"
LEVEL = Severity.WARNING

_LISTED = frozenset({"noun", "verb", "adjective", "adverb"})  # the dictionary has no others


def check(checked: Checked) -> Iterator[Fault]:
    """Find a word of the day whose part of speech disagrees with the dictionary."""
    word = checked.edition.word
    if word is None or word.pos not in _LISTED or not checked.language.startswith("en"):
        return
    known = parts_of_speech(word.word)
    if known and word.pos not in known:
        yield Fault(
            f"“{word.word}” is printed as {_named(word.pos)}; WordNet has it as {_listed(known)}.",
            "Correct `pos` in edition.toml, or leave it if you know better.",
            measured=word.pos,
            limit=" or ".join(sorted(known)),
            place=Place(part="edition", excerpt=word.word),
        )


def _listed(parts: frozenset[str]) -> str:
    *others, last = sorted(map(_named, parts))
    return f"{', '.join(others)} and {last}" if others else f"{last} only"


def _named(part: str) -> str:
    return f"an {part}" if part.startswith("a") else f"a {part}"
