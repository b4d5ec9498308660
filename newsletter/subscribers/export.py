"""Write the list as a CSV file, in a form that an import takes back unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from newsletter.subscribers.csv_cells import write_columns, write_row
from newsletter.subscribers.imports.columns import column_of
from newsletter.subscribers.model import Listing
from newsletter.subscribers.profile import EXPORTED


def write(listing: Listing, stream: IO[str], *, progress: Callable[[int], None]) -> None:
    """Write a header and the subscribers; tell how many are written, again and again."""
    values = (one.headers[0] for one in EXPORTED)
    write_row(stream, (*values, *map(column_of, listing.keys)))
    written = 0
    for columns in listing.pages:
        write_columns(stream, columns)
        written += len(columns[0])
        progress(written)
