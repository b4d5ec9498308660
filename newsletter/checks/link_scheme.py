"""Mail clients open web addresses, mail addresses and telephone numbers, nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "link-scheme"
LEVEL = Severity.ERROR

_LINKS = frozenset({"https", "http", "mailto", "tel"})
_PICTURES = frozenset({"https", "http"})


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find links and pictures with another scheme, or with an address that is not absolute."""
    page = parse(checked.html)
    addresses = [(link.get("href").strip(), _LINKS) for link in page.links]
    addresses += [(image.get("src").strip(), _PICTURES) for image in page.all("img")]
    for address, allowed in addresses:
        scheme = address.partition(":")[0].lower() if ":" in address else ""
        if address not in {"", "#"} and scheme not in allowed:
            yield (
                f"The address {address} begins neither with https:// nor with mailto: or tel:.",
                "Write the whole address.",
            )
