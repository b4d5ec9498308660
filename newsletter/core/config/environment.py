"""The environment over config.toml: `NEWSLETTER_SECTION__KEY`, each with its name kept. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from newsletter.core.errors import ConfigError, Where

PREFIX = "NEWSLETTER_"


def override(
    values: dict[str, Any], environment: Mapping[str, str], *, keys: Mapping[str, set[str]]
) -> dict[tuple[str, ...], str]:
    """Put the values of variables in place; return which key came from which variable.

    `keys` are those of each section. Raises `ConfigError` for a variable that cannot be meant.
    """
    overridden: dict[tuple[str, ...], str] = {}
    for name, raw in sorted(environment.items()):
        if not name.startswith(PREFIX):
            continue
        if "__" not in name:
            _refuse_single(name, keys)
            continue
        path = tuple(name.removeprefix(PREFIX).lower().split("__"))
        _put(values, path, raw, name=name)
        overridden[path] = name
    return overridden


def _put(values: dict[str, Any], path: tuple[str, ...], raw: str, *, name: str) -> None:
    table = values
    for key in path[:-1]:
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            raise ConfigError(
                f"{name} goes below {key}, which is a value and not a table.",
                where=Where(key=".".join(path), leads=False),
            )
        table = inner
    table[path[-1]] = _value(raw)


def _refuse_single(name: str, keys: Mapping[str, set[str]]) -> None:
    """Refuse `NEWSLETTER_SCHEDULE_AT`: with one underscore it would be passed over in silence."""
    section, _, key = name.removeprefix(PREFIX).lower().partition("_")
    if key in keys.get(section, set()):
        raise ConfigError(
            f"The environment variable {name} sets nothing.",
            hint=f"Write two underscores before the key: {PREFIX}{section.upper()}__{key.upper()}.",
            where=Where(key=f"{section}.{key}", leads=False),
        )


def _value(raw: str) -> Any:
    """Read lists and tables as JSON, everything else as text; pydantic turns text into types."""
    if raw[:1] in {"[", "{"}:
        try:
            return json.loads(raw)
        except json.JSONDecodeError:
            return raw
    return raw
