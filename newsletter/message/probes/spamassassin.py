"""Ask SpamAssassin, where it is installed, what it makes of the mail; the network is not asked."""

from __future__ import annotations

import re

from newsletter.message.external import SpamReport, SpamRule
from newsletter.message.probes import programs

SECONDS = 30.0
# -L: local rules only; -t: write the report whatever the score; -x: make no file in the home.
_WORDS = ("spamassassin", "-L", "-t", "-x")
_SCORE = re.compile(r"\((-?\d+(?:\.\d+)?) points, (-?\d+(?:\.\d+)?) required\)")
_RULE = re.compile(r"^\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)\s+(\S.*)$")
_MORE = re.compile(r"^\s{20,}(\S.*)$")


def report(mail: bytes) -> SpamReport | None:
    """Return its report on a mail; None where it is not installed, or says nothing to read."""
    text = programs.said(_WORDS, mail, seconds=SECONDS)
    return None if text is None else parse(text)


def parse(text: str) -> SpamReport | None:
    """Read a report, as version 3 and 4 write it behind the mail. Pure."""
    scores = list(_SCORE.finditer(text))
    if not scores:
        return None
    rules: list[SpamRule] = []
    for line in text[scores[-1].end() :].splitlines():
        if found := _RULE.match(line):
            points, name, description = found.groups()
            rules.append(SpamRule(points=float(points), name=name, description=description.strip()))
        elif rules and (more := _MORE.match(line)):
            last = rules.pop()
            whole = f"{last.description} {more[1].strip()}"
            rules.append(SpamRule(points=last.points, name=last.name, description=whole))
    points, required = map(float, scores[-1].groups())
    return SpamReport(points=points, required=required, rules=tuple(rules))
