"""`newsletter approve`: give your word that an edition may go out as it is."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption

if TYPE_CHECKING:
    from datetime import date as Date  # noqa: N812  # `date` is the option

    from newsletter.core.model.content import Approval

app = _shell.group("Approve an edition.")


@app.command()
def approve(
    config: ConfigOption = HERE,
    date: DateOption = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who approves; default: your user name.")
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="The code of the proof that came by mail."),
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take the approval back instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Approve the message of an edition as it is now, by its digest.

    From then on the sources no longer change the edition. With [schedule] approval, nothing goes
    out that nobody approved, or that has changed since. With --code only the message of the proof
    that came by mail is approved. Exit 4: the checks find errors, or it has changed since.
    """
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        if withdraw:
            _withdrawn(day, at=str(publication.approvals.withdraw(day)), as_json=as_json)
            return
        name = by or getpass.getuser()
        if code is None:
            approved = publication.approvals.approve(day, by=name)
        else:
            approved = publication.proof_mails.approve_by_code(day, code, by=name)
        needed = publication.settings.schedule.approval != "none"
    _show(day, approved, is_needed=needed, as_json=as_json)


def _withdrawn(day: Date, *, at: str, as_json: bool) -> None:
    if as_json:
        _shell.print_json({"edition": day, "digest": None, "by": None, "at": at})
        return
    _shell.say(f"The edition of {day} is no longer approved.")


def _show(day: Date, approved: Approval, *, is_needed: bool, as_json: bool) -> None:
    if as_json:
        words = {"digest": approved.digest, "by": approved.by, "at": approved.at.isoformat()}
        _shell.print_json({"edition": day} | words)
        return
    from rich.markup import escape

    _shell.say(f"The edition of {day} is approved by {escape(approved.by)}: {approved.digest[:12]}")
    if not is_needed:
        _shell.next_step('set [schedule] approval = "required", and nothing goes out without it')
