"""`newsletter check`: run the checks over the final message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.core.errors import ExitCode, TemplateError, UsageError
from newsletter.core.model import Acceptance

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.app import App
    from newsletter.core.model.findings import Finding
    from newsletter.editions.proofs import Probe, Proof
    from newsletter.message.probes.network import Progress

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
    network: Annotated[
        bool, typer.Option("--network", help="Ask whether links and pictures answer, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check an edition for what mail programs do not forgive.

    It is looked at as the reader with the longest values gets it. SpamAssassin and Hunspell are
    asked where they are installed; the network only with --network, 100 addresses at most.

    Exit 4 when there is an error; `newsletter send` refuses then as well. Levels are set in
    [checks] of config.toml.

    Example: newsletter check --accept subject --reason "The full name is the news."
    """
    if reason and not accept:
        raise UsageError("--reason says why, and --accept CODE what.", hint="Give both.")
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        with _progress(shown=not as_json) as progress:
            ask = publication.proofs.asker(
                programs=True, over_network=progress if network else None
            )
            acceptance = Acceptance(accept, reason or "") if accept else None
            proof, findings = _looked_at(publication, day, acceptance, ask)
    holds = any(finding.holds for finding in findings)
    if as_json:
        listed = [asdict(finding) for finding in findings]
        _shell.print_json({"ok": not holds, "findings": listed})
    else:
        _show(proof, findings)
    if not as_json:
        _shell.next_step(_next(day, findings))
    if holds:
        _shell.end(ExitCode.HELD)


def _looked_at(
    publication: App, day: dt.date, acceptance: Acceptance | None, ask: Probe
) -> tuple[Proof | None, tuple[Finding, ...]]:
    """Return the proof and its findings; a template that renders nothing is the one finding."""
    from newsletter.editions.proofs import unrendered

    try:
        if acceptance is not None:
            proof = publication.proofs.accept(day, acceptance, ask=ask)
        else:
            proof = publication.proofs.prove(day, ask=ask)
    except TemplateError as error:
        return None, (unrendered(error),)
    return proof, proof.findings


def _show(proof: Proof | None, findings: Sequence[Finding]) -> None:
    from newsletter.cli import _findings

    if proof is not None:
        _findings.show_message(proof)
    _findings.show(findings)


def _next(day: dt.date, findings: Sequence[Finding]) -> str:
    """Say what to do next; only what may be accepted is offered for it."""
    from newsletter.message.check import binding, codes

    holding = dict.fromkeys(finding.code for finding in findings if finding.holds)
    if not holding:
        return f"newsletter preview --date {day}, or newsletter send --date {day}"
    mend = f"mend what holds it, then newsletter check --date {day}"
    known = codes()
    choices = [code for code in holding if code in known and not binding(code)]
    if not choices:
        return mend
    return f"{mend}; or newsletter check --date {day} --accept {choices[0]} --reason TEXT"


@contextmanager
def _progress(*, shown: bool) -> Iterator[Progress]:
    """Show on a terminal that something is going on, and how many addresses have been asked."""
    from rich import progress

    terminal = _shell.console(error=True)
    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
    )
    hidden = not (shown and terminal.is_terminal)
    with progress.Progress(*columns, console=terminal, transient=True, disable=hidden) as bar:
        task = bar.add_task("Checking", total=None)

        def asked(done: int, total: int) -> None:
            bar.update(task, description="Asking addresses", completed=done, total=total)

        yield asked
