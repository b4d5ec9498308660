"""Turn findings about config.toml into a sentence: key, file, line, and what is allowed."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
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


def as_config_error(
    error: ValidationError,
    *,
    file: Path,
    text: str,
    overridden: Mapping[tuple[str, ...], str],
    model: type[BaseModel],
) -> ConfigError:
    """Tell the first finding in full, and how many more there are."""
    findings = error.errors(include_url=False)
    first = findings[0]
    path = tuple(str(key) for key in first["loc"])
    where = _where(path, file=file, text=text, overridden=overridden)
    more = f" ({len(findings) - 1} more after this one.)" if len(findings) > 1 else ""
    return ConfigError(
        f"`{where.key}` {_sentence(first['type'], first['msg'])}.{more}",
        hint=_allowed(first["type"], path, model),
        where=where,
    )


def _where(
    path: tuple[str, ...], *, file: Path, text: str, overridden: Mapping[tuple[str, ...], str]
) -> Where:
    key = ".".join(path)
    for depth in range(len(path), 0, -1):
        if path[:depth] in overridden:
            return Where(key=key, place=f"The environment variable {overridden[path[:depth]]}")
    return Where(file=str(file), line=line_of(path, text), key=key)


def _sentence(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "is not a key of the configuration"
    if kind == "missing":
        return "is missing"
    text = message.removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _allowed(kind: str, path: tuple[str, ...], model: type[BaseModel]) -> str:
    if kind != "extra_forbidden":
        return "docs/configuration.md lists every key with its allowed values."
    valid = sorted(_keys_at(path[:-1], model) - {"root", "secrets"})
    close = difflib.get_close_matches(path[-1], valid, n=1)
    suggestion = f"Did you mean `{close[0]}`? " if close else ""
    return f"{suggestion}Allowed here: {', '.join(valid)}."


def _keys_at(path: tuple[str, ...], model: type[BaseModel]) -> set[str]:
    current: Any = model
    for key in path:
        field = current.model_fields.get(key)
        current = field.annotation if field else None
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return set()
    return set(current.model_fields)
