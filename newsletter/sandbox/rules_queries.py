"""Rules for the numbers in the query of a look-up, as the API's description limits them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from newsletter.sandbox.exchange import Problem

_INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_LATEST = 2**40


class Range(NamedTuple):
    """What is taken where nothing is said, and what may be said."""

    otherwise: int
    least: int
    most: int


SUPPRESSED: Mapping[str, Range] = {
    "start_time": Range(0, 0, _LATEST),
    "end_time": Range(_LATEST, 0, _LATEST),
    "limit": Range(500, 1, 500),
    "offset": Range(0, 0, _LATEST),
}
ACTIVITY: Mapping[str, Range] = {"limit": Range(10, 1, 1000)}


def numbers(query: Mapping[str, str], ranges: Mapping[str, Range]) -> dict[str, int] | Problem:
    """Return the numbers of a query, or the first that is none or out of its range."""
    found: dict[str, int] = {}
    for name, (otherwise, least, most) in ranges.items():
        said = query.get(name, str(otherwise))
        if not _INTEGER.fullmatch(said) or not least <= int(said) <= most:
            return Problem(f"The {name} must be an integer from {least} to {most}.", name)
        found[name] = int(said)
    return found
