"""Turn findings about config.toml into a sentence: key, file, line, and what is allowed."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from newsletter.core.errors import ConfigError, Where
from newsletter.core.toml import line_of, syntax_fault


def not_toml(file: Path, error: tomllib.TOMLDecodeError) -> ConfigError:
    """Say where a file stops being TOML."""
    return ConfigError(
        f"{file} is not valid TOML: {error}.",
        hint='Text needs quotes: name = "The Brief".',
        where=Where(file=str(file), line=syntax_fault(error).line, leads=False),
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
        where = self.where((*below, *path))
        more = f" ({len(findings) - 1} more after this one.)" if len(findings) > 1 else ""
        return ConfigError(
            f"`{where.key}` {_sentence(first['type'], first['msg'])}.{more}",
            hint=_allowed(first["type"], path, model=model, below=below),
            where=where,
        )

    def where(self, path: tuple[str, ...]) -> Where:
        """Say where a key has its value from: a variable, or file and line."""
        key = ".".join(path)
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.overridden:
                variable = self.overridden[path[:depth]]
                return Where(key=key, place=f"The environment variable {variable}")
        return Where(file=str(self.file), line=line_of(path, self.text), key=key)


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
