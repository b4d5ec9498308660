"""The tables of config.toml that belong to a provider and to no section: found by its name.

`[carrier]` is the table of the provider `carrier`, `[my_package.carrier]` that of the dotted path.
Only the provider knows its keys, so it holds them to what it allows (`Settings.provider_options`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from newsletter.core.config.errors import Written
from newsletter.core.errors import ConfigError


def provider_of(values: dict[str, Any]) -> str | None:
    """Return what `[delivery] provider` says, as far as it is a text."""
    delivery = values.get("delivery")
    name = delivery.get("provider") if isinstance(delivery, dict) else None
    return name if isinstance(name, str) and name else None


def take_tables(
    values: dict[str, Any],
    providers: Iterable[str | None],
    *,
    sections: Collection[str],
    written: Written,
) -> dict[str, Any]:
    """Take the providers' own tables out of `values`; return them by the provider's name.

    Raises `ConfigError` for a table beside them that nobody reads.
    """
    named = dict.fromkeys(name for name in providers if name)  # in order, each once
    own = [name for name in named if name.partition(".")[0] not in sections]
    tables = {name: table for name in own if (table := _take(values, name.split("."))) is not None}
    for name in own:
        _refuse_rest(values, name, written=written)
        if not isinstance(tables.get(name, {}), dict):
            where = written.where(tuple(name.split(".")))
            raise ConfigError(f"`{name}` must be a table.", hint=f"Write [{name}].", where=where)
    return tables


def _take(values: dict[str, Any], path: list[str]) -> Any:
    """Take out what lies at a path, and the tables around it that are empty then."""
    key, *rest = path
    if not rest or not isinstance(values.get(key), dict):
        return values.pop(key, None)
    table = _take(values[key], rest)
    if not values[key]:
        del values[key]
    return table


def _refuse_rest(values: dict[str, Any], name: str, *, written: Written) -> None:
    first = name.partition(".")[0]
    if first not in values:
        return
    path = (first, *list(values[first])[:1])
    raise ConfigError(
        f"`{'.'.join(path)}` is not a key of the configuration.",
        hint=f"The provider {name} reads the table [{name}].",
        where=written.where(path),
    )
