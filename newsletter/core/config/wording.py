"""What is said of a value of config.toml that will not do: in words, with the value and an example.

Pure. pydantic's findings are read by their type; what our own validators say is taken as it is.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from newsletter.core.config.masking import HIDDEN, masked
from newsletter.core.sentences import Sentence, said

Finding = Mapping[str, Any]  # one of `ValidationError.errors()`
_LONGEST = 60
_MEANT = re.compile(r"; did you mean ([\w/+-]+)\?")
_QUOTED = re.compile(r"'([^']*)'")
# Where an address of a database stands, no part of it is repeated.
_NEVER_SHOWN = {("database", "url")}
_EXAMPLES: Mapping[str, Any] = {
    "id": "main",
    "language": "en-GB",
    "zone": "Europe/Berlin",
    "url": "https://brief.your-site.example",
    "base_url": "https://api.sendgrid.com",
    "email": "brief@your-site.example",
    "reply_to": "editor@your-site.example",
    "contact": "editor@your-site.example",
    "host": "mail.your-site.example",
    "postal_address": "The Brief, 12 Mill Lane, Anytown, United Kingdom",
    "name": "The Brief",
    "ip_pool_name": "daily",
    "on_behalf_of": "brief",
    "type": "library",
    "skip": ["2026-12-25"],
    "days": ["mon", "fri"],
    "warm_up_from": "2026-03-01",
    "database.url": "sqlite:///newsletter.db",
    "alerts.url": "https://hooks.your-site.example/",
    "sections": ["stories", "fact", "quote", "word"],
    "segment": "tag:vip",
}
_SENTENCES: Mapping[str, str] = {
    "missing": said("is missing"),
    "extra_forbidden": said("is not a key of the configuration"),
    "string_too_short": said("is empty"),
    "string_type": said("must be a text, in quotes"),
    "int_type": said("must be a whole number"),
    "int_parsing": said("must be a whole number"),
    "int_from_float": said("must be a whole number"),
    "int_parsing_size": said("is too large a number"),
    "float_type": said("must be a number"),
    "float_parsing": said("must be a number"),
    "finite_number": said("must be a number that ends"),
    "bool_type": said("must be true or false"),
    "bool_parsing": said("must be true or false"),
    "tuple_type": said("must be a list"),
    "list_type": said("must be a list"),
    "dict_type": said("must be a table"),
    "model_type": said("must be a table"),
    "model_attributes_type": said("must be a table"),
}
_BOUNDS = {
    "greater_than": ("gt", said("must be more than %(bound)s")),
    "greater_than_equal": ("ge", said("must be at least %(bound)s")),
    "less_than": ("lt", said("must be less than %(bound)s")),
    "less_than_equal": ("le", said("must be at most %(bound)s")),
    "string_too_long": ("max_length", said("is longer than %(bound)s signs")),
    "too_short": ("min_length", said("needs at least %(bound)s of them")),
}


def sentence(finding: Finding) -> str:
    """Say what is wrong, so that it reads on behind the key; without a full stop."""
    kind, context = finding["type"], finding.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return said(words.template, bound=context[name])
    if kind in {"literal_error", "enum"}:
        allowed = ", ".join(_as_toml(one) for one in choices(finding))
        return said("must be one of %(allowed)s", allowed=allowed)
    if kind == "string_pattern_mismatch":
        return said("has not the form it must have")
    if kind.startswith("date"):
        return said("is not a date")
    raised = context.get("error")
    if isinstance(raised, ValueError) and raised.args and isinstance(raised.args[0], Sentence):
        return raised.args[0]
    text = _MEANT.sub("", str(finding["msg"]).removeprefix("Value error, ")).rstrip(".")
    if text.startswith("`"):
        return said("does not go with the rest: %(text)s", text=text)
    return text[:1].lower() + text[1:]


def choices(finding: Finding) -> list[str]:
    """List the values that are taken, where there is a list of them."""
    return _QUOTED.findall(str(finding.get("ctx", {}).get("expected", "")))


def shown(finding: Finding, path: Sequence[str]) -> str:
    """Write the value in brackets, as far as people may see it; empty where it says nothing."""
    value = finding.get("input")
    is_plain = isinstance(value, str | int | float | dt.date | dt.time)
    if not is_plain or tuple(path) in _NEVER_SHOWN or finding["type"] in _SENTENCES_ALONE:
        return ""
    secretless = _masked(path, value)
    is_repeated = isinstance(value, str) and repr(value) in str(finding["msg"])
    if HIDDEN in str(secretless) or is_repeated:
        return ""
    text = _as_toml(secretless)
    return f" ({text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'})"


_SENTENCES_ALONE = {"missing", "extra_forbidden", "string_too_short"}


def _masked(path: Sequence[str], value: Any) -> Any:
    table: Any = value
    for key in reversed(path):
        table = {key: table}
    table = masked(table)
    for key in path:
        table = table[key] if isinstance(table, Mapping) else table
    return table


def example(finding: Finding, path: Sequence[str], *, default: Any, variable: str = "") -> str:
    """Write the key, or the variable, with a value that would do; empty where none is known."""
    key = next((name for name in reversed(path) if not name.isdecimal()), "")
    value = _example_value(finding, path, key, default)
    if value is None:
        return ""
    if not variable:
        return f"{key} = {_as_toml(value)}"
    text = json.dumps(value) if isinstance(value, list) else _as_toml(value).strip('"')
    return f"{variable}={shlex.quote(text)}"


def _example_value(finding: Finding, path: Sequence[str], key: str, default: Any) -> Any:
    given = finding.get("input")
    if meant := _MEANT.search(str(finding["msg"])):
        return meant[1]
    if "time of day" in str(finding["msg"]):
        return _time_meant(given) or default or dt.time(7)
    if options := choices(finding):
        is_entry = str(finding["loc"][-1]).isdecimal()
        nearest = difflib.get_close_matches(str(given).lower(), options, n=1, cutoff=0.3)
        best = nearest[0] if nearest else options[0]
        return [best] if is_entry else best
    if finding["type"] in {"extra_forbidden", "model_type", "dict_type", "model_attributes_type"}:
        return None
    return _EXAMPLES.get(".".join(path[-2:]), _EXAMPLES.get(key, default))


def is_guess(finding: Finding) -> bool:
    """Say whether the example is what was probably meant."""
    is_time = "time of day" in str(finding["msg"]) and _time_meant(finding.get("input"))
    return bool(is_time or _MEANT.search(str(finding["msg"])))


_CLOCK = re.compile(r"\s*(\d{1,2})(?:\s*[:.h]\s*(\d{2})?)?\s*([ap])?\.?m?\.?\s*(?:uhr|h)?\s*", re.I)


def _time_meant(given: object) -> dt.time | None:
    """Read "7am", "19h30", "7.15 pm" or 7 as the time it probably is."""
    found = _CLOCK.fullmatch(str(given))
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and 1 <= hour <= 12:  # of a clock face
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _as_toml(value: Any) -> str:
    if isinstance(value, dt.time):
        return f'"{value:%H:%M}"'
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(_as_toml(one) for one in value)}]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


def nearest_zone(name: str, known: Callable[[], set[str]]) -> str | None:
    """Find the time zone that is probably meant."""
    wanted = name.strip().replace(" ", "_").lower()
    if wanted in _SHORT_ZONES:
        return _SHORT_ZONES[wanted]
    places: dict[str, str] = {}
    for zone in sorted(known()):
        places.setdefault(zone.lower(), zone)
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/")):
            places.setdefault(zone.rpartition("/")[2].lower(), zone)
    for text, cutoff in ((wanted, 0.75), (wanted.rpartition("/")[2], 0.8)):
        if close := difflib.get_close_matches(text, places, n=1, cutoff=cutoff):
            return places[close[0]]
    return None


_SHORT_ZONES = {
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "mdt": "America/Denver",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "edt": "America/New_York",
    "bst": "Europe/London",
    "cest": "Europe/Berlin",
    "mez": "Europe/Berlin",
    "ist": "Asia/Kolkata",
    "jst": "Asia/Tokyo",
    "aest": "Australia/Sydney",
}
