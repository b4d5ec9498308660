"""Read a list of people who must never be mailed: any file with a column of addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.subscribers.addresses import Address
from newsletter.subscribers.csvfile import Page, examine
from newsletter.subscribers.imports.address_cells import address_of, domain_of
from newsletter.subscribers.imports.columns import Columns, find
from newsletter.subscribers.imports.formats import OURS


@dataclass(frozen=True, slots=True)
class Listed:
    """What a part of such a file has."""

    forms: Sequence[str]  # canonical addresses, and domains as `@example.org`
    refused: Sequence[tuple[int, str]]  # line, and what stands there that is no address


def listed(path: Path, *, mapping: Mapping[str, str]) -> Iterator[Listed]:
    """Read a file part by part, in flat memory; only its addresses count.

    Raises `InputError` when it is no list, and `UsageError` for a column in `mapping` that it
    does not have.
    """
    file = examine(path)
    sample = file.sample()
    columns = find(sample, mapping)
    header = 0 if columns.headless else sample[0].line
    for page in file.pages():
        yield _read(page.after(header), columns)


def _read(page: Page, columns: Columns) -> Listed:
    forms: dict[str, None] = {}
    refused = []
    for record in page.records():
        cell = record.cells[columns.email] if columns.email < len(record.cells) else ""
        found = address_of(cell, as_written=columns.export == OURS.name)
        form = found.canonical if isinstance(found, Address) else domain_of(cell)
        if form is not None:
            forms[form] = None
        else:
            refused.append((record.line, cell.strip()))
    return Listed(list(forms), refused)
