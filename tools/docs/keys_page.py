"""The page of every key of config.toml, from the models that read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from newsletter.core.config.settings import Settings
from tools.docs.tables import code, comments, table

_HEAD = """# Every key

Each key of `config.toml` with what it takes, as the program reads it;
[configuration](../configuration.md) explains them and names the secrets. A variable of the
environment goes before the file: `NEWSLETTER_SCHEDULE__AT=06:30` is `[schedule] at`; lists are
written as JSON.
"""
_BOUNDS = {
    "minimum": "from {}",
    "exclusiveMinimum": "over {}",
    "maximum": "to {}",
    "exclusiveMaximum": "under {}",
    "maxLength": "up to {} signs",
    "minItems": "{} or more",
}
_CHECKED = {  # by the name of the function that checks it
    "_address": "e-mail address",
    "_web_address": "web address",
    "_zone": "time zone",
    "_time_of_day": "time of day",
    "_segment": "segment",
    "_network": "network",
    "region": "country or part of one",
}
_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "null": "",
}


def text() -> str:
    """Return the page."""
    parts = [_HEAD]
    for name, field in Settings.model_fields.items():
        if field.exclude:
            continue
        parts += [f"## `[{name}]`\n", *_section(name, field.annotation)]
    return "\n".join(parts)


def _section(name: str, model: Any) -> Iterator[str]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        yield "A level for each check by its id: `off`, `info`, `warning` or `error`.\n"
        return
    about = (model.__doc__ or "").partition(": ")[2].strip()
    yield f"{about[:1].upper()}{about[1:]}\n"
    yield table(("key", "takes", "default", ""), _rows(model, (name,))) + "\n"


def _rows(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    schema = model.model_json_schema()
    notes = comments(model)
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        if inner := _model_in(field.annotation):
            yield from _rows(inner, (*path, name))
            continue
        known = schema["properties"][name]
        default = "needed" if field.is_required() else _default(known.get("default"))
        key = ".".join((*path[1:], name))
        takes = _named_kind(field.metadata, field.annotation)
        takes = takes or _takes(known, schema.get("$defs", {}))
        yield code(key), takes, default, notes.get(name, "")


def _named_kind(metadata: Iterable[Any], annotation: Any) -> str:
    """Return the kind that a value is checked for beyond its type, where it has a name."""
    inner = [one for one in get_args(annotation) if one is not type(None)]
    found = [*metadata, *(given for one in inner for given in getattr(one, "__metadata__", ()))]
    named = (_CHECKED.get(getattr(getattr(one, "func", None), "__name__", "")) for one in found)
    is_list = get_origin(annotation) is tuple
    return next((f"list of {kind}" if is_list else kind for kind in named if kind), "")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the table that a key holds, also where it may be left out."""
    kinds = [annotation, *getattr(annotation, "__args__", ())]
    plain = [one for one in kinds if isinstance(one, type) and issubclass(one, BaseModel)]
    return plain[0] if plain and getattr(annotation, "__origin__", None) is not tuple else None


def _takes(known: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    if "anyOf" in known:
        return " or ".join(filter(None, (_takes(one, tables) for one in known["anyOf"])))
    if "$ref" in known:
        found = tables[known["$ref"].rpartition("/")[2]]
        return "table" if found.get("type") == "object" else _takes(found, tables)
    if words := known.get("enum") or ([known["const"]] if "const" in known else []):
        return ", ".join(code(str(word)) for word in words)
    if known.get("type") == "array":
        return f"list of {_takes(known.get('items', {}), tables) or 'values'}"
    kind = known.get("format", _KINDS.get(known.get("type", ""), "value"))
    bounds = (shown.format(known[name]) for name, shown in _BOUNDS.items() if name in known)
    return " ".join((kind, *bounds))


def _default(value: Any) -> str:
    return "" if value in (None, [], "") else code(json.dumps(value, ensure_ascii=False))
