"""What a page of a forwarded mail may show of its reader: enough to know oneself, for no other."""

from __future__ import annotations

from newsletter.core.model import Subscriber

_DOTS = "•••"


def masked(reader: Subscriber) -> str:
    """Write `a•••@e•••.org` for an address: its first signs, and where it ends."""
    local, _, domain = reader.address.rpartition("@")
    name, _, end = domain.rpartition(".")
    return f"{local[:1]}{_DOTS}@{name[:1]}{_DOTS}.{end}"
