"""A screen reader announces every layout table that is not marked as one."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "table-role"
LEVEL = Severity.ERROR

_LAYOUT = frozenset({"presentation", "none"})


def check(checked: Checked) -> Iterator[Fault]:
    """Find tables that are not marked as layout."""
    bare = [t for t in parse(checked.html).all("table") if t.get("role") not in _LAYOUT]
    if bare:
        yield Fault(
            f'{len(bare)} of the tables have no role="presentation".',
            'Write <table role="presentation"> in the template.',
            measured=bare[0].get("role") or "no role",
            limit="presentation or none",
            place=bare[0].place,
        )
