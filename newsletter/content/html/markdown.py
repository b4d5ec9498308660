"""Blocks written as Markdown: every sign escaped, every mark one that Markdown sees. Pure.

The dialect is CommonMark with tables, `~~struck~~`, `^raised^` and `~lowered~` words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from newsletter.content.escaping import at_line_start, marks_escaped
from newsletter.content.html import tables
from newsletter.content.html.blocks import Block, Kind
from newsletter.content.html.inline import Line, Run, is_visible
from newsletter.content.web.links import link

_LIST_START = re.compile(r"^- |^(\d+)\. ", re.MULTILINE)


def markdown(found: Sequence[Block], *, base: str = "") -> tuple[str, ...]:
    """Write blocks that follow each other, so that each stays a block of its own.

    Links become absolute by `base`. The highest headings there are become subheadings, all others
    those below. Two lists without anything between them would be one; the second gets other signs.
    """
    highest = min((block.level for block in found if block.level), default=0)
    out: list[str] = []
    for block in found:
        text = _written(block, base)
        if block.level:
            text = f"{'##' if block.level == highest else '###'} {text}"
        before = _LIST_START.match(out[-1]) if out else None
        own = _LIST_START.match(text)
        alike = before and own and bool(before[1]) == bool(own[1])
        out.append(_other_signs(text) if alike else text)
    return tuple(out)


def _other_signs(text: str) -> str:
    return _LIST_START.sub(lambda found: f"{found[1]}) " if found[1] else "* ", text)


def _written(block: Block, base: str) -> str:
    match block.kind:
        case Kind.PARAGRAPH:
            rows = [at_line_start(line(one, base)) for one in block.lines]
            return f"**{rows[0]}**" if block.is_strong and _may_be_bold(rows) else "\\\n".join(rows)
        case Kind.HEADING:
            return " ".join(line(one, base) for one in block.lines)
        case Kind.LIST:
            return "\n".join(_item(item, sign, base) for sign, item in _signed(block))
        case Kind.QUOTE:
            inner = "\n\n".join(markdown(block.items[0], base=base))
            return "\n".join(f"> {row}".rstrip() for row in inner.split("\n"))
        case Kind.CODE:
            return _fenced([one.plain for one in block.lines])
        case Kind.TABLE:
            cells = [[[line(one, base) for one in cell] for cell in row] for row in block.cells]
            return tables.markdown([[" ".join(cell) for cell in row] for row in cells])
    raise AssertionError(block.kind)


def _may_be_bold(rows: Sequence[str]) -> bool:
    return len(rows) == 1 and "*" not in rows[0]


def _signed(block: Block) -> list[tuple[str, tuple[Block, ...]]]:
    numbers = block.numbers or ("",) * len(block.items)
    signs = [f"{number}. " if block.numbers else "- " for number in numbers]
    return list(zip(signs, block.items, strict=True))


def _item(item: Sequence[Block], sign: str, base: str) -> str:
    """Write an item behind its sign, with everything in it as far to the right."""
    if len(item) == 2 and item[0].is_term and item[1].kind is Kind.PARAGRAPH:
        return f"{sign}{_written(item[0], base)}: {_written(item[1], base)}"
    written = markdown(item, base=base)
    parts = [written[0]]
    for (before, block), text in zip(pairwise(item), written[1:], strict=True):
        tight = block.kind is Kind.LIST and before.kind is Kind.PARAGRAPH
        parts.append(("\n" if tight else "\n\n") + text)
    indent = " " * len(sign)
    return sign + re.sub(r"\n(?=[^\n])", f"\n{indent}", "".join(parts))


def _fenced(rows: Sequence[str]) -> str:
    fence = "`" * max(
        3, 1 + max((len(one) for one in re.findall("`+", "\n".join(rows))), default=0)
    )
    return "\n".join((fence, *rows, fence))


def line(found: Line, base: str) -> str:
    """Write one line: the runs of one link in its brackets, each with its marks."""
    out = ""
    groups = [(href, list(of)) for href, of in groupby(found.runs, key=lambda run: run.href)]
    for at, (href, group) in enumerate(groups):
        follows = groups[at + 1][1][0].plain[:1] if at + 1 < len(groups) else ""
        target = address(href, base) if href and any(is_visible(one.plain) for one in group) else ""
        if not target:
            out += _marked(group, before=out, follows=follows)
            continue
        inner = _marked(group, before="[", follows="]")
        words = inner.strip(" ")
        lead, trail = inner[: len(inner) - len(inner.lstrip(" "))], inner[len(inner.rstrip(" ")) :]
        safe = target.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
        out += f"{lead}[{words}](<{safe}>){trail}"
    return out


def address(href: str, base: str) -> str:
    """Return where a link leads, as a mail can carry it; nothing where it cannot."""
    if href.lower().startswith("mailto:"):
        return "" if re.search(r"\s", href) else href
    return link(href, base=base) or ""


def _marked(runs: Sequence[Run], *, before: str, follows: str) -> str:
    out = ""
    groups = [(marks, list(of)) for marks, of in groupby(runs, key=lambda run: run.marks)]
    for at, (marks, group) in enumerate(groups):
        text = "".join(_words(run) for run in group)
        words = "".join(run.plain for run in group).strip()
        after = groups[at + 1][1][0].plain[:1] if at + 1 < len(groups) else follows
        out += _with_marks(marks, text, words, before=before + out, follows=after)
    return out


def _words(run: Run) -> str:
    return marks_escaped(run.plain) if run.written is None else run.written


def _with_marks(marks: tuple[str, ...], text: str, words: str, *, before: str, follows: str) -> str:
    inner = text.strip()
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if not marks or not words or not _holds(before + lead, words, trail + follows):
        return text
    return f"{lead}{''.join(marks)}{inner}{''.join(reversed(marks))}{trail}"


def _holds(before: str, words: str, follows: str) -> bool:
    """Say whether a mark begins and ends here by CommonMark's flanking rules."""
    opens = words[:1].isalnum() or not before[-1:].isalnum()
    closes = words[-1:].isalnum() or not follows[:1].isalnum()
    return opens and closes and before[-1:] not in {"*", "~"}
