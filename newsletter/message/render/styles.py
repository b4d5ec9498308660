"""A style sheet of the templates, written out as mail programs understand it. Pure.

They know neither custom properties nor logical ones, so `var(--light-paper)` becomes the colour and
`border-inline-start` the left or the right border.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from newsletter.core.errors import TemplateError, Where

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VARIABLE = re.compile(r"var\(\s*--([^)\s]*)\s*\)")
_LOGICAL = re.compile(r"\b(border|margin|padding)-inline-(start|end)\b")


def written_out(css: str, *, file: Path, colours: Mapping[str, str], start: str, end: str) -> str:
    """Give the rules without comments, variables and logical sides.

    `colours` has a value for each name a `var()` may have; `start` and `end` are `left` and
    `right`, or the other way round. Raises `TemplateError` for another name, with file and line.
    """
    lines = _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), css)

    def colour(match: re.Match[str]) -> str:
        if match[1] in colours:
            return colours[match[1]]
        line = lines.count("\n", 0, match.start()) + 1
        raise TemplateError(
            f"there is no colour --{match[1]}.",
            hint=f"Valid: {', '.join(f'--{name}' for name in colours)}.",
            where=Where(file=str(file), line=line),
        )

    sides = {"start": start, "end": end}
    physical = _LOGICAL.sub(lambda match: f"{match[1]}-{sides[match[2]]}", lines)
    return _VARIABLE.sub(colour, physical).strip()
