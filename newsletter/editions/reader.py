"""Read `edition.toml` as an editor left it; a slip is told with file, line and what is allowed."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from datetime import date

from pydantic import ValidationError

from newsletter.core.errors import UsageError, Where
from newsletter.core.model import Edition, Provenance
from newsletter.core.sentences import said
from newsletter.core.toml import syntax_fault
from newsletter.editions.schema import edition_of, keys_beside, sentence

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


def from_toml(
    text: str, *, day: date, name: str, provenance: tuple[Provenance, ...] = ()
) -> Edition:
    """Read the text of the file `name` as the edition of a day.

    Raises `UsageError` with line, key and what is allowed.
    """
    try:
        return edition_of(tomllib.loads(text), day=day, provenance=provenance)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, name=name, text=text) from error
    except ValidationError as error:
        raise _refused(error, name=name, text=text) from error


def _not_toml(error: tomllib.TOMLDecodeError, *, name: str, text: str) -> UsageError:
    fault = syntax_fault(error)
    return UsageError(
        said("this is not TOML: %(sentence)s.", sentence=fault.sentence),
        hint=said('A text needs its quotation marks: "…" on one line, """ … """ over several.'),
        where=Where(file=name, line=fault.line or text.count("\n") + 1),
    )


def _refused(error: ValidationError, *, name: str, text: str) -> UsageError:
    findings = error.errors(include_url=False)
    first = findings[0]
    path = first["loc"]
    key = path[-1]
    others = len(findings) - 1
    more = said(" (%(count)s more after this one.)", count=others) if others else ""
    return UsageError(
        said("`%(key)s` %(sentence)s.%(more)s", key=key, sentence=sentence(first), more=more),
        hint=_allowed(path),
        where=Where(file=name, line=line_of(path, text), key=".".join(map(str, path))),
    )


def _allowed(path: Sequence[int | str]) -> str:
    if path[0] == "accepted":
        return said('Each line is a check and why it may speak in vain: subject = "…".')
    keys = keys_beside(path)
    close = difflib.get_close_matches(str(path[-1]), keys, n=1)
    allowed = said("Allowed here: %(keys)s.", keys=", ".join(keys))
    if not close or close[0] == path[-1]:
        return allowed
    return said("Did you mean `%(close)s`? %(allowed)s", close=close[0], allowed=allowed)


def line_of(path: Sequence[int | str], text: str) -> int:
    """Find the line of a key; of the table it belongs to where the key itself is missing.

    A path is as pydantic gives it: `("stories", 1, "image", "url")`.
    """
    here: tuple[int | str, ...] = ()
    counts: dict[str, int] = {}
    best, best_line, inside = 0, 1, False
    for number, line in enumerate(text.splitlines(), start=1):
        found: tuple[int | str, ...] = ()
        header, key = _HEADER.match(line), _KEY.match(line)
        if not inside and header:
            here = found = _table_path(header, counts)
        elif not inside and key:
            found = (*here, key.group(1))
        if len(found) > best and found == tuple(path)[: len(found)]:
            best, best_line = len(found), number
        inside ^= line.count('"""') % 2 == 1
    return best_line


def _table_path(header: re.Match[str], counts: dict[str, int]) -> tuple[int | str, ...]:
    name, *rest = header.group(2).split(".")
    if header.group(1) == "[[":
        counts[name] = counts.get(name, -1) + 1
    return (name, counts[name], *rest) if name in counts else (name, *rest)
