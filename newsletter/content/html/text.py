"""A fragment of HTML (a feed's item, a part of a Markdown file) as blocks. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.content.html import rules
from newsletter.content.html.blocks import Block, blocks
from newsletter.content.html.markdown import markdown
from newsletter.content.html.tree import parse
from newsletter.core.model import LeftOut


@dataclass(frozen=True, slots=True)
class Text:
    """What of a fragment can be read in a mail, and what cannot, with the reason of each."""

    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...] = ()
    base: str = ""

    @property
    def markdown(self) -> tuple[str, ...]:
        """Return the blocks as Markdown."""
        return markdown(self.blocks, base=self.base)


def read(html: str, *, base: str = "", language: str = "", name: str = "The markup") -> Text:
    """Read a fragment; links become absolute by `base`. Nothing that is seen is in neither part.

    Raises `SourceError`, which begins with `name`, for what would keep the parser busy.
    """
    kept: list[Block] = []
    left_out: list[LeftOut] = []
    for block in blocks(parse(html, name=name), language=language):
        reason = rules.reason_in_text(block, base=base)
        if reason:
            left_out.append(LeftOut(block.plain, reason))
        else:
            kept.append(block)
    return Text(tuple(kept), tuple(left_out), base)
