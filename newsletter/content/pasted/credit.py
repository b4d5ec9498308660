"""Find the line that credits the picture (rule 12 of content.md 4.5)."""

from __future__ import annotations

import re

from newsletter.content.pasted.folding import plain

_LONGEST = 120
_PICTURE = r"(?:image|photo|photograph|picture)s?"
_CREDIT = re.compile(
    rf"(?:{_PICTURE} (?:credits?|courtesy|source)(?: (?:to|of|by)(?=[ :-]))?(?=[ :-])"
    r" ?(?::|-{1,3})?|photo(?:graph)? by(?= )|credits? ?:)"
    r" ?(?P<name>[^ :-].*)",
    re.IGNORECASE,
)
_UNFINISHED = frozenset({"to", "of", "by"})


def image_credit(block: str) -> str | None:
    """Give the name a whole line credits, without its final full stop; None for other lines."""
    if len(block) > _LONGEST:
        return None
    line = _unwrapped(block)
    found = _CREDIT.fullmatch(plain(line))
    if found is None or found["name"].casefold() in _UNFINISHED:
        return None
    return line[found.start("name") :].removesuffix(".").strip() or None


def _unwrapped(block: str) -> str:
    line = block.removesuffix(".")
    return line[1:-1].strip() if line.startswith("(") and line.endswith(")") else block
