"""Which mail clients know which features of HTML and CSS, by the tables of caniemail.com.

The table beside this file is reduced from theirs (MIT, notice and date inside) by
tools/inboxes/caniemail.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from newsletter.core.model.clients import Family

_TABLE = Path(__file__).with_name("caniemail.json")


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """A feature of HTML or CSS that some clients do not know."""

    slug: str  # caniemail's: https://www.caniemail.com/features/SLUG/
    title: str
    answers: Mapping[str, str]  # family → y (yes), a (almost), n (no), u (nobody has tried)

    def lacking(self, families: tuple[Family, ...]) -> tuple[Family, ...]:
        """Name those of the families that do not know it, or only in part of their programs."""
        return tuple(family for family in families if self.answers[family] == "n")


def features(mark: str) -> tuple[Feature, ...]:
    """Return the features a mark shows the use of, such as `property:gap` or `element:video`."""
    return _by_mark().get(mark, ())


def date() -> str:
    """Say of which day the table is, as YYYY-MM-DD."""
    return str(_table()["date"])


@cache
def _by_mark() -> Mapping[str, tuple[Feature, ...]]:
    table = _table()
    found: dict[str, tuple[Feature, ...]] = {}
    for slug, entry in table["features"].items():
        answers = dict(zip(table["families"], entry["support"], strict=True))
        feature = Feature(slug, entry["title"], answers)
        for mark in entry["marks"]:
            found[mark] = (*found.get(mark, ()), feature)
    return found


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table
