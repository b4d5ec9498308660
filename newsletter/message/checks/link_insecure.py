"""An http address can be read and changed on its way."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.core.model.findings import Fault, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "link-insecure"
LEVEL = Severity.WARNING

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def check(checked: Checked) -> Iterator[Fault]:
    """Find links to http addresses, except those of this machine."""
    for link in parse(checked.html).links:
        parts = urlsplit(link.get("href"))
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            yield Fault(
                said("The address %(what)s is not encrypted.", what=link.get("href")),
                said("Use https:// if the site has it."),
                measured="http",
                limit="https",
                place=link.place,
            )
