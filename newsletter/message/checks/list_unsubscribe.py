"""The List-Unsubscribe header makes the mail client's own button (RFC 2369, RFC 8058)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "list-unsubscribe"
LEVEL = Severity.ERROR
BINDING = "Mailboxes refuse bulk mail without it (RFC 8058)."

LIMIT = 77  # bytes; longer ones are encoded on their way, and then not understood
_LOCAL = frozenset({"localhost", "127.0.0.1"})


def check(checked: Checked) -> Iterator[Fault]:
    """Find an unsubscribe address that is too long for one header line, or not https."""
    value = f"<{checked.unsubscribe_url}>"
    if len(value.encode()) > LIMIT:
        yield Fault(
            f"The List-Unsubscribe header is {len(value.encode())} bytes long; {LIMIT} fit.",
            "Choose a shorter publication.url.",
            measured=f"{len(value.encode())} bytes",
            limit=f"{LIMIT} bytes",
            place=Place(part="header", excerpt=value),
        )
    parts = urlsplit(checked.unsubscribe_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        yield Fault(
            "The unsubscribe address does not begin with https://.",
            "RFC 8058 asks for https; correct publication.url.",
            measured=parts.scheme or "none",
            limit="https",
            place=Place(part="header", excerpt=value),
        )
