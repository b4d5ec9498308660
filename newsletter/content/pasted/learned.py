"""What a publication's editor said about lines of its site, kept in a file and used every day.

The file is TOML, made to be edited by hand:

    [[lines]]
    text = "12 min read"      # any number of minutes
    is = "navigation"

    [[lines]]
    starts = "Writer:"        # every line with that beginning
    is = "byline"

Pure: reading and writing the file itself is the caller's.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from newsletter.content.pasted.folding import fold_open
from newsletter.core.errors import UsageError, Where
from newsletter.core.sentences import said
from newsletter.core.toml import syntax_fault

HEAD = """\
# What the lines of your site are, as you said on the desk or with `newsletter page learn`.
# `text` is a whole line (case, numbers, weekdays and months make no difference), `starts` a
# beginning. `is` can be: navigation, byline, date, headline, furniture, keep.
"""
_KEYS = frozenset({"text", "starts", "is"})
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_CALENDAR = re.compile(
    r"\b(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_LABEL = re.compile(r"[^:]{2,40}:(?= ?\S)")


class Meaning(StrEnum):
    """What a line is, in an editor's words."""

    NAVIGATION = "navigation"
    BYLINE = "byline"
    DATE = "date"
    HEADLINE = "headline"
    FURNITURE = "furniture"
    KEEP = "keep"  # part of the text, whatever it looks like


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedLine:
    """One correction: a whole line, or a beginning, and what it is."""

    text: str = ""
    starts: str = ""
    meaning: Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is known of the site that pages are copied from."""

    publication: str = ""  # its name, which is no headline
    lines: tuple[LearnedLine, ...] = ()  # the later of two wins

    def meaning(self, block: str) -> Meaning | None:
        """Say what a line is, where that was learned."""
        if not self.lines:
            return None
        key, beginning = general(block), fold_open(block)
        for line in reversed(self.lines):
            if line.text and general(line.text) == key:
                return line.meaning
            if line.starts and beginning.startswith(fold_open(line.starts)):
                return line.meaning
        return None

    def is_name(self, block: str) -> bool:
        """Say whether a line is the publication's name and nothing more."""
        return bool(self.publication) and fold_open(block) == fold_open(self.publication)


NOTHING_LEARNED = Site()


@lru_cache(maxsize=4096)  # a page asks for the same lines again and again
def general(block: str) -> str:
    """Return what a line has in common with the same line of another day."""
    folded = " ".join(fold_open(block).split())
    if _NUMBER.search(folded) is None:
        return folded
    return _NUMBER.sub("0", _CALENDAR.sub("day", folded))


def read_site(text: str, *, name: str, publication: str = "") -> Site:
    """Read the file `name`. Raises `UsageError` with file and line for what is wrong in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = syntax_fault(error)
        where = Where(file=name, line=fault.line or text.count("\n") + 1)
        raise UsageError(
            said("this is not TOML: %(sentence)s.", sentence=fault.sentence), where=where
        ) from error
    entries = document.pop("lines", [])
    if document or not isinstance(entries, list):
        key = next(iter(document), "lines")
        hint = said('Each line is a table: [[lines]], then text = "…" and is = "navigation".')
        where = Where(file=name, line=_line_of_key(key, text), key=key)
        raise UsageError(said("`%(key)s` is not understood.", key=key), hint=hint, where=where)
    numbers = _header_lines(text)
    lines = tuple(
        _line(entry, Where(file=name, line=numbers.get(at), key=f"lines.{at}"))
        for at, entry in enumerate(entries)
    )
    return Site(publication=publication, lines=lines)


def with_line(text: str, line: LearnedLine) -> str:
    """Return the file's text with a correction at its end; what it had stays as it is."""
    key, value = ("text", line.text) if line.text else ("starts", line.starts)
    head = text if text.strip() else HEAD
    return f'{head.rstrip()}\n\n[[lines]]\n{key} = {_quoted(value)}\nis = "{line.meaning}"\n'


def correction(block: str, meaning: Meaning) -> LearnedLine:
    """Return what is kept of a correction.

    A name behind a label is another one tomorrow: of such a byline or headline the label is kept.
    """
    block = block.strip()
    label = _LABEL.match(block)
    if label is not None and meaning in {Meaning.BYLINE, Meaning.HEADLINE}:
        return LearnedLine(starts=label[0], meaning=meaning)
    return LearnedLine(text=block, meaning=meaning)


def learn(text: str, line: LearnedLine, *, name: str) -> str:
    """Return the file's text with a correction that counts from now on.

    One that says so already is not written twice. Raises `UsageError` for a file that is no such
    file.
    """
    site = read_site(text, name=name)
    same = [one for one in site.lines if _key(one) == _key(line)]
    if same and same[-1].meaning is line.meaning:
        return text
    return with_line(text, line)


def _key(line: LearnedLine) -> tuple[str, str]:
    return general(line.text), fold_open(line.starts)


def _line(entry: Any, where: Where) -> LearnedLine:
    if not isinstance(entry, Mapping) or not all(isinstance(one, str) for one in entry.values()):
        raise UsageError(said("a line needs texts: `text` or `starts`, and `is`."), where=where)
    odd = sorted(set(entry) - _KEYS)
    if odd:
        hint = said("Allowed: %(keys)s.", keys=", ".join(sorted(_KEYS)))
        raise UsageError(said("`%(key)s` is not understood.", key=odd[0]), hint=hint, where=where)
    text, starts = (entry.get(key, "").strip() for key in ("text", "starts"))
    if bool(fold_open(text)) == bool(fold_open(starts)):
        raise UsageError(
            said("a line needs either `text` or `starts`, with words in it."), where=where
        )
    meaning = entry.get("is", "")
    if meaning not in list(Meaning):
        hint = said("`is` can be: %(words)s.", words=", ".join(Meaning))
        raise UsageError(said("`is` cannot be “%(word)s”.", word=meaning), hint=hint, where=where)
    return LearnedLine(text=text, starts=starts, meaning=Meaning(meaning))


def _header_lines(text: str) -> dict[int, int]:
    """Map the index of each `[[lines]]` to the line it stands on."""
    rows = enumerate(text.splitlines(), start=1)
    found = [at for at, row in rows if re.match(r"\s*\[\[\s*lines\s*\]\]", row)]
    return dict(enumerate(found))


def _line_of_key(key: str, text: str) -> int | None:
    pattern = re.compile(rf"\s*\[*\s*\"?{re.escape(key)}\b")
    rows = enumerate(text.splitlines(), start=1)
    return next((at for at, row in rows if pattern.match(row)), None)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
