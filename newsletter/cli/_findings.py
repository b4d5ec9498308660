"""Findings for people at a terminal: meters, inbox rows, and each finding with what helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from newsletter.cli import _shell
from newsletter.core.model.findings import Finding, Place, Severity
from newsletter.message.checks import size_clip, style_budget
from newsletter.message.clients import inbox_rows

if TYPE_CHECKING:
    from newsletter.editions.proofs import Proof

_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PARTS = {
    "html": "HTML",
    "text": "text part",
    "subject": "subject",
    "preheader": "preheader",
    "edition": "edition.toml",
    "header": "header",
    "template": "template",
}
_BAR = 24  # columns


def show_message(proof: Proof) -> None:
    """Print how full the message is, and how inboxes cut it."""
    html = proof.checked.html
    for name, used, limit in (
        ("HTML", len(html.encode()), size_clip.LIMIT),
        ("Styles", style_budget.used(html), style_budget.LIMIT),
    ):
        _shell.say(f"{name:<8}{_bar(used, limit)} {used:,} of {limit:,}")
    _shell.say()
    _inboxes(proof.checked.subject, proof.message.preheader)


def _inboxes(subject: str, preheader: str) -> None:
    from rich.markup import escape

    for inbox in inbox_rows.INBOXES:
        row = inbox_rows.row(inbox, subject=subject, preheader=preheader)
        _shell.say(f"{inbox.name:<20}[bold]{escape(row.subject)}[/]")
        _indented(f"[dim]{escape(row.preheader)}[/]", by=20)
    for sentence in inbox_rows.advice(subject=subject, preheader=preheader):
        _indented(escape(sentence), by=20)
    _shell.say()


def _bar(used: int, limit: int) -> str:
    share = min(used / limit, 1.0)
    colour = "red" if share == 1 else "yellow" if share > 0.75 else "green"
    full = round(share * _BAR)
    return f"[{colour}]{'█' * full}[/][dim]{'░' * (_BAR - full)}[/]"


def show(findings: Sequence[Finding]) -> None:
    """Print findings in groups, the gravest first; what was accepted comes last."""
    open_ones = [finding for finding in findings if not finding.accepted]
    if not open_ones:
        _shell.say("[bold green]All checks passed.[/]")
    for severity, colour in _COLOURS.items():
        group = [finding for finding in open_ones if finding.severity is severity]
        if group:
            word = _WORDS[severity] + ("" if len(group) == 1 else "s")
            _shell.say(f"[{colour}]{len(group)} {word}[/]")
        for finding in group:
            _finding(finding, colour)
    accepted = [finding for finding in findings if finding.accepted]
    if accepted:
        _shell.say(f"[bold]{len(accepted)} accepted for this edition[/]")
    for finding in accepted:
        _finding(finding, "dim")


def _finding(finding: Finding, colour: str) -> None:
    from rich.markup import escape

    _shell.say(f"  [{colour}]{finding.code}[/]  {escape(finding.message)}")
    for line in _details(finding):
        _indented(f"[dim]{escape(line)}[/]", by=6)


def _indented(markup: str, *, by: int) -> None:
    """Print a line with an indent that its rest keeps, too, where a terminal breaks it."""
    from rich.padding import Padding

    terminal = _shell.console()
    if terminal.is_terminal:
        terminal.print(Padding(markup, (0, 0, 0, by)))
    else:
        terminal.print(" " * by + markup)


def _details(finding: Finding) -> Iterator[str]:
    if finding.measured:
        yield f"measured {finding.measured}, limit {finding.limit}"
    if finding.place:
        yield f"in {_where(finding.place)}"
    if finding.accepted:
        yield f"accepted: {finding.accepted}"
    elif finding.hint:
        yield f"→ {finding.hint} (newsletter help checks#{finding.code})"


def _where(place: Place) -> str:
    """Say in one line where something is, from the outside in."""
    line = f", line {place.line}" if place.line else ""
    tag = f", <{place.tag}> {place.index + 1}" if place.tag else ""
    words = f", “{place.excerpt}”" if place.excerpt else ""
    written = f", written in {place.template}" if place.template else ""
    return f"{_PARTS[place.part]}{line}{tag}{words}{written}"
