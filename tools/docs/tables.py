"""Tables of Markdown, and the comments that stand behind lines of the code."""

from __future__ import annotations

import inspect
import io
import tokenize
from collections.abc import Iterable, Sequence
from textwrap import dedent


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; a cell may hold any sign."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def code(text: str) -> str:
    """Write something as code, or nothing."""
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def comments(kind: type) -> dict[str, str]:
    """Return what stands behind each field or member of a class, by name, its parents' first."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        if one.__module__.startswith("newsletter."):
            found |= _comments_of(dedent(inspect.getsource(one)))
    return found


def _comments_of(source: str) -> dict[str, str]:
    found, name = {}, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        begins = token.line[: token.start[1]].strip() == "" and token.start[1] == 4
        if token.type == tokenize.NAME and begins:
            name = token.string
        elif token.type == tokenize.COMMENT and name and token.line.lstrip()[0] != "#":
            found[name] = f"{found.get(name, '')} {token.string[1:].strip()}".strip()
    return found
