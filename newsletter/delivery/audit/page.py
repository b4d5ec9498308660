"""An audit as a page to keep: one HTML file, no scripts, no addresses, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import jinja2
from babel.dates import format_date

from newsletter.core.model import BatchState
from newsletter.delivery.audit.rules import Audit

_ORDER = {str(state): place for place, state in enumerate(BatchState)}
_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(result: Audit, *, publication: str, now: datetime) -> str:
    """Write an audit as a whole HTML document; `publication` is its name as readers know it."""
    return _templates.get_template("page.html").render(
        publication=publication,
        title=format_date(result.record.send.edition, "EEEE, d MMMM yyyy", locale="en"),
        audit=result,
        record=result.record,
        send=result.record.send,
        states=_in_order(result.states),
        reported=sorted(result.record.reported.items(), key=lambda item: -item[1]),
        now=now,
    )


def _in_order(states: Mapping[str, int]) -> list[tuple[str, int]]:
    """Put the states in the order of a batch's life; people's own come last."""
    return sorted(states.items(), key=lambda item: (_ORDER.get(item[0], len(_ORDER)), item[0]))
