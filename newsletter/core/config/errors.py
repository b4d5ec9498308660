"""Turn findings about config.toml into a sentence: key, file, line, and what is allowed."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from newsletter.core.errors import ConfigError


def not_toml(file: Path, error: tomllib.TOMLDecodeError) -> ConfigError:
    """Say where a file stops being TOML."""
    return ConfigError(
        f"{file} is not valid TOML: {error}.", hint='Text needs quotes: name = "The Brief".'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where each value was written: the text of config.toml, and which variables override it."""

    file: Path = Path("config.toml")
    text: str = ""
    overridden: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    def problem(
        self, error: ValidationError, *, model: type[BaseModel], below: Sequence[str] = ()
    ) -> ConfigError:
        """Tell the first finding in full, and how many more there are.

        `below` is the table that `model` describes, where it is not the whole file.
        """
        findings = error.errors(include_url=False)
        first = findings[0]
        path = tuple(str(key) for key in first["loc"])
        key = ".".join((*below, *path))
        sentence = _sentence(first["type"], first["msg"])
        more = f" ({len(findings) - 1} more after this one.)" if len(findings) > 1 else ""
        return ConfigError(
            f"{self.where((*below, *path))}: `{key}` {sentence}.{more}",
            hint=_allowed(first["type"], path, model=model, below=below),
        )

    def where(self, path: tuple[str, ...]) -> str:
        """Say where a key has its value from: a variable, or file and line."""
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.overridden:
                return f"The environment variable {self.overridden[path[:depth]]}"
        line = line_of(path, self.text)
        return f"{self.file}, line {line}" if line else str(self.file)


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


def _sentence(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "is not a key of the configuration"
    if kind == "missing":
        return "is missing"
    text = message.removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _allowed(
    kind: str, path: tuple[str, ...], *, model: type[BaseModel], below: Sequence[str]
) -> str:
    if kind != "extra_forbidden" and below:
        return f"[{'.'.join(below)}] has the keys: {', '.join(sorted(model.model_fields))}."
    if kind != "extra_forbidden":
        return "docs/configuration.md lists every key with its allowed values."
    valid = sorted(_keys_at(path[:-1], model))
    close = difflib.get_close_matches(path[-1], valid, n=1)
    suggestion = f"Did you mean `{close[0]}`? " if close else ""
    allowed = f"{suggestion}Allowed here: {', '.join(valid) or 'nothing'}."
    if close or below or len(path) > 1:
        return allowed
    return f"{allowed} A provider's own table is read when [delivery] provider names it."


def _keys_at(path: tuple[str, ...], model: type[BaseModel]) -> set[str]:
    current: Any = model
    for key in path:
        field = current.model_fields.get(key)
        current = field.annotation if field else None
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return set()
    return {name for name, field in current.model_fields.items() if not field.exclude}
