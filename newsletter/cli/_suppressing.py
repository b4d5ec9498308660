"""`newsletter subscribers suppress`: never mail an address, a domain, or a whole file of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell, _subscribers
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode, NothingToDo, UsageError

_SHOWN = 10


def suppress(
    form: Annotated[
        str | None, typer.Argument(metavar="[ADDRESS]", help="Who; or a domain.")
    ] = None,
    from_file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Everybody in a file: bounces, reports, …."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Which column of it has addresses."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Take it off again.")] = False,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="For every publication of the database.")
    ] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Never mail an address or a whole domain again, also not from a send that is running.

    It is for this publication's list; with --everywhere, for that of every publication in the
    database, as hard bounces, complaints and erasures are by themselves. With --from it is
    everybody in a file, such as a provider's list of bounces, blocks, spam reports or opt-outs;
    of its columns only the addresses count.
    """
    if (form is None) == (from_file is None):
        raise UsageError("Give either an address, or --from FILE.")
    if from_file is not None and lift:
        raise UsageError("--lift takes off one address at a time.")
    if form is not None:
        _one(form, reason=reason, lift=lift, everywhere=everywhere, config=config, as_json=as_json)
    elif from_file is not None:
        told = _subscribers.pairs(columns, option="--map")
        _all(from_file, told, reason=reason, everywhere=everywhere, config=config, as_json=as_json)


def _one(
    form: str, *, reason: str, lift: bool, everywhere: bool, config: Path, as_json: bool
) -> None:
    from newsletter.subscribers import register

    known = register.suppression_of(form)
    why = _shell.cleaned(reason) or "by the operator"
    with _shell.publication(config) as publication:
        store = publication.subscribers
        now = publication.clock.now()
        if lift:
            done = store.lift(known, everywhere=everywhere)
        else:
            done = store.suppress(known, reason=why, now=now, everywhere=everywhere)
        remains = lift and store.stands_suppressed(known)
    if not done:
        raise _nothing(known, lift=lift, remains=remains)
    if as_json:
        _shell.print_json(
            {"suppression": known, "suppressed": not lift or remains, "everywhere": everywhere}
        )
        return
    _shell.tell(f"{known} {'may be mailed again' if lift else 'is never mailed again'}.")
    if remains:
        _shell.next_step(
            "it is still suppressed otherwise: --everywhere, its domain, or an erasure"
        )


def _nothing(known: str, *, lift: bool, remains: bool) -> NothingToDo:
    if not lift:
        return NothingToDo(f"{known} is suppressed already.")
    if not remains:
        return NothingToDo(f"{known} is not suppressed.")
    return NothingToDo(
        f"{known} is suppressed for every publication of the database, not by this one alone.",
        hint="Add --everywhere to lift that.",
    )


def _all(
    file: Path,
    told: dict[str, str],
    *,
    reason: str,
    everywhere: bool,
    config: Path,
    as_json: bool,
) -> None:
    from newsletter.subscribers.imports.suppressing import listed

    why = _shell.cleaned(reason) or f"in {file.name}"
    new = known = 0
    refused: list[tuple[int, str]] = []
    count = 0
    with _shell.publication(config) as publication:
        for part in listed(file, mapping=told):
            now = publication.clock.now()
            added = publication.subscribers.suppress_all(
                part.forms, reason=why, now=now, everywhere=everywhere
            )
            new, known = new + added, known + len(part.forms) - added
            count += len(part.refused)
            refused.extend(part.refused[: _SHOWN - len(refused)])
    if as_json:
        rows = [{"line": line, "text": text} for line, text in refused]
        _shell.print_json(
            {"suppressed": new, "already": known, "refused": count, "refused_rows": rows}
        )
    else:
        _shell.say(
            f"Never mailed again: {_shell.counted(new, 'address', 'addresses')}; "
            f"suppressed already: {known:,}."
        )
        if count:
            lines = ", ".join(str(line) for line, _ in refused)
            rows_told = _shell.counted(count, "row")
            _shell.say(f"Without an address that can be mailed: {rows_told}: line {lines} …")
    if not new:
        _shell.end(ExitCode.NOTHING_TO_DO)
