"""The page of the events: of logs, of providers, and what alarms are about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from newsletter.core.model.alarms import AlarmKind
from newsletter.core.model.events import EventKind
from tools.docs.tables import code, comments, table

PACKAGE = Path(__file__).resolve().parents[2] / "newsletter"
_LEVELS = {"debug", "info", "warning", "error", "exception"}
_NAMED = re.compile(r"^([a-z]+(?:\.[a-z_]+)+)(?: |$)")
_HEAD = """# Events

## Of the log

The name that each line of a log has (`event` with `NEWSLETTER_LOGS=json`), its level, and its
words; `%s` and `…` stand for values. [Operating](../operating.md#logs) tells how they are joined.
"""
_PROVIDER = """
## Of a provider

What a provider reports of one recipient's mail, in the words of `newsletter audit`.
"""
_ALARMS = """
## Of alarms

What an alarm is about; [alarms](../alarms.md) says when each is told.
"""


def text() -> str:
    """Return the page."""
    rows = sorted({line for file in PACKAGE.rglob("*.py") for line in _logged(file)})
    logged = [(code(name), level, words) for name, level, words in rows]
    return "\n".join(
        (
            _HEAD,
            table(("event", "level", "says"), logged),
            _PROVIDER,
            table(("event", ""), _members(EventKind)),
            _ALARMS,
            table(("kind", ""), _members(AlarmKind)),
        )
    )


def _members(kind: type[StrEnum]) -> Iterator[tuple[str, str]]:
    notes = comments(kind)
    return ((code(one.value), notes.get(one.name, "")) for one in kind)


def _logged(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, level and words of what a file logs under a name."""
    source = file.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source) if "log" in source else ast.Module([], [])):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        said = _words(node.args[0]) if node.args else ""
        named = _NAMED.match(said)
        name = next(_event(node), named[1] if named else "")
        if node.func.attr in _LEVELS and name:
            words = said[named.end() :] if named and named[1] == name else said
            level = "error" if node.func.attr == "exception" else node.func.attr
            yield name, level, words


def _event(call: ast.Call) -> Iterator[str]:
    """Yield the name that a call gives beside its words: `extra={"event": …}`."""
    for given in call.keywords:
        if given.arg == "extra" and isinstance(given.value, ast.Dict):
            for key, value in zip(given.value.keys, given.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "event":
                    yield _words(value)


def _words(node: ast.expr) -> str:
    """Return a text with "…" for what is put into it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "…"
