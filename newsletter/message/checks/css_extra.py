"""What stands in style elements alone is an extra; it is good to know who does not get it."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.checks.css_support import HARMLESS
from newsletter.message.html.features import in_styles, unknown

CODE = "css-extra"
LEVEL = Severity.INFO

# A template with a base in its style attributes asks for these, and does without them.
_ASKED = frozenset(
    {
        "css-at-media", "css-at-media-hover", "css-at-media-orientation",
        "css-at-media-prefers-color-scheme", "css-at-media-prefers-reduced-motion",
        "css-at-supports",
    }
)  # fmt: skip


def check(checked: Checked) -> Iterator[Fault]:
    """Find what style elements use that a configured client does not know, once a feature."""
    clients = checked.clients
    for found in unknown(in_styles(checked.html), clients, harmless=HARMLESS | _ASKED):
        title, lines = found.feature.title, found.places
        yield Fault(
            f"“{title}” in the styles is unknown to {found.names}; used {len(lines)} time(s).",
            "Look at the mail without its styles: it should still be whole.",
            measured=f"unknown to {len(found.families)} of {len(clients)} clients",
            limit="0 clients",
            place=Place(part="html", line=lines[0], excerpt=title),
        )
