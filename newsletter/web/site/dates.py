"""Dates as parts of an address: `{day:edition}` is a publication date, `{month:month}` a month."""

from __future__ import annotations

from datetime import date

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException

YEARS = range(1900, 2200)  # of the dates the site has pages for


class _EditionDate(Convertor[date]):
    """A publication date, `2026-11-30`."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def convert(self, value: str) -> date:
        return _date(value)

    def to_string(self, value: date) -> str:
        return value.isoformat()


class _Month(Convertor[date]):
    """A month by its first day, `2026-11`."""

    regex = "[0-9]{4}-[0-9]{2}"

    def convert(self, value: str) -> date:
        return _date(f"{value}-01")

    def to_string(self, value: date) -> str:
        return f"{value:%Y-%m}"


def _date(text: str) -> date:
    """Read a date. Raises what a page that is not there is told with."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(404) from error
    if day.year not in YEARS:
        raise HTTPException(404)
    return day


register_url_convertor("edition", _EditionDate())
register_url_convertor("month", _Month())
