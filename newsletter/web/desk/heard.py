"""Sentences that lost what they were made of, in a file or a database, told by their template.

The program says what it says in English, and keeps it so: why a source had nothing stands in
`edition.toml`, what a mail server answered in the ledger. Such a text is compared with the
templates of the catalogue, and said in another language with the words that fill it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_GAP = re.compile(r"%\((\w+)\)s")
_LONGEST = 4_000  # characters of a text that is looked at
_FEWEST = 6  # letters that a template has to have of its own: ": " stands in any text
_DEEPEST = 6  # sentences inside each other
_MOST = 12  # reasons in a row
_QUOTES = ("“", "„", "«")  # what stands behind them is somebody else's
_BETWEEN = "; "
_PLACE = re.compile(r"[^\s“”]+(?:, line [^\s:]+)?: ")  # a source, or a file with a line


@dataclass(frozen=True)
class Template:
    """A sentence with gaps, parted at them."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Return what stands before, between and behind the gaps."""
        return tuple(piece.replace("%%", "%") for piece in _GAP.split(self.text)[::2])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return what the gaps are called."""
        return tuple(_GAP.findall(self.text))

    @cached_property
    def weight(self) -> int:
        """Count the letters of its own."""
        return sum(map(str.isalpha, "".join(self.words)))

    def fills(self, text: str) -> Mapping[str, str] | None:
        """Return what fills the gaps where a text was made from this; else None.

        Of gaps with nothing between them the last one gets it all.
        """
        first, *between, last = self.words
        start, end = len(first), len(text) - len(last)
        if end <= start or not (text.startswith(first) and text.endswith(last)):
            return None
        values = list[str]()
        for piece in between:
            at = text.find(piece, start + 1, end - 1) if piece else start
            if at < 0:
                return None
            values.append(text[start:at])
            start = at + len(piece)
        values.append(text[start:end])
        found = dict(zip(self.names, values, strict=True))
        is_same = all(found[name] == value for name, value in zip(self.names, values, strict=True))
        return found if is_same and not self._is_several(values) else None

    def _is_several(self, values: Sequence[str]) -> bool:
        """Say whether a gap at an end took in another sentence beside this one."""
        begins, ends = not self.words[0], not self.words[-1].strip(".")
        return (begins and _BETWEEN in values[0]) or (ends and _BETWEEN in values[-1])


class Heard:
    """The templates of a catalogue, and what its language says for each."""

    def __init__(self, templates: Iterable[str], gettext: Callable[[str], str]) -> None:
        gaps = [Template(one) for one in templates if _GAP.search(one)]
        heavy = (one for one in gaps if one.weight >= _FEWEST)
        self._templates = sorted(heavy, key=lambda one: -one.weight)
        self._gettext = gettext

    def said(self, text: str, *, deep: int = 0) -> str:
        """Return a text in the language; as it is where nobody here made it."""
        if not text or deep > _DEEPEST or len(text) > _LONGEST:
            return text
        told = self._told(text, deep)
        if told is not None:
            return told
        parts = text.split(_BETWEEN)
        return _BETWEEN.join(self._told_in_turn(parts, deep)) if 1 < len(parts) <= _MOST else text

    def _told_in_turn(self, parts: Sequence[str], deep: int) -> Iterator[str]:
        """Yield reasons in a row; one may have the sign that stands between them within it."""
        at = 0
        while at < len(parts):
            ends = range(len(parts), at, -1)
            tried = ((end, self._told(_BETWEEN.join(parts[at:end]), deep)) for end in ends)
            end, told = next((one for one in tried if one[1] is not None), (at + 1, parts[at]))
            yield told or parts[at]
            at = end

    def _told(self, text: str, deep: int) -> str | None:
        """Say a text by its template, behind its place, with or without a full stop."""
        if not text or deep > _DEEPEST:
            return None
        place = _PLACE.match(text)
        behind = self._told(text[place.end() :], deep + 1) if place else None
        if place and behind is not None:
            return place[0] + behind
        for lent, bare in _forms(text):
            same = self._gettext(bare)
            if same != bare:
                return _as_it_was(same, lent)
            for one in self._templates:
                values = one.fills(bare)
                if values is not None:
                    return _as_it_was(self._filled(one, values, deep), lent)
        return None

    def _filled(self, template: Template, values: Mapping[str, str], deep: int) -> str:
        before = dict(zip(template.names, template.words, strict=False))
        filled = {
            name: value if before[name].endswith(_QUOTES) else self.said(value, deep=deep + 1)
            for name, value in values.items()
        }
        return self._gettext(template.text) % filled


def _forms(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text as a whole sentence and as a phrase, and what that lent it or took from it."""
    yield "", text
    yield ("without", text[:-1]) if text.endswith(".") else ("with", f"{text}.")
    if text[0].islower():
        yield "", text[0].upper() + text[1:]


def _as_it_was(told: str, lent: str) -> str:
    """Take a full stop away that only the template has, or give the one of the text back."""
    if lent == "with":
        return told.removesuffix(".")
    return f"{told}." if lent == "without" else told
