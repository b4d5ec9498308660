"""Which attributes MJML's elements take, and what their values look like."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from tinycss2.color3 import parse_color

_EVERYWHERE: Mapping[str, str] = {"css-class": "string", "mj-class": "string"}
_ADVICE = {
    ("mj-style", "inline"): "put the rules into base.css",
    ("mj-wrapper", "gap"): "use padding",
}
_WORDS_FOR_COLOURS = frozenset({"none", "inherit"})
_UNIT = re.compile(r"(unit|unitWithNegative)\((.*)\)(?:\{1,4\})?")
_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"


def faults(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Tell in a sentence each attribute an element does not take, and each value it cannot mean."""
    known = _kinds(tag)
    if known is None:
        return
    for name, value in attributes.items():
        kind = known.get(name)
        if kind is None:
            close = difflib.get_close_matches(name, known, n=1)
            yield f"<{tag}> has no attribute {name}" + (
                f"; the nearest is {close[0]}" if close else ""
            )
        elif kind == "ignored":
            advice = _ADVICE.get((tag, name))
            yield f"<{tag} {name}> has no effect here" + (f"; {advice}" if advice else "")
        else:
            yield from _value_faults(name, value, kind)


def _value_faults(name: str, value: str, kind: str) -> Iterator[str]:
    if "padding" in name and "0" in value.split():
        yield f'{name}="{value}" has a bare zero, which spoils widths; write 0px'
    elif not _check(kind)(value):
        yield f'{name}="{value}" is not {_described(kind)}'


@cache
def _kinds(tag: str) -> Mapping[str, str] | None:
    """Return the kind of each attribute of an element; None for HTML."""
    table = _table()
    if tag in {"mj-all", "mj-class"}:  # defaults for several elements may name anybody's
        return {"name": "string"} | {name: "string" for kinds in table.values() for name in kinds}
    if tag == "mjml" or tag.startswith("mj-"):
        return {**table.get(tag, {}), **_EVERYWHERE}
    return None


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    read = tomllib.loads(files(__package__).joinpath("mjml.toml").read_text(encoding="utf-8"))
    return {
        tag: {name: kind for kind, names in kinds.items() for name in names}
        for tag, kinds in read.items()
    }


@cache
def _check(kind: str) -> Callable[[str], object]:
    """Return the test for a kind of value by MJML's name: `color`, `enum(…)`, `unit(px,%){1,4}`."""
    if kind == "color":
        return _is_colour
    if kind == "integer":
        return re.compile(r"\d+").fullmatch
    choices = _choices(kind)
    if choices:
        return choices.__contains__
    unit = _UNIT.fullmatch(kind)
    return _unit_pattern(kind, *unit.groups()).fullmatch if unit else lambda _: True


def _choices(kind: str) -> tuple[str, ...]:
    if kind == "boolean":
        return ("true", "false")
    return tuple(kind[5:-1].split(",")) if kind.startswith("enum(") else ()


def _unit_pattern(kind: str, name: str, units: str) -> re.Pattern[str]:
    sign = "-?" if name == "unitWithNegative" else ""
    ends = "|".join(re.escape(unit) for unit in units.split(",") if unit != "auto")
    one = rf"(?:{sign}{_NUMBER}(?:{ends})|0{'|auto' if 'auto' in units else ''})"
    return re.compile(rf"{one}(?: {one}){{0,3}}" if kind.endswith("}") else one)


def _is_colour(value: str) -> bool:
    return value in _WORDS_FOR_COLOURS or parse_color(value) is not None


def _described(kind: str) -> str:
    if kind == "color":
        return "a colour such as #14161A"
    choices = _choices(kind)
    if choices:
        return f"one of {', '.join(filter(None, choices))}"
    unit = _UNIT.fullmatch(kind)
    return f"a number with {' or '.join(filter(None, unit[2].split(',')))}" if unit else "a number"
