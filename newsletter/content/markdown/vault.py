"""What Obsidian and wikis add to Markdown: links to notes, embeds, highlights, comments. Pure."""

from __future__ import annotations

import re

from newsletter.content.markdown.code import substituted
from newsletter.core.model import LeftOut

_COMMENT = re.compile(r"(?<![%\w])%%(?!%).{1,5000}?%%(?!%)", re.DOTALL)
_EMBED = re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]")
_LINK = re.compile(
    r"(?<![\[\\!])\[\[(?![\s\^$_]|toc\])(?P<note>[^\[\]|\n]{1,300})"
    r"(?:\|(?P<shown>[^\[\]\n]{1,300}))?\]\]"
    r"(?![\[(])",
    re.IGNORECASE,
)
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=[^\s=])([^\n=]{1,500}?)(?<=\S)==(?![=\w])")
_ANCHOR = re.compile(r"(?m)(?<=\S)[ \t]+\^[a-z0-9][a-z0-9-]{3,}[ \t]*$")
_NOT_HERE = "a note or a file of the vault, which a mail cannot show"
_COMMENTED = "a comment"


def in_markdown(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """Return the text as readers of the vault see it, and what was left out."""
    left_out: list[LeftOut] = []

    def gone(reason: str, found: re.Match[str]) -> str:
        left_out.append(LeftOut(text=" ".join(found.group().split())[:200], reason=reason))
        return ""

    text = substituted(_COMMENT, lambda found: gone(_COMMENTED, found), text)
    text = substituted(_EMBED, lambda found: gone(_NOT_HERE, found), text)
    text = substituted(_LINK, _words, text)
    text = substituted(_HIGHLIGHT, lambda found: found[1], text)
    return substituted(_ANCHOR, lambda _: "", text), tuple(left_out)


def _words(found: re.Match[str]) -> str:
    """Return what is shown of a link to a note: its own words, else the note's name."""
    if found["shown"]:
        return found["shown"].strip()
    note, _, heading = found["note"].partition("#")
    return (note.rpartition("/")[2] or heading).strip()
