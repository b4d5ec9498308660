"""Find the headline among the short lines that a page begins with; the others are navigation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from newsletter.content.pasted.bylines import is_name
from newsletter.content.pasted.dates import is_dateline
from newsletter.content.pasted.folding import SHORT, fold, is_short_and_open, plain
from newsletter.content.pasted.learned import NOTHING_LEARNED, Meaning, Site
from newsletter.content.pasted.model import Line
from newsletter.content.pasted.paragraphs import is_guarded, is_metadata, is_paragraph, is_sentence

_PATH = re.compile(r"[^<>›»]{1,40}(?: [>›»] [^<>›»]{1,60})+")  # Home > News
_MENU = re.compile(r"[^|·•]{1,30}(?: ?[|·•] ?[^|·•]{1,30}){2,}")  # News | Sport | Weather
_HEADLINE_WORDS = 4  # fewer may be a section's name
_TITLE_WORDS = 3
_TEXT_WORDS = 5  # of a sentence; a shorter one may be a site's motto


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What a page says about its own lines."""

    site: Site = NOTHING_LEARNED
    announced: frozenset[str] = frozenset()  # the folded headlines of the contents
    listed: frozenset[int] = frozenset()  # the positions of the lines of lists
    dated: bool = False  # the date is the page's title
    clean: bool = False  # no menu stands above its first line, as far as known

    def meaning(self, line: Line) -> Meaning | None:
        """Say what a line is, where somebody said so."""
        return self.site.meaning(line.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a page opens."""

    headline: Line | None = None
    byline: Line | None = None  # a name that only its neighbours tell
    above: tuple[Line, ...] = ()  # not of the edition
    below: tuple[Line, ...] = ()


def read_opening(lines: Sequence[Line], structure: Structure, *, closed: bool = False) -> Opening:
    """Part the lines at their headline.

    That is the last short line before the first paragraph, of two words where there is one, unless
    the page says otherwise: the editor or the contents name another one, a long one stands above,
    one stands there twice, or the page begins with a headline and its subtitle.
    `closed`: text follows the lines, so that a page of short lines has a headline as well.
    """
    end = _first_paragraph(lines)
    if end is None and not closed:
        return _first_line(lines, structure)
    if end is None:
        end = len(lines)
    candidates = [at for at in range(end) if _may_be_headline(lines[at], structure)]
    names = _names(lines, candidates)
    signed = {fold(lines[at].text) for at in names}
    candidates = [at for at in candidates if fold(lines[at].text) not in signed]
    if not candidates:
        return _first_line(lines, structure)
    chosen = _chosen(lines, candidates, structure)
    name = names[0] if names else None
    text = {at for at in range(chosen) if _is_text_above(lines[at], structure)}
    text |= {
        at
        for at in range(chosen + 1, len(lines))
        if at >= end or not _is_button(lines[at], structure, signed)
    }
    return Opening(
        headline=lines[chosen],
        byline=None if name is None else lines[name],
        above=tuple(line for at, line in enumerate(lines) if at not in {*text, chosen, name}),
        below=tuple(lines[at] for at in sorted(text) if at != name),
    )


def _is_button(line: Line, structure: Structure, signed: Collection[str]) -> bool:
    """Say whether a line between headline and text is a button, a counter or the name again."""
    if structure.meaning(line) is not None or line.at in structure.listed:
        return False
    is_one_word = len(line.text.split()) == 1 and is_short_and_open(line.text)
    return is_one_word or not any(map(str.isalpha, line.text)) or fold(line.text) in signed


def is_way(block: str) -> bool:
    """Say whether a line shows the way through the site: "Home > News", "News | Sport | Rain"."""
    line = plain(block)
    return len(block) <= SHORT and bool(_PATH.fullmatch(line) or _MENU.fullmatch(line))


def _first_line(lines: Sequence[Line], structure: Structure) -> Opening:
    """Take the first line, whatever it looks like, where no short line tells the headline.

    Below a date that is the page's title a paragraph may come first: then there is none.
    """
    free = [
        at
        for at, line in enumerate(lines)
        if not (
            structure.site.is_name(line.text)
            or is_metadata(line.text)
            or is_way(line.text)
            or line.at in structure.listed
            or structure.meaning(line) is Meaning.BYLINE
        )
    ]
    at = free[0] if free else None
    if at is None or structure.meaning(lines[at]) is Meaning.KEEP:
        return Opening(below=tuple(lines))
    line = lines[at]
    if structure.dated and not _is_short(line.text):
        return Opening(below=tuple(lines))
    text = tuple(one for one in lines[:at] if _is_text_above(one, structure))
    above = tuple(one for one in lines[:at] if one not in text)
    if at and is_paragraph(line.text):  # the publication's name stands above, and no headline
        return Opening(above=above, below=(*text, *lines[at:]))
    return Opening(headline=line, above=above, below=(*text, *lines[at + 1 :]))


def _is_short(text: str) -> bool:
    return is_short_and_open(text) or (len(text) <= SHORT and plain(text).endswith("?"))


def _first_paragraph(lines: Sequence[Line]) -> int | None:
    """Find where the text begins: short sentences right above a paragraph belong to it."""
    sure = (at for at, line in enumerate(lines) if _is_text(line.text))
    first = next(sure, None)
    if first is None:
        weak = (at for at, line in enumerate(lines) if at and is_sentence(line.text))
        first = next(weak, None)
    while first and _is_above_text(lines[first - 1].text):
        first -= 1
    return first


def _is_above_text(block: str) -> bool:
    return is_sentence(block) and not _is_short(block)


def _is_text(block: str) -> bool:
    is_text = is_paragraph(block) or (is_sentence(block) and len(block.split()) >= _TEXT_WORDS)
    return is_text and not _is_short(block) and not is_metadata(block)


def _may_be_headline(line: Line, structure: Structure) -> bool:
    meaning = structure.meaning(line)
    if meaning is not None:
        return meaning is Meaning.HEADLINE
    if structure.dated and not _is_short(line.text):
        return False
    if not any(map(str.isalpha, line.text)):
        return False
    return not (
        structure.site.is_name(line.text)
        or is_metadata(line.text)
        or is_way(line.text)
        or line.at in structure.listed
    )


def _chosen(lines: Sequence[Line], candidates: Sequence[int], structure: Structure) -> int:
    """Choose the headline by what says most about it."""
    said = [at for at in candidates if structure.meaning(lines[at]) is Meaning.HEADLINE]
    announced = [at for at in candidates if fold(lines[at].text) in structure.announced]
    guarded = [at for at in candidates if is_guarded(lines[at].text)]
    for found in (said, announced, guarded):
        if found:
            return found[0]
    counted = Counter(fold(lines[at].text) for at in candidates)
    twice = [
        at
        for at in candidates
        if counted[fold(lines[at].text)] > 1 and len(lines[at].text.split()) >= _TITLE_WORDS
    ]
    if structure.clean and not twice and _has_subtitle(lines, candidates):
        return 0
    several = [at for at in candidates if len(lines[at].text.split()) > 1]
    return (twice or several or list(candidates))[-1]


def _has_subtitle(lines: Sequence[Line], candidates: Sequence[int]) -> bool:
    """Say whether a page that begins with its text begins with a headline and its subtitle."""
    if list(candidates) != [0, 1] or lines[1].at != lines[0].at + 1:
        return False
    return len(lines[0].text.split()) >= _TITLE_WORDS


def _is_text_above(line: Line, structure: Structure) -> bool:
    """Say whether a line above the headline is not navigation: an editor's word, or its length."""
    meaning = structure.meaning(line)
    if meaning is not None:
        return meaning is Meaning.KEEP
    return is_guarded(line.text) and not is_metadata(line.text)


def _names(lines: Sequence[Line], candidates: Collection[int]) -> list[int]:
    """Find the author's name: a name by itself right above the date, and a headline elsewhere."""
    found = [
        at
        for at in candidates
        if at + 1 < len(lines) and is_dateline(lines[at + 1].text) and is_name(lines[at].text)
        and 2 <= len(lines[at].text.split()) <= 3
    ]  # fmt: skip
    others = [at for at in candidates if at not in found]
    has_headline = any(len(lines[at].text.split()) >= _HEADLINE_WORDS for at in others)
    return found[-1:] if has_headline else []
