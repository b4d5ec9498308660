"""`newsletter check`: run the checks over the final message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.findings import Finding

app = _shell.group("Check the message.")
_COLOURS = {"error": "bold red", "warning": "yellow", "info": "blue"}


@app.command()
def check(
    config: ConfigOption = HERE, date: DateOption = None, as_json: JsonOption = False
) -> None:
    """Check an edition for what mail programs do not forgive.

    It is looked at as the reader with the longest values gets it.

    Exit 4 when there is an error; `newsletter send` refuses then as well. Levels are set in
    [checks] of config.toml.
    """
    with _shell.publication(config) as publication:
        day = _shell.as_date(date) or publication.today()
        proof = publication.prove(day)
    if as_json:
        _shell.print_json(
            {
                "ok": not proof.errors,
                "findings": [asdict(finding) for finding in proof.findings],
            }
        )
    else:
        show(proof.findings)
    if proof.errors:
        _shell.end(ExitCode.HELD)
    if not as_json:
        _shell.next_step(f"newsletter preview --date {day}, or newsletter send --date {day}")


def show(findings: Sequence[Finding]) -> None:
    """Print findings, the gravest first."""
    if not findings:
        _shell.say("[bold green]All checks passed.[/]")
        return
    from rich.markup import escape

    order = list(_COLOURS)
    for finding in sorted(findings, key=lambda f: (order.index(f.severity), f.code)):
        colour = _COLOURS[finding.severity]
        _shell.say(
            f"[{colour}]{finding.severity:<8}[/] [bold]{finding.code}[/]  {escape(finding.message)}"
        )
        if finding.hint:
            _shell.say(f"          [dim]{escape(finding.hint)}[/]")
