"""Read a fault file: TOML with one `[[rule]]` table for each rule. See docs/sandbox.md."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsletter.core.errors import ConfigError, Where
from newsletter.core.toml import syntax_fault
from newsletter.sandbox.faults import KINDS, Rule

_SELECTORS = frozenset({"fault", "path", "requests", "from", "every", "seed", "share", "times"})
PARAMETERS: dict[str, frozenset[str]] = {
    "status": frozenset({"status", "body", "headers", "reset", "remaining", "accept"}),
    "throttle": frozenset({"reset", "retry_after"}),
    "redirect": frozenset({"status", "location"}),
    "bad-request": frozenset({"address"}),
    "refuse-recipient": frozenset({"address"}),
    "reset-before-body": frozenset(),
    "reset-in-body": frozenset({"after"}),
    "reset-after-body": frozenset({"accept"}),
    "close": frozenset({"accept"}),
    "lost": frozenset({"accept"}),
    "slow": frozenset({"seconds", "accept"}),
    "dribble": frozenset({"interval", "accept"}),
    "garbage": frozenset({"accept"}),
}


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _between(value: Any, most: float) -> bool:
    return (_integer(value) or isinstance(value, float)) and 0 <= value <= most


_Check = tuple[Callable[[Any], bool], str]
_COUNT: _Check = (lambda value: _integer(value) and value >= 1, "a whole number from 1")
_SPAN: _Check = (lambda value: _between(value, 86_400), "a number of seconds from 0 to 86400")
_SWITCH: _Check = (lambda value: isinstance(value, bool), "true or false")
_CHECKS: dict[str, _Check] = {
    "fault": (lambda value: value in KINDS, f"one of {', '.join(KINDS)}"),
    "path": (
        lambda value: isinstance(value, str) and value[:1] in {"/", "*"},
        'a path such as "/v3/mail/batch", or "*" for all',
    ),
    "requests": (
        lambda value: isinstance(value, list) and bool(value) and all(map(_COUNT[0], value)),
        "a list of request numbers from 1, such as [2, 5]",
    ),
    "from": _COUNT,
    "every": _COUNT,
    "times": _COUNT,
    "seed": (_integer, "a whole number"),
    "share": (
        lambda value: _between(value, 1),
        "a number from 0 to 1",
    ),
    "address": (
        lambda value: isinstance(value, (str, list)) and bool(value) and _texts(value),
        "an e-mail address or a list of them",
    ),
    "status": (lambda value: _integer(value) and 200 <= value <= 599, "a status from 200 to 599"),
    "body": (lambda value: value in {"json", "html", "empty"}, '"json", "html" or "empty"'),
    "headers": (
        lambda value: isinstance(value, dict) and _texts(list(value.values())),
        'a table of texts, such as { Retry-After = "3" }',
    ),
    "retry_after": (
        lambda value: isinstance(value, (int, str)) and not isinstance(value, bool),
        "a number of seconds, or an HTTP date as text",
    ),
    "remaining": (lambda value: _integer(value) and value >= 0, "a whole number from 0"),
    "location": (lambda value: isinstance(value, str), "an address"),
    "after": (lambda value: _integer(value) and value >= 0, "a number of bytes"),
    "reset": _SPAN,
    "seconds": _SPAN,
    "interval": _SPAN,
    "accept": _SWITCH,
}


def _texts(value: Any) -> bool:
    entries = [value] if isinstance(value, str) else value
    return all(isinstance(entry, str) and entry and entry.isprintable() for entry in entries)


def load(file: Path) -> tuple[Rule, ...]:
    """Read the rules in their order. Raises `ConfigError` with file, rule and what is allowed."""
    whole = Where(file=str(file), leads=False)
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The fault file {file} cannot be read: {error}.", where=whole) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"The fault file {file} is not valid TOML: {error}.",
            where=replace(whole, line=syntax_fault(error).line),
        ) from error
    tables = document.get("rule", [])
    if set(document) - {"rule"} or not _are_tables(tables):
        raise ConfigError(
            f"The fault file {file} must consist of [[rule]] tables, at least one.",
            hint='Begin with: [[rule]], then fault = "status" and requests = [2].',
            where=whole,
        )
    return tuple(
        rule_from(table, where=Where(file=str(file), place=f"{file}, rule {number}"))
        for number, table in enumerate(tables, start=1)
    )


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def rule_from(table: Mapping[str, Any], *, where: Where) -> Rule:
    """Read one rule. Raises `ConfigError`; `where` is the place of the rule."""
    if "fault" not in table:
        hint = f"It is {_CHECKS['fault'][1]}."
        raise ConfigError("`fault` is missing.", hint=hint, where=replace(where, key="fault"))
    _require(table, "fault", where)
    allowed = _SELECTORS | PARAMETERS[table["fault"]]
    for key in table:
        if key not in allowed:
            close = difflib.get_close_matches(key, allowed, n=1)
            raise ConfigError(
                f"`{key}` does not belong to the fault “{table['fault']}”.",
                hint=(f"Did you mean `{close[0]}`? " if close else "")
                + f"Allowed: {', '.join(sorted(allowed))}.",
                where=replace(where, key=key),
            )
        _require(table, key, where)
    _require_partners(table, where)
    return Rule(**{_NAMES.get(key, key): _value(key, value) for key, value in table.items()})


_NAMES = {"from": "start"}  # `from` is a word of Python's


def _require(table: Mapping[str, Any], key: str, where: Where) -> None:
    check, allowed = _CHECKS[key]
    if not check(table[key]):
        raise ConfigError(f"`{key}` must be {allowed}.", where=replace(where, key=key))


def _require_partners(table: Mapping[str, Any], where: Where) -> None:
    if table["fault"] == "refuse-recipient" and "address" not in table:
        raise ConfigError(
            "refuse-recipient needs `address`: who is to be refused.",
            where=replace(where, key="address"),
        )
    if ("seed" in table) != ("share" in table):
        raise ConfigError("`seed` and `share` belong together.", where=replace(where, key="seed"))


def _value(key: str, value: Any) -> Any:
    match key:
        case "requests":
            return tuple(value)
        case "address":
            return (value,) if isinstance(value, str) else tuple(value)
        case "retry_after":
            return str(value)
        case _:
            return value
