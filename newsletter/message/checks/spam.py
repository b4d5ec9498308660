"""A spam filter's own words are worth more than any list of words to avoid."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "spam"
LEVEL = Severity.INFO

_TOLD = 3  # rules


def check(checked: Checked) -> Iterator[Fault]:
    """Find what SpamAssassin gives points for; where it was not asked, nothing is known."""
    report = checked.outside.spam
    if report is None:
        return
    rules = sorted((r for r in report.rules if r.points > 0), key=lambda r: -r.points)[:_TOLD]
    if rules:
        listed = "; ".join(f"{rule.name} {rule.points:g}: {rule.description}" for rule in rules)
        yield Fault(
            f"SpamAssassin gives {report.points:g} points; from {report.required:g} on it is spam.",
            f"The heaviest rules: {listed}.",
            measured=f"{report.points:g} points",
            limit=f"{report.required:g} points",
            place=Place(part="header"),
        )
