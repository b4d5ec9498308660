"""A reader's own addresses on the publication's site: `URL/u/TOKEN.abc`. Pure.

The three characters behind the token name the edition the mail was of, so that it is known which
one drove somebody away. Where the host is so long that the header of RFC 8058 would not fit its
line with them, they are left out; links without them go on for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_HEADER = 77  # bytes, with the angle brackets; longer ones are encoded on their way
TOKEN_LENGTH = 22
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CODE_LENGTH = 3
_FIRST = date(2000, 1, 1)  # three characters reach from there to the year 2717
_LAST = _FIRST + timedelta(days=len(_SIGNS) ** _CODE_LENGTH - 1)
_NAMED = re.compile(r"([A-Za-z0-9_-]{1,64})(?:\.([A-Za-z0-9_-]{3}))?")


@dataclass(frozen=True, slots=True)
class ReaderLink:
    """What stands behind `/u/` in an address."""

    token: str
    day: date | None = None  # of the edition whose mail it stood in

    @property
    def text(self) -> str:
        """Write it as it stands in the address."""
        return self.token + (f".{code_of(self.day)}" if self.day else "")


def around_token(base: str, day: date | None) -> tuple[str, str]:
    """Return what stands before and behind a reader's token in the address for leaving."""
    before = f"{base.rstrip('/')}/u/"
    after = f".{code_of(day)}" if day is not None and _FIRST <= day <= _LAST else ""
    length = len(before.encode()) + TOKEN_LENGTH + len(after) + len("<>")
    return before, after if length <= LONGEST_HEADER else ""


def unsubscribe_url(base: str, token: str, day: date | None = None) -> str:
    """Return a reader's own address for leaving, as it stands in the mail of an edition."""
    before, after = around_token(base, day)
    return f"{before}{token}{after}"


def read(text: str) -> ReaderLink | None:
    """Read what stands behind `/u/`; None for what no mail of ours ever had."""
    found = _NAMED.fullmatch(text)
    return ReaderLink(found[1], _day_of(found[2]) if found[2] else None) if found else None


def code_of(day: date) -> str:
    """Return the three characters of an edition's date."""
    number = (day - _FIRST).days
    return "".join(_SIGNS[number // len(_SIGNS) ** place % len(_SIGNS)] for place in (2, 1, 0))


def _day_of(code: str) -> date:
    number = 0
    for sign in code:
        number = number * len(_SIGNS) + _SIGNS.index(sign)
    return _FIRST + timedelta(days=number)
