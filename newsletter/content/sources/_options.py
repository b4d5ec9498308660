"""A source's table in config.toml, held to the keys the source knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from newsletter.content.source import SourceOptions
from newsletter.core.errors import ConfigError
from newsletter.core.model import Part

Option: TypeAlias = str | bool | int | list[str]

_KINDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    list: "a list of texts",
}


def checked(
    options: SourceOptions, *, source: str, defaults: Mapping[str, Option]
) -> dict[str, Any]:
    """Return the options with their defaults filled in.

    Raises `ConfigError` for a key the source does not know, naming the allowed ones, and for a
    value of another kind than the default's.
    """
    for key, value in options.options.items():
        if key not in defaults:
            raise ConfigError(
                f"`{key}` is not an option of this source.",
                hint=f"Allowed: {', '.join(sorted(defaults)) or 'none'}.",
                where=options.where(source=source, key=key),
            )
        kind = type(defaults[key])
        if not _is_of(kind, value):
            raise ConfigError(
                f"`{key}` must be {_KINDS[kind]}.", where=options.where(source=source, key=key)
            )
    return dict(defaults) | dict(options.options)


def checked_for(
    parts: Collection[Part],
    options: SourceOptions,
    *,
    source: str,
    defaults: Mapping[str, Option] | None = None,
) -> dict[str, Any]:
    """Return the options as `checked` does, for a source that stands in the chains of `parts` only.

    Raises `ConfigError` in any other chain.
    """
    if options.part not in parts:
        raise ConfigError(
            f"“{source}” supplies no {options.part}.",
            hint=f"It can stand in the chain of: {', '.join(sorted(parts))}.",
            where=options.where(),
        )
    return checked(options, source=source, defaults=defaults or {})


def _is_of(kind: type, value: Any) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return type(value) is kind
