"""`newsletter test`: send a marked copy of an edition to addresses you name."""

from __future__ import annotations

from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.message.sample_readers import ROBIN, SAMPLES

app = _shell.group("Send a test copy.")
_READERS = ", ".join(reader.key for reader in SAMPLES)


@app.command()
def send_copies(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="Who gets a copy.")],
    config: ConfigOption = HERE,
    date: DateOption = None,
    reader: Annotated[
        str,
        typer.Option(
            metavar="WORD", help=f"The sample reader whose name the copies have: {_READERS}."
        ),
    ] = ROBIN.key,
    as_json: JsonOption = False,
) -> None:
    """Send the edition as it is now, with “[Test]” before its subject.

    Nobody of the list gets it, nothing is used up, and the edition can still go out. It is a send
    of its own kind in the ledger. A suppressed address is refused. Findings do not hold it.
    """
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        copies = publication.test_sends.send(day, addresses, reader=reader)
    if as_json:
        _shell.print_json(
            {
                "edition": day,
                "send_id": copies.send_id,
                "submitted": copies.submitted,
                "refused": copies.refused,
            }
        )
        return
    copied = _shell.counted(copies.submitted, "test copy", "test copies")
    _shell.say(f"Handed over: {copied} of the edition of {day}.")
    for reason in copies.refused:
        _shell.tell(f"Refused: {reason}")
