"""`newsletter mails`: the mails to one person each, beside the editions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import NothingToDo, UsageError
from newsletter.core.model.single_mails import MailKind, MailState

if TYPE_CHECKING:
    from newsletter.core.model.single_mails import MailRecord

GROUP = True
app = _shell.group("List and settle the mails to one person each, beside the editions.")


@app.command("list")
def list_(
    config: ConfigOption = HERE,
    state: Annotated[
        MailState | None, typer.Option(metavar="STATE", help="Only those in this state.")
    ] = None,
    kind: Annotated[
        MailKind | None, typer.Option(metavar="WORD", help="Only those of this kind.")
    ] = None,
    who: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Only this person's.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Count single mails by kind and state, and list the newest; their words are not shown."""
    canonical = _canonical(who) if who else None
    with _shell.publication(config) as publication:
        counts = publication.single_mails.counts()
        found = publication.single_mails.listed(state=state, kind=kind, canonical=canonical)
    if as_json:
        _shell.print_json({"counts": counts, "mails": [asdict(one) for one in found]})
        return
    rows = [
        [kind, state, f"{count:,}"]
        for kind, states in sorted(counts.items())
        for state, count in sorted(states.items())
    ]
    if not rows:
        _shell.say("No single mail was ever written.")
        return
    _shell.table(rows, headers=("kind", "state", "mails"))
    headers = ("id", "kind", "to", "written (UTC)", "state", "reported", "reason")
    _shell.table([_row(one) for one in found], headers=headers)
    if any(MailState.UNCERTAIN in states for states in counts.values()):
        _shell.next_step("newsletter mails resolve ID --accepted, or --not-accepted")


@app.command()
def resolve(
    mail: Annotated[
        int, typer.Argument(metavar="ID", min=1, max=_shell.MOST, help="Its id, from the list.")
    ],
    accepted: Annotated[
        bool,
        typer.Option(
            "--accepted/--not-accepted", help="What the provider's own records say of it."
        ),
    ],
    config: ConfigOption = HERE,
) -> None:
    """Settle a mail in doubt by your own word.

    `--not-accepted`: nobody has it, and it goes again; if you err, its reader gets it twice.
    """
    with _shell.publication(config) as publication:
        now = publication.clock.now()
        if not publication.single_mails.resolve(mail, accepted=accepted, now=now):
            raise NothingToDo(
                f"The single mail {mail} is not in doubt.", hint="newsletter mails list"
            )
    _shell.say(f"Mail {mail} is {'submitted' if accepted else 'planned again'}.")


@app.command()
def send(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Hand over what is due now; `newsletter run` and `newsletter schedule` do it by themselves."""
    with _shell.publication(config) as publication:
        handed = publication.single_delivery.send_due()
    told = {name: value for name, value in asdict(handed).items() if isinstance(value, int)}
    del told["troubles"]
    if as_json:
        _shell.print_json(told)
    else:
        _shell.table([[name, f"{count:,}"] for name, count in told.items()])
    if handed.stop is not None:
        raise handed.stop


def _row(one: MailRecord) -> list[str]:
    written = f"{one.created_at:%Y-%m-%d %H:%M}"
    return [str(one.id), one.kind, one.to, written, one.state, one.reported or "–", one.reason]


def _canonical(text: str) -> str:
    from newsletter.subscribers import addresses

    found = addresses.parse(text)
    if isinstance(found, addresses.Refused):
        raise UsageError(found.reason)
    return found.canonical
