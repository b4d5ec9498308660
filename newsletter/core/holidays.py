"""Public holidays of countries and their parts, from the library `holidays`, where it is there.

The library is an extra: who names no country needs none, and it is loaded for nobody else.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, cast

_REGION = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,4}))?")
_EXTRA = "pip install 'daily-news-brief[holidays]'"


def region(code: str) -> str:
    """Check the code of a country, or of a part of one: "GB", "DE-BY". Raises `ValueError`."""
    if not _REGION.fullmatch(code):
        raise ValueError(
            'is no code of a country such as "GB", or of a part of one such as "DE-BY"'
        )
    _days(code)
    return code


def name(codes: Sequence[str], day: date) -> str | None:
    """Return what a date is called in the first of some countries that has a holiday then."""
    names = (_days(code).get(day) for code in codes)
    return next((found for found in names if found), None)


@lru_cache(maxsize=64)
def _days(code: str) -> Mapping[date, str]:
    """Return a country's holidays by date; years are worked out as they are asked for."""
    country, _, part = code.partition("-")
    try:
        library: Any = importlib.import_module("holidays")
    except ImportError as error:
        raise ValueError(
            f"needs the library `holidays`, which is not installed: {_EXTRA}"
        ) from error
    try:
        found = library.country_holidays(country, subdiv=part or None)
        if "en_US" in getattr(found, "supported_languages", ()):
            found = library.country_holidays(country, subdiv=part or None, language="en_US")
    except NotImplementedError as error:
        raise ValueError(f"is not a country the library `holidays` knows: {error}") from error
    return cast("Mapping[date, str]", found)
