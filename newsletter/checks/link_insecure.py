"""An http address can be read and changed on its way."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "link-insecure"
LEVEL = Severity.WARNING

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find links to http addresses, except those of this machine."""
    for address in (link.get("href") for link in parse(checked.html).links):
        parts = urlsplit(address)
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            yield (f"The address {address} is not encrypted.", "Use https:// if the site has it.")
