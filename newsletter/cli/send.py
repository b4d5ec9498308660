"""`newsletter send`: hand an edition over, once; again goes on where it stopped."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _sent, _shell
from newsletter.cli._shell import (
    HERE,
    ConfigOption,
    DateOption,
    JsonOption,
    KindOption,
    SentKind,
)
from newsletter.cli._signals import stop_on_signals
from newsletter.core.errors import ExitCode, TryLater, UsageError
from newsletter.core.model import SendKind

if TYPE_CHECKING:
    import datetime as dt

    from newsletter.app import App
    from newsletter.delivery.preconditions import SendRequest

GROUP = True
app = _shell.group("Send an edition to its audience, once.")

_HELP = """\
Freeze today's edition and hand it over. The same command again goes on where it stopped;
a complete edition is never sent twice.

\b
Examples:
  newsletter send               what is due now
  newsletter send --now         without waiting for the due moment
  newsletter send --dry-run     everything but freezing and sending
  newsletter send --segment 'tag:vip and zone:Europe/*'
"""


@app.callback(invoke_without_command=True, no_args_is_help=False, help=_HELP)
def send(
    context: typer.Context,
    config: ConfigOption = HERE,
    date: DateOption = None,
    kind: KindOption = SentKind.EDITION,
    now: Annotated[bool, typer.Option("--now", help="Do not wait for the due moment.")] = False,
    late: Annotated[
        bool, typer.Option("--late", help="Also a past date, or after the catch-up window.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything; freeze and send nothing.")
    ] = False,
    segment: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="Only these of the list, such as 'tag:vip and zone:Europe/*'."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before it goes to real readers.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Freeze and deliver an edition."""
    if context.invoked_subcommand is not None:
        return
    from newsletter.delivery.preconditions import SendRequest

    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        if late and date is None:
            raise UsageError(
                "--late needs the date it is meant for.", hint=f"Add --date {publication.today()}."
            )
        request = SendRequest(day=day, at_once=now, late=late, segment=segment, kind=SendKind(kind))
        if dry_run:
            _rehearse(publication, request, as_json=as_json)
            return
        brought_forward = publication.sends_of(request.kind).bring_forward(request)
        if not brought_forward:
            if not yes and publication.settings.reaches_readers:
                _ask(publication, request, as_json=as_json)
            _send(publication, request, as_json=as_json)
            return
        if not as_json:
            who = _shell.counted(brought_forward, "recipient")
            _shell.say(f"No longer waiting for their own moment: {who}.")
        _go_on(publication, day, kind=request.kind, as_json=as_json)


@app.command()
def resolve(
    batch: Annotated[
        int,
        typer.Argument(
            metavar="N", min=0, max=_shell.MOST, help="The batch, from `newsletter audit`."
        ),
    ],
    accepted: Annotated[
        bool,
        typer.Option(
            "--accepted/--not-accepted",
            help="What the provider's own records say of the attempt.",
        ),
    ],
    config: ConfigOption = HERE,
    date: DateOption = None,
    kind: KindOption = SentKind.EDITION,
) -> None:
    """Settle an uncertain batch by your own word.

    Look the attempt's id up at the provider first. `--accepted`: its recipients have it.
    `--not-accepted`: nobody has it, and the next `newsletter send` hands it over again; if you
    err, its recipients get the edition twice.
    """
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        publication.control_of(SendKind(kind)).resolve(day, batch, accepted=accepted)
    word = "submitted" if accepted else "planned again"
    _shell.say(f"Batch {batch} of {day} is {word}.")
    _shell.next_step(f"newsletter send --date {day}")


@app.command()
def pause(
    config: ConfigOption = HERE,
    date: DateOption = None,
    kind: KindOption = SentKind.EDITION,
    as_json: JsonOption = False,
) -> None:
    """Let no further batch of a send begin.

    Senders at work, in any process, finish what is under way and stop. Nothing is lost:
    `newsletter send resume` goes on.
    """
    with _shell.publication(config) as publication:
        view = publication.control_of(SendKind(kind)).pause(_shell.day_of(publication, date))
    _sent.show(view, as_json=as_json)
    if not as_json:
        _shell.next_step(f"newsletter send resume --date {view.send.edition}")


@app.command()
def resume(
    config: ConfigOption = HERE,
    date: DateOption = None,
    kind: KindOption = SentKind.EDITION,
    as_json: JsonOption = False,
) -> None:
    """Go on with a send that was paused."""
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        publication.control_of(SendKind(kind)).resume(day)
        if not as_json:
            _shell.say(f"The send of {day} is open again.")
        _go_on(publication, day, kind=SendKind(kind), as_json=as_json)


@app.command()
def cancel(
    config: ConfigOption = HERE,
    date: DateOption = None,
    kind: KindOption = SentKind.EDITION,
    as_json: JsonOption = False,
) -> None:
    """Cancel what is not handed over yet, for good.

    What was handed over ahead of its moment ([delivery] mode = "scheduled") is recalled: ten
    batches at once, until ten minutes before they go. Batch by batch it says what is not. What
    went out cannot be called back. Again, the command recalls what was under way.
    """
    with _shell.publication(config) as publication:
        done = publication.control_of(SendKind(kind)).cancel(_shell.day_of(publication, date))
    if as_json:
        _shell.print_json(
            _sent.summary(done.view) | {"called_back": _sent.called_back(done.called_back)}
        )
        return
    _sent.show(done.view, as_json=False)
    _sent.show_called_back(done.called_back)
    _shell.next_step(f"newsletter audit --date {done.view.send.edition} says who has it")


@app.command()
def correct(
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="What was wrong; readers see it, dated.")
    ],
    config: ConfigOption = HERE,
    date: DateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace the message for everyone who was not sent it yet.

    Edit editions/DATE/edition.toml first. The note is put into it with today's date, and stays in
    the archive. What was handed over ahead of its moment is called back as far as it can be, and
    goes again with the new message. Then the send goes on, unless it was paused.
    """
    with _shell.publication(config) as publication:
        day, today = _shell.day_of(publication, date), publication.today()
        done = publication.corrections.correct(day, _shell.cleaned(note), today=today)
        if not as_json:
            _shell.say(f"From now on the edition of {day} goes as {done.digest[:12]}.")
            _sent.show_called_back(done.called_back)
        if done.view.send.status == "open":
            called = {"called_back": _sent.called_back(done.called_back)}
            _go_on(publication, day, as_json=as_json, besides=called)
            return
    if as_json:
        _shell.print_json(
            _sent.summary(done.view) | {"called_back": _sent.called_back(done.called_back)}
        )
        return
    _shell.next_step(f"newsletter send resume --date {day}")


def _rehearse(publication: App, request: SendRequest, *, as_json: bool) -> None:
    # It looks ahead: the moment does not matter yet.
    rehearsal = publication.sends_of(request.kind).rehearse(
        replace(request, at_once=True, late=True)
    )
    proof = rehearsal.proof
    document = {
        "dry_run": True,
        "edition": request.day.isoformat(),
        "subject": proof.message.subject,
        "digest": proof.message.digest,
        "segment": rehearsal.segment or None,
        "recipients": rehearsal.recipients,
        "outside": rehearsal.outside,
        "findings": len(proof.findings),
    }
    if as_json:
        _shell.print_json(document)
        return
    who = _shell.counted(rehearsal.recipients, "reader")
    of = f" of {rehearsal.segment}" if rehearsal.segment else ""
    found = _shell.counted(len(proof.findings), "finding") if proof.findings else "nothing"
    _shell.tell(
        f"{_named(request)}, “{proof.message.subject}”, would go to {who}{of} through "
        f"{_carrier(publication)}. The checks found {found}. Nothing was frozen or sent."
    )
    if rehearsal.outside:
        _shell.tell(f"Not among them: {_shell.counted(rehearsal.outside, 'reader')} who want it.")
    _shell.next_step("the same without --dry-run")


def _ask(publication: App, request: SendRequest, *, as_json: bool) -> None:
    """Ask before a send that begins goes to real readers; one that was begun goes on unasked.

    Raises `UsageError` where nobody can be asked.
    """
    if publication.sends_of(request.kind).find(request.day) is not None:
        return
    rehearsal = publication.sends_of(request.kind).rehearse(request)
    who = f"{_shell.counted(rehearsal.recipients, 'reader')} through {_carrier(publication)}"
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            f"{_named(request)} would go to {who}, and nobody can be asked here.",
            hint="If that is meant, add --yes. `newsletter run` and `schedule` never ask.",
        )
    if not typer.confirm(f"Send {_named(request, begins=False)} to {who}?"):
        _shell.end(ExitCode.NOTHING_TO_DO)


def _named(request: SendRequest, *, begins: bool = True) -> str:
    what = "digest" if request.kind is SendKind.WEEKLY else "edition"
    return f"{'The' if begins else 'the'} {what} of {request.day}"


def _carrier(publication: App) -> str:
    """Name what the mail goes through, as people call it."""
    settings = publication.settings
    names = {
        "sendgrid": "SendGrid" if settings.reaches_readers else "the sandbox",
        "smtp": f"the mail server {settings.smtp.host}",
        "outbox": f"the outbox, as files in {settings.outbox.dir}",
    }
    return names.get(settings.delivery.provider, settings.delivery.provider)


def _go_on(
    publication: App,
    day: dt.date,
    *,
    as_json: bool,
    kind: SendKind = SendKind.EDITION,
    besides: Mapping[str, Any] | None = None,
) -> None:
    """Hand over what was steered; what was asked for is done, so exit 0 although some of it waits.

    Others may be at work on it: they heard of it, too.
    """
    from newsletter.delivery.preconditions import SendRequest

    request = SendRequest(day=day, goes_on=True, kind=kind)
    try:
        _send(publication, request, as_json=as_json, is_steered=True, besides=besides)
    except TryLater as error:
        view = publication.control_of(kind).view(day)
        if as_json:
            later = {"later": f"{error.what} {error.hint}".rstrip()}
            _shell.print_json(_sent.summary(view) | dict(besides or {}) | later)
            return
        _sent.show(view, as_json=False)
        _shell.tell(f"It is done. The rest of the send goes on by itself: {error.what}")


def _send(
    publication: App,
    request: SendRequest,
    *,
    as_json: bool,
    is_steered: bool = False,
    besides: Mapping[str, Any] | None = None,
) -> None:
    from newsletter.cli import _progress

    with stop_on_signals() as stop, _progress.shown(hidden=as_json) as progress:
        outcome = publication.sends_of(request.kind).start(
            request, progress=progress, wants_to_stop=stop.is_set
        )
    if as_json:
        _shell.print_json(_sent.summary(outcome.view) | dict(besides or {}))
    else:
        _sent.show(outcome.view, as_json=False)
    ahead = publication.settings.delivery.lead if publication.settings.lead else 0
    if ahead and not as_json:
        _shell.say(
            f"It is handed over ahead: readers have it when it is due; with --now, {ahead} minutes "
            "after it was begun. Until ten minutes before, newsletter send cancel calls it back."
        )
    step, code = _sent.how_to_go_on(outcome.view)
    if not as_json:
        _shell.next_step(step)
    _shell.end(ExitCode.DONE if is_steered and code is ExitCode.TRY_LATER else code)
