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
from pydantic_core import PydanticUndefined

from newsletter.core.config import wording
from newsletter.core.errors import ConfigError, Where
from newsletter.core.toml import line_of, syntax_fault

_VARIABLE = "The environment variable "
_NAMED = re.compile(r"`(\w+)`")


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
        first = self._narrowed(findings[0], below)
        path = tuple(str(key) for key in first["loc"])
        whole = (*below, *path)
        where = self.where(whole)
        more = f" ({len(findings) - 1} more after this one.)" if len(findings) > 1 else ""
        return ConfigError(
            f"`{where.key}`{wording.shown(first, whole)} {wording.sentence(first)}.{more}",
            hint=_hint(first, path, model=model, below=below, where=where),
            where=where,
        )

    def _narrowed(self, finding: Mapping[str, Any], below: Sequence[str]) -> Mapping[str, Any]:
        """Give what is said of a whole table to the key in it that was written, as named there."""
        told = str(finding["msg"]).removeprefix("Value error, ")
        given = finding.get("input")
        if not isinstance(given, Mapping):
            return finding
        named = [name for name in _NAMED.findall(told) if name in given]
        path = (*below, *(str(key) for key in finding["loc"]))
        written = [name for name in named if (*path, name) in self.overridden]
        key = (written or named or [None])[0]
        if key is None:
            return finding
        sentence = told.removeprefix(f"`{key}` ")
        narrowed = {"loc": (*finding["loc"], key), "msg": sentence, "input": given[key]}
        return {**finding, **narrowed}

    def where(self, path: tuple[str, ...]) -> Where:
        """Say where a key has its value from: a variable, or file and line."""
        key = ".".join(path)
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.overridden:
                variable = self.overridden[path[:depth]]
                return Where(key=key, place=f"{_VARIABLE}{variable}")
        inside = [name for below, name in self.overridden.items() if below[: len(path)] == path]
        if inside and not _is_written(path, self.text):
            return Where(key=key, place=f"{_VARIABLE}{inside[0]}")
        return Where(file=str(self.file), line=line_of(path, self.text), key=key)


def _is_written(path: tuple[str, ...], text: str) -> bool:
    """Say whether the file itself has a key."""
    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    for key in path:
        if not isinstance(table, Mapping) or key not in table:
            return False
        table = table[key]
    return True


def _hint(
    finding: Mapping[str, Any],
    path: tuple[str, ...],
    *,
    model: type[BaseModel],
    below: Sequence[str],
    where: Where,
) -> str:
    allowed = _allowed(finding["type"], path, model=model, below=below)
    variable = where.place.removeprefix(_VARIABLE) if where.place else ""
    default = _default_at(path, model)
    example = wording.example(finding, (*below, *path), default=default, variable=variable)
    if not example:
        return allowed
    verb = "Did you mean" if wording.is_guess(finding) else "Write, for example,"
    return f"{verb} {example}{'?' if wording.is_guess(finding) else '.'} {allowed}"


def _default_at(path: tuple[str, ...], model: type[BaseModel]) -> Any:
    """Return a key's default, as far as there is one that people could write."""
    current: Any = model
    for key in path:
        found = current.model_fields.get(key) if _is_model(current) else None
        if found is None:
            return None
        current = found.annotation
        default = found.default
    return None if _is_model(current) or default is PydanticUndefined else default


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _allowed(
    kind: str, path: tuple[str, ...], *, model: type[BaseModel], below: Sequence[str]
) -> str:
    if kind != "extra_forbidden" and below:
        return f"[{'.'.join(below)}] has the keys: {', '.join(sorted(model.model_fields))}."
    if kind != "extra_forbidden":
        return "`newsletter help configuration` lists every key with its allowed values."
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
