"""Where things stand in a text of TOML: its syntax errors, and its keys. Pure."""

from __future__ import annotations

import re
import tomllib
from typing import NamedTuple

# Before Python 3.14 tomllib tells the line in its sentence only; it is read here and nowhere else.
_AT = re.compile(r" ?\(at line (\d+)[^)]*\)")


class SyntaxFault(NamedTuple):
    """Where a text stops being TOML, and why."""

    line: int | None  # from 1; None: at the end of the text
    sentence: str  # without the line and without a full stop


def syntax_fault(error: tomllib.TOMLDecodeError) -> SyntaxFault:
    """Return the line and the sentence of what `tomllib.loads` raised."""
    told = str(error)
    at = _AT.search(told)
    return SyntaxFault(int(at[1]) if at else None, _AT.sub("", told).strip())


def line_of(path: tuple[str, ...], text: str) -> int | None:
    """Find the line a key stands on: `[a.b]` then `c =`, or `b.c =` below `[a]`."""
    tables: tuple[str, ...] = ()
    best: tuple[int, int] | None = None  # (depth matched, line number)
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([\w.\"-]+)\s*\]+", line)
        if header:
            tables = tuple(header.group(1).replace('"', "").split("."))
            here = tables
        else:
            key = re.match(r"\s*([\w.\"-]+)\s*=", line)
            if not key:
                continue
            here = tables + tuple(key.group(1).replace('"', "").split("."))
        depth = len(here)
        if here == path[:depth] and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None
