"""`newsletter check`: run the checks over the final message."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from newsletter.proofing import Proof

app = _shell.group("Check the message.")


@app.command()
def check(
    config: ConfigOption = HERE,
    date: DateOption = None,
    accept: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Accept what this check found, for this edition."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why it is accepted; kept with the edition.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check an edition for what mail programs do not forgive.

    It is looked at as the reader with the longest values gets it.

    Exit 4 when there is an error; `newsletter send` refuses then as well. Levels are set in
    [checks] of config.toml.

    Example: newsletter check --accept subject --reason "The full name is the news."
    """
    if reason and not accept:
        raise UsageError("--reason says why, and --accept CODE what.", hint="Give both.")
    with _shell.publication(config) as publication:
        day = _shell.as_date(date) or publication.today()
        if accept:
            from newsletter.model import Acceptance

            proof = publication.accept(day, Acceptance(accept, reason or ""))
        else:
            proof = publication.prove(day)
    if as_json:
        _shell.print_json(_document(proof))
    else:
        from newsletter.cli import _findings

        _findings.show(proof)
    if proof.errors:
        _shell.end(ExitCode.HELD)
    if not as_json:
        _shell.next_step(f"newsletter preview --date {day}, or newsletter send --date {day}")


def _document(proof: Proof) -> dict[str, object]:
    return {"ok": not proof.errors, "findings": [asdict(finding) for finding in proof.findings]}
