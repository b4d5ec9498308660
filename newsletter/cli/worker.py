"""`newsletter worker`: hand over what is due, beside other senders, on any number of hosts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.cli._signals import stop_on_signals
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.delivery.worker import Shift, Worker

app = _shell.group("Share the open sends with other senders.")


@app.command()
def worker(
    config: ConfigOption = HERE,
    once: Annotated[
        bool, typer.Option("--once", help="End when nothing is left to do within a minute.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Share the open sends with other senders; needs PostgreSQL.

    It freezes nothing: an edition is begun by `newsletter send`, `run` or `schedule`, and any
    number of workers, on any number of hosts, help to hand it over. SIGTERM or Ctrl-C ends it
    after what is under way. While the database does not answer, it waits, unless --once is given.

    With --once: exit 3, nothing was due. Exit 4: a person is needed. Exit 75: try again later.
    """
    from newsletter.delivery.worker import Shift
    from newsletter.storage.opening import when_it_answers

    _shell.log_to_stderr()
    with stop_on_signals() as stop, _shell.publication(config) as publication:

        def make() -> Worker:
            return publication.sends.worker(wants_to_stop=stop.is_set)

        wait = partial(when_it_answers, clock=publication.clock, wants_to_stop=stop.is_set)
        hands_over = make() if once else wait(make)
        shift = hands_over.run(once=once) if hands_over else Shift()
    if as_json:
        _shell.print_json(document(shift))
    else:
        _show(shift)
    if once:
        _shell.end(_code(shift))


def document(shift: Shift) -> dict[str, Any]:
    """Return what a worker did in the words of the JSON contract."""
    return {
        "batches": sum(shift.submitted.values()),
        "editions": {day.isoformat(): count for day, count in shift.submitted.items()},
        "troubles": {
            day.isoformat(): f"{error.what} {error.hint}".rstrip()
            for day, error in shift.troubles.items()
        },
    }


def _show(shift: Shift) -> None:
    from rich.markup import escape

    for day, count in shift.submitted.items():
        told = _shell.counted(count, "batch", "batches")
        _shell.say(f"Handed over {told} of the edition of {day}.")
    for day, error in shift.troubles.items():
        _shell.say(escape(f"The edition of {day}: {error.what} {error.hint}".rstrip()))
    if not shift.submitted and not shift.troubles:
        _shell.say("Nothing was due.")


def _code(shift: Shift) -> ExitCode:
    """Say how a shift ended: with the trouble of the oldest edition, or by whether it had work."""
    if shift.troubles:
        return shift.troubles[min(shift.troubles)].exit_code
    return ExitCode.DONE if shift.submitted else ExitCode.NOTHING_TO_DO
