"""The page of what `--json` answers: the commands are asked, and the shape of each is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from newsletter.cli import app
from tools.docs.tables import code, table

_HEAD = """# What `--json` answers

One document on standard output, and nothing else there. Each command was asked in the example
publication, so a key that had no value there says `null`; a name in `<…>` stands for any. Keys are
only added within a major version. [Commands](../commands.md) says what they mean.
"""
# In this order: what a command writes, a later one is asked about.
ASKED: tuple[tuple[str, ...], ...] = (
    ("new", "--date", "2026-03-20"),
    ("assemble",),
    ("render",),
    ("check",),
    ("test", "you@example.org"),
    ("approve",),
    ("send", "--now"),
    ("audit",),
    ("mails", "list"),
    ("mails", "send"),
    ("events", "set-aside"),
    ("events", "retry"),
    ("run",),
    ("schedule", "plan", "--days", "2"),
    ("subscribers", "import", "subscribers.example.csv", "--dry-run"),
    ("subscribers", "add", "ida@example.org"),
    ("subscribers", "list", "--limit", "1"),
    ("subscribers", "show", "ida@example.org"),
    ("subscribers", "remove", "ida@example.org"),
    ("subscribers", "suppress", "ida@example.org"),
    ("subscribers", "export", "--out", "readers.csv"),
    ("subscribers", "stats"),
    ("subscribers", "imports", "list"),
    ("subscribers", "imports", "show", "1"),
    ("comments", "list"),
    ("comments", "letters"),
    ("comments", "departures"),
    ("web", "export", "site"),
    ("config", "show"),
    ("doctor", "--offline"),
    ("status",),
    ("db", "size"),
    ("db", "upgrade"),
    ("db", "backup", "brief.zip"),
    ("db", "restored"),
    ("library",),
    ("page", "parse", "content/pages/2026-01-05.txt"),
)
NOT_ASKED = {
    "send pause": "answers as `send`",
    "send resume": "answers as `send`",
    "send cancel": "answers as `send`",
    "send correct": "answers as `send`, with `called_back`",
    "worker": "stays",
    "events listen": "stays",
    "events ingest": "answers as `events retry`",
    "events pull": "asks the provider",
    "simulate": "lives through a day",
    "subscribers quiet": "needs events",
    "subscribers received": "reads a mail",
    "subscribers forget": "erases",
    "subscribers imports undo": "takes an import back",
    "comments approve": "needs a comment",
    "comments refuse": "needs a comment",
    "doctor received": "answers as `doctor`",
    "db restore": "replaces the database",
    "quote": "asks the network",
    "web": "stays",
    "sandbox": "stays",
}
# Only SendGrid reports events; nothing of it is asked here.
_EVENTFUL = {"NEWSLETTER_DELIVERY__PROVIDER": "sendgrid", "SENDGRID_API_KEY": "SG.no-real-key"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ANY = re.compile(r"[^a-z_]")  # a name that is no word of ours: a value that became a key


def text(root: Path) -> str:
    """Return the page; `root` is the publication that is asked."""
    parts = [_HEAD]
    for words in ASKED:
        shape = "\n".join(_drawn(_shape(answer(root, words))))
        parts.append(f"## `newsletter {' '.join(words)}`\n\n```text\n{shape}\n```\n")
    rows = [(code(f"newsletter {name}"), why) for name, why in NOT_ASKED.items()]
    parts += ["## Not asked here\n", table(("command", "because it"), rows)]
    return "\n".join(parts)


def answer(root: Path, words: Sequence[str]) -> Any:
    """Ask a command. Raises `RuntimeError` where it has no answer."""
    environment = _EVENTFUL if words[0] == "events" else {}
    with chdir(root):
        done = CliRunner().invoke(app, [*words, "--json"], env=environment)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"newsletter {' '.join(words)}: {done.exception!r}") from done.exception


def _shape(value: Any) -> Any:
    """Return what kind of value it is; of a list, what all of its values are together."""
    if isinstance(value, Mapping):
        if value and all(_ANY.search(name) for name in value):
            return {"<name>": _together([_shape(one) for one in value.values()])}
        return {name: _shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_together([_shape(one) for one in value])] if value else []
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        is_moment, is_date = _MOMENT.fullmatch(value), _DATE.fullmatch(value)
        return "moment" if is_moment else "date" if is_date else "text"
    return "null" if value is None else "number"


def _together(shapes: Sequence[Any]) -> Any:
    """Return one shape for several: objects with all keys, kinds joined by "or"."""
    objects = [one for one in shapes if isinstance(one, dict)]
    lists = [one for one in shapes if isinstance(one, list)]
    if objects:
        names = dict.fromkeys(name for one in objects for name in one)
        return {name: _together([one[name] for one in objects if name in one]) for name in names}
    if lists:
        inner = [value for one in lists for value in one]
        return [_together(inner)] if inner else []
    return " or ".join(dict.fromkeys(kind for one in shapes for kind in one.split(" or ")))


def _drawn(shape: Any, lead: str = "", *, indent: int = 0) -> Iterator[str]:
    room = "  " * indent
    if isinstance(shape, dict) and shape:
        yield f"{room}{lead}{{"
        for name, one in shape.items():
            yield from _drawn(one, f"{name}: ", indent=indent + 1)
        yield f"{room}}}"
    elif isinstance(shape, list) and shape and isinstance(shape[0], dict | list):
        [first, *others] = _drawn(shape[0], f"{lead}[", indent=indent)
        yield first
        yield from others[:-1]
        yield f"{others[-1]} …]" if others else ""
    elif isinstance(shape, list):
        yield f"{room}{lead}[{shape[0] if shape else ''}{' …' if shape else ''}]"
    else:
        yield f"{room}{lead}{shape or '{}'}"
