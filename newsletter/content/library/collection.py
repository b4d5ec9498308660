"""The bundled library: words, quotes and facts that end every chain, each with its true credit.

The entries lie beside this file as JSONL; ATTRIBUTION.md says where they come from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from newsletter.core.model import Credit, Fact, Part, Quote, Word

_FOLDER = Path(__file__).parent
_FILES = {Part.FACT: "facts.jsonl", Part.QUOTE: "quotes.jsonl", Part.WORD: "words.jsonl"}
_WORDNET = Credit("WordNet 3.0, Princeton University", "https://wordnet.princeton.edu/")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the library."""

    id: str  # "w0001", "q0001", "f0001": stable, so that one can be left out by it
    feature: Fact | Quote | Word
    date: str | None = None  # "07-20": it belongs to this day of any year


@cache
def entries(part: Part) -> tuple[Entry, ...]:
    """Return all entries for a part, in the order of the file; none for stories."""
    if part not in _FILES:
        return ()
    path = _FOLDER / _FILES[part]
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return tuple(_entry(json.loads(line), part=part) for line in lines if line)


def _entry(values: Values, *, part: Part) -> Entry:
    return Entry(id=values["id"], feature=_READERS[part](values), date=values.get("date"))


def _fact(values: Values) -> Fact:
    return Fact(text=values["text"], source=Credit(values["reference"], values["url"]))


def _quote(values: Values) -> Quote:
    place = f"{values['work']}, {values['locator']}"
    if translator := values["translator"]:
        place += f", translated by {translator}"
    return Quote(text=values["text"], author=values["author"], source=Credit(place, values["url"]))


def _word(values: Values) -> Word:
    return Word(
        word=values["word"],
        definition=values["definition"],
        pos=values["pos"],
        pos_raw=values["pos"],
        pronunciation=values["respelling"],
        extra_sense=values["extra_sense"],
        sentences=(values["sentence"],),
        source=_WORDNET,
    )


_READERS: Mapping[Part, Callable[[Values], Fact | Quote | Word]] = {
    Part.FACT: _fact,
    Part.QUOTE: _quote,
    Part.WORD: _word,
}
