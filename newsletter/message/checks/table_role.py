"""A screen reader announces every table whose role is not said as one of data."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "table-role"
LEVEL = Severity.ERROR

_TOLD = frozenset({"presentation", "none", "table"})  # the last for one that holds data


def check(checked: Checked) -> Iterator[Fault]:
    """Find tables that do not say whether they lay out or hold data."""
    bare = [t for t in parse(checked.html).all("table") if t.get("role") not in _TOLD]
    if bare:
        yield Fault(
            f'{len(bare)} of the tables have no role="presentation".',
            'Write <table role="presentation"> in the template.',
            measured=bare[0].get("role") or "no role",
            limit="presentation or none",
            place=bare[0].place,
        )
