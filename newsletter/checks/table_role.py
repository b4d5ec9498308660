"""A screen reader announces every layout table that is not marked as one."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.checks._html import parse
from newsletter.model import Severity
from newsletter.ports import Checked

CODE = "table-role"
LEVEL = Severity.ERROR

_LAYOUT = frozenset({"presentation", "none"})


def check(checked: Checked) -> Iterator[tuple[str, str]]:
    """Find tables that are not marked as layout."""
    bare = [t for t in parse(checked.html).all("table") if t.get("role") not in _LAYOUT]
    if bare:
        yield (
            f'{len(bare)} of the tables have no role="presentation".',
            'Write <table role="presentation"> in the template.',
        )
