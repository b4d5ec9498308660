"""Read the address of a cell, however a spreadsheet or a mail program dressed it. Pure.

`mailto:ann@…`, `Ann Lee <ann@…>`, `=HYPERLINK("mailto:ann@…")`, and the apostrophe with which a
spreadsheet marks a text: one address is meant, and nothing else is said.
"""

from __future__ import annotations

import re

from newsletter.subscribers.addresses import Address, Refused, parse
from newsletter.subscribers.imports.plainly import told

_BARE = r"[^\s@,;|\"'<>()]+@[^\s@,;|\"'<>()?]+"
_DRESSED = re.compile(
    rf"""
    ['"]?(?:mailto:)?(?P<marked>{_BARE})['"]?\s*[,;]?
    | [^<>@]*<\s*(?:mailto:)?(?P<named>{_BARE})\s*>\s*[,;]?
    | mailto:(?P<linked>{_BARE})\?[^\s@]*
    | '?=\s*HYPERLINK\(\s*"(?:mailto:)?(?P<formula>{_BARE})"
      \s*(?:[,;]\s*"(?:(?P=formula)|[^"@]*)")?\s*\)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def address_of(cell: str, *, as_written: bool = False) -> Address | Refused:
    """Return the one address that a cell means; `as_written`: an apostrophe in front is its own."""
    text = told(cell)
    if text.startswith("*@"):
        return Refused("It stands for a whole domain, and for no person.")
    found = parse(text)
    is_address = isinstance(found, Address)
    if is_address and (as_written or not text.startswith("'")):
        return found
    dressed = _DRESSED.fullmatch(text)
    meant = parse(dressed[dressed.lastgroup or 0]) if dressed else found
    return meant if isinstance(meant, Address) else found


def domain_of(cell: str) -> str | None:
    """Return the domain that a cell means as a whole, as `@example.org`; None: it means none."""
    text = told(cell).removeprefix("*")
    found = parse(f"anybody{text}") if text.startswith("@") else None
    return found.canonical.removeprefix("anybody") if isinstance(found, Address) else None
