"""What a log may hold: sentences without anybody's address."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[^\s@<>,;:]+@[^\s@<>,;:]+")


def without_addresses(text: str) -> str:
    """Replace what looks like an e-mail address."""
    return _ADDRESS.sub("…@…", text)
