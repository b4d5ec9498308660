"""Write the list as a CSV file, in a form that an import takes back unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from newsletter.subscribers.csvfile import write_columns, write_row
from newsletter.subscribers.imports.columns import column_of
from newsletter.subscribers.model import Listing

_VALUES = ("email", "name", "time_zone", "subscription", "frequency", "paused_until")


def write(listing: Listing, stream: IO[str], *, progress: Callable[[int], None]) -> None:
    """Write a header and the subscribers; tell how many are written, again and again."""
    write_row(stream, (*_VALUES, *map(column_of, listing.keys)))
    written = 0
    for columns in listing.pages:
        write_columns(stream, columns)
        written += len(columns[0])
        progress(written)
