"""Front matter: TOML between `+++` lines, or simple `key: value` lines between `---` lines."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from newsletter.content.edition_fields import ImageTable, StoryTable, fronted
from newsletter.core.errors import SourceError, Where
from newsletter.core.toml import syntax_fault

_STORY = (*fronted(StoryTable).values(), *fronted(ImageTable).values())
KEYS = ("headline", "date", "order", "draft", *(one.key for one in _STORY))
_FENCES = {"+++": "TOML", "---": "simple"}
_PAIR = re.compile(r"([A-Za-z_][\w-]*)\s*:(?:\s+(.*))?")
_ITEM = re.compile(r"\s*-\s+(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The keys above a story, where they stand, and the text below."""

    name: str  # of the file, for sentences about it
    values: Mapping[str, Any]
    lines: Mapping[str, int]  # key → line of the file
    body: str

    def refuse(self, key: str, sentence: str, *, hint: str = "") -> NoReturn:
        """Raise `SourceError` that names the file and the line of a key, or of the first line."""
        where = Where(file=self.name, line=self.lines.get(key, 1), key=key)
        raise SourceError(f"{sentence}.", hint=hint, where=where)


def read_front_matter(text: str, *, name: str) -> FrontMatter:
    """Read a file's front matter. Raises `SourceError` with file and line.

    Keys of other programs (tags, slug, …) are left alone, but one that is nearly one of ours is a
    slip of the pen and is refused.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fence = lines[0].strip()
    if fence not in _FENCES:
        raise SourceError(
            "the front matter is missing.",
            hint='Begin with a line +++, then title = "…", then a line +++, then the text.',
            where=Where(file=name, line=1),
        )
    end = next((i for i, line in enumerate(lines) if i and line.strip() == fence), None)
    if end is None:
        raise SourceError(
            "the front matter has no end.",
            hint=f"Close it with a line {fence} above the text.",
            where=Where(file=name, line=1),
        )
    head = lines[1:end]
    values = _toml(head, name=name) if fence == "+++" else _simple(head, name=name)
    found = FrontMatter(
        name=name, values=values, lines=_lines_of(head), body="\n".join(lines[end + 1 :])
    )
    _refuse_slips(found)
    return found


def _toml(lines: list[str], *, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        fault = syntax_fault(error)
        raise SourceError(
            f"the front matter is not TOML: {fault.sentence}.",
            hint='Texts need quotation marks: title = "The Tide Tables".',
            # A text that ends too early has no line; the fence itself is the file's line 1.
            where=Where(file=name, line=(fault.line or len(lines)) + 1),
        ) from error


def _simple(lines: list[str], *, name: str) -> dict[str, Any]:
    """Read `key: value`, `key: [a, b]` and a key with `- item` lines below it; no more of YAML."""
    values: dict[str, Any] = {}
    key = ""
    for number, line in enumerate(lines, start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pair, item = _PAIR.fullmatch(line.rstrip()), _ITEM.fullmatch(line.rstrip())
        if pair:
            key = pair.group(1)
            if key in values:
                where = Where(file=name, line=number, key=key)
                raise SourceError(f"`{key}` stands there twice.", where=where)
            values[key] = _scalar((pair.group(2) or "").strip())
        elif item and key and (values[key] == "" or isinstance(values[key], list)):
            values[key] = [*(values[key] or []), _scalar(item.group(1).strip())]
        else:
            raise SourceError(
                f"“{line.strip()[:40]}” is no `key: value`.",
                hint="For anything richer use TOML: put the front matter between +++ lines.",
                where=Where(file=name, line=number),
            )
    return values


def _scalar(text: str) -> Any:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    if text.startswith("[") and text.endswith("]"):
        return [_scalar(entry.strip()) for entry in text[1:-1].split(",") if entry.strip()]
    return {"true": True, "false": False}.get(text.lower(), text)


def _lines_of(head: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(head, start=2):
        key = re.match(r"\s*[\"']?([\w-]+)[\"']?\s*[=:]", line)
        if key:
            found.setdefault(key.group(1), number)
    return found


def _refuse_slips(found: FrontMatter) -> None:
    for key in found.values:
        close = difflib.get_close_matches(key.lower(), KEYS, n=1, cutoff=0.8)
        if key not in KEYS and close:
            found.refuse(
                key, f"`{key}` is not a key of a story", hint=f"Did you mean `{close[0]}`?"
            )
