"""Read labelled lines: "Fact of the Day (Source): text", "In a Sentence: text", "Photo by: name".

Rules 8 and 12 of content.md 4.5. A feature's label needs its colon or dash; without it the line is
an entry of the contents, or odd.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from newsletter.content.pasted.folding import fold, plain


class FeatureKind(StrEnum):
    """What a label announces."""

    FACT = "fact"
    QUOTE = "quote"
    WORD = "word"
    SENTENCE = "sentence"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A labelled line, its text not read further; the text is empty when nothing follows."""

    kind: FeatureKind
    label: str  # as printed, without source and colon
    source: str | None
    text: str


_SUBJECT = r"(?:(?:the|our|your|today's) )?(?P<subject>[^\W_][\w'&.-]*(?: [\w'&.-]+){0,3}?)"
_LABEL = rf"(?P<label>{_SUBJECT} of the (?:day|week)|(?:used )?in a sentence|example sentence)"
_SOURCE = r"(?: ?\((?P<source>[^()]*(?:\([^()]*\)[^()]*)*)\))?"
_FEATURE = re.compile(rf"{_LABEL}{_SOURCE} ?(?::|-{{1,3}}(?= |$)) ?(?P<text>.*)", re.IGNORECASE)
_BARE = re.compile(_LABEL + _SOURCE, re.IGNORECASE)

_LONGEST_CREDIT = 120
_PICTURE = r"(?:image|photo|photograph|picture)s?"
_CREDIT = re.compile(
    rf"(?:{_PICTURE} (?:credits?|courtesy|source)(?: (?:to|of|by)(?=[ :-]))?(?=[ :-])"
    r" ?(?::|-{1,3})?|photo(?:graph)? by(?= )|credits? ?:)"
    r" ?(?P<name>[^ :-].*)",
    re.IGNORECASE,
)
_UNFINISHED = frozenset({"to", "of", "by"})

_KINDS = {
    "fact": FeatureKind.FACT,
    "quote": FeatureKind.QUOTE,
    "quotation": FeatureKind.QUOTE,
    "word": FeatureKind.WORD,
    "sentence": FeatureKind.SENTENCE,
}
# "By the end of the day: …" is a sentence, not a feature.
_SENTENCE_BEGINS = re.compile(
    r"(?:after|as|at|before|by|during|for|he|in|it|on|she|they|this|until) .*"
    r"|(?:.* )?(?:beginning|close|course|end|half|middle|part|remainder|rest|start)"
)


def read_feature(block: str) -> Feature | None:
    """Read a line with label and colon or dash; None where it is something else."""
    found = _FEATURE.fullmatch(plain(block)) if _may_be_labelled(block) else None
    if found is None or not _is_name(found["subject"]):
        return None
    return Feature(
        kind=_kind(found["subject"]),
        label=_printed(block, found, "label"),
        source=_printed(block, found, "source").strip() or None,
        text=_printed(block, found, "text").strip(),
    )


def is_bare_label(block: str) -> bool:
    """Say whether a line is a label without its colon or dash."""
    found = _BARE.fullmatch(plain(block)) if _may_be_labelled(block) else None
    return found is not None and _is_name(found["subject"])


def _may_be_labelled(block: str) -> bool:
    """Say whether a line has the words that every label has; few have, and that is told quickly."""
    words = block.casefold()
    return " of the " in words or "sentence" in words


def _printed(block: str, found: re.Match[str], group: str) -> str:
    """Cut a group out of the line as it was printed; plain text has the same length."""
    start, end = found.span(group)
    return block[start:end] if start >= 0 else ""


def _is_name(subject: str | None) -> bool:
    if subject is None:  # one of the sentence labels
        return True
    return _SENTENCE_BEGINS.fullmatch(fold(subject)) is None


def _kind(subject: str | None) -> FeatureKind:
    if subject is None:
        return FeatureKind.SENTENCE
    return _KINDS.get(fold(subject), FeatureKind.OTHER)


def image_credit(block: str) -> str | None:
    """Return whom a whole line credits with the picture, without full stop; None for others."""
    if len(block) > _LONGEST_CREDIT:
        return None
    line = _unwrapped(block)
    found = _CREDIT.fullmatch(plain(line))
    if found is None or found["name"].casefold() in _UNFINISHED:
        return None
    return line[found.start("name") :].removesuffix(".").strip() or None


def _unwrapped(block: str) -> str:
    line = block.removesuffix(".")
    return line[1:-1].strip() if line.startswith("(") and line.endswith(")") else block
