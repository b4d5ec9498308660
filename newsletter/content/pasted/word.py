"""Read a word: "WORD (part of speech, pronunciation) - definition", in all its variants.

Rules 10 and 11 of content.md 4.5: the entry, and the extra sense that may follow its definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from newsletter.content.pasted.folding import fold, plain
from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.pasted.quote import unwrap
from newsletter.core.model import Credit, Word

_ANY_DASH = "(?:-{2,}|[–—―‒−]+|[:\uff1a])"
# Without parentheses a lone hyphen needs a space beside it: "well-being" is one word.
_DASH = re.compile(rf" ?{_ANY_DASH} ?| - ?|- ")
_DASH_AFTER_PARENTHESES = re.compile(rf" ?(?:{_ANY_DASH}|-) ?")
_GROUP = re.compile(r" ?\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)")
_SEPARATOR = re.compile(r"[,;]")
_LONGEST_POS = 40  # characters; bounds the work on a hostile line
# A closing quotation mark belongs to the sentence before it.
_NEXT_SENTENCE = re.compile(r"(?<![.!?…])[.!?…]+[\"')\]]* ")
_MORE = re.compile(
    r"\b(?:can|may|could) also\b|\balso (?:means|refers|describes|applies)\b|\blater came to\b"
)
_SLASHES = re.compile(r" ?[\\/]+ ?")


@dataclass(frozen=True, slots=True)
class _Entry:
    word: str
    inside: str  # of the parentheses
    definition: str


def read_word(text: str, *, source: Credit | None, sentences: tuple[str, ...] = ()) -> Word | None:
    """Read the text behind a word's label; None where word or definition cannot be told."""
    entry = _entry(text)
    if entry is None or not entry.word or not entry.definition:
        return None
    definition, extra_sense = split_senses(entry.definition, word=entry.word)
    pos_raw, pronunciation = split_inside(entry.inside)
    return Word(
        word=entry.word,
        definition=definition,
        pos=part_of_speech(pos_raw) if pos_raw else None,
        pos_raw=pos_raw,
        pronunciation=pronunciation,
        extra_sense=extra_sense,
        sentences=sentences,
        source=source,
    )


def split_inside(inside: str) -> tuple[str | None, str | None]:
    """Split what stands in parentheses into part of speech as printed, and pronunciation.

    They come in either order, and either may be missing. The split is at the comma or semicolon
    that leaves the most parts of speech on one side: "noun, verb, REK-urd" has two.
    """
    known = [split for split in _splits(inside) if part_of_speech(split[0])]
    if not known:
        return None, _pronunciation(inside)
    pos_raw, rest = max(known, key=lambda split: len(split[0]))
    return pos_raw.strip(), _pronunciation(rest)


def _splits(inside: str) -> Iterator[tuple[str, str]]:
    """Yield each way to part the inside: what may be the part of speech, and the rest."""
    if len(inside) <= _LONGEST_POS:
        yield inside, ""
    for separator in _SEPARATOR.finditer(inside):
        start, end = separator.span()
        if start <= _LONGEST_POS:
            yield inside[:start], inside[end:]
        if len(inside) - end <= _LONGEST_POS:
            yield inside[end:], inside[:start]


def _pronunciation(printed: str) -> str | None:
    """Take off slashes and backslashes; one between two pronunciations becomes a space."""
    bare = _SLASHES.sub(" ", printed).replace(" ,", ",").replace(" ;", ";")
    return bare.strip(" ,;") or None


def _entry(text: str) -> _Entry | None:
    parenthesis = plain(text).find("(")
    dash = _DASH.search(text)
    if parenthesis < 0 or (dash and dash.start() < parenthesis):
        return _without_parentheses(text, dash)
    return _with_parentheses(text, parenthesis)


def _without_parentheses(text: str, dash: re.Match[str] | None) -> _Entry | None:
    if dash is None:
        return None
    return _Entry(unwrap(text[: dash.start()]), "", text[dash.end() :])


def _with_parentheses(text: str, start: int) -> _Entry | None:
    """Read one or more groups, then the dash; only a part of speech makes up for a missing one."""
    insides: list[str] = []
    straight = plain(text)
    end = start
    while group := _GROUP.match(straight, end):
        insides.append(text[slice(*group.span("inside"))])
        end = group.end()
    inside = ", ".join(insides)
    dash = _DASH_AFTER_PARENTHESES.match(text, end)
    if dash is None and split_inside(inside)[0] is None:
        return None
    definition = text[dash.end() if dash else end :]
    return _Entry(unwrap(text[:start].strip()), inside, definition.strip())


def split_senses(text: str, *, word: str) -> tuple[str, str | None]:
    """Split before the first later sentence that tells another sense of the word.

    Such a sentence begins with the word, "It" or "The word". Both sides together are the text.
    """
    starts = [found.end() for found in _NEXT_SENTENCE.finditer(plain(text))]
    for start, end in pairwise([*starts, len(text)]):
        if _tells_more(fold(text[start:end]), word=fold(word)):
            return text[:start].rstrip(), text[start:]
    return text, None


def _tells_more(sentence: str, *, word: str) -> bool:
    beginning = sentence.lstrip("\"'([")
    subjects = (word, "it", "the word")
    if not any(_begins_with(beginning, subject) for subject in subjects):
        return False
    return _MORE.search(sentence) is not None


def _begins_with(sentence: str, subject: str) -> bool:
    following = sentence[len(subject) : len(subject) + 1]
    return sentence.startswith(subject) and not following.isalnum()
