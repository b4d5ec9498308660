"""`newsletter events`: take in what the provider reports of the mail it took."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption, PortOption
from newsletter.cli._signals import until_asked_to_end
from newsletter.core.errors import InputError, UsageError, Where

if TYPE_CHECKING:
    from newsletter.core.model.events import Intake, SetAside

GROUP = True
app = _shell.group("Take in what the provider reports of the mail it took.")
_HOST, _PATH = "127.0.0.1", "/events"


@app.command()
def listen(
    config: ConfigOption = HERE,
    port: PortOption = 8026,
    as_json: JsonOption = False,
) -> None:
    """Receive the provider's signed events.

    Listens on this machine only: put a proxy that speaks TLS in front of it, and give its address
    to the provider. Posts that are not signed by the provider are refused, and without a key all
    are. Ends with Ctrl-C.
    """
    from newsletter.storage.opening import when_it_answers
    from newsletter.web import webhook

    _shell.log_to_stderr()
    with (
        until_asked_to_end(),
        _shell.publication(config) as publication,
        _listening(port) as listener,
    ):
        intake = when_it_answers(publication.events, clock=publication.clock)
        assert intake is not None  # nothing asks the wait to stop
        intake.refuse_without_key()
        address = f"http://{_HOST}:{listener.getsockname()[1]}{_PATH}"
        if as_json:
            _shell.print_json({"url": address, "provider": intake.provider})
        else:
            typer.echo(f"Events of {intake.provider} are taken at {address}")
            _shell.next_step("let the provider post to it through your proxy; Ctrl-C ends it.")
        webhook.server(webhook.make(intake, path=_PATH)).run(sockets=[listener])


@app.command()
def ingest(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A stored payload: a JSON array of events, one, or one a line."
        ),
    ],
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take in a stored payload of events.

    It is believed without a signature, so take only files you stored yourself. Events that are
    known already have no second effect. It is read with or without a byte order mark; an event
    that cannot be taken is counted, and stops no other.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror or error}."
        raise InputError(what, where=Where(file=str(file), leads=False)) from error
    with _shell.publication(config) as publication:
        try:
            intake = publication.events().ingest(body)
        except InputError as error:
            what, where = f"{file}: {error.what}", Where(file=str(file), leads=False)
            raise InputError(what, hint=error.hint, where=where) from error
    _show(intake, as_json=as_json)


@app.command("set-aside")
def set_aside(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """List what the provider posted and could not be taken, with the reason.

    What it says stays in the database until it is taken; --json shows it in full.
    """
    with _shell.publication(config) as publication:
        intake = publication.events()
        found = intake.set_aside()
        count = intake.store.count_aside(intake.provider)
    if as_json:
        _shell.print_json({"count": count, "set_aside": [_aside(one) for one in found]})
        return
    if not found:
        _shell.say("Nothing is set aside.")
        return
    rows = [(str(one.id), f"{one.received_at:%Y-%m-%d %H:%M}", one.problem) for one in found]
    _shell.table(rows, headers=("Id", "Received (UTC)", "Why"), title=f"{count:,} set aside")
    _shell.next_step("newsletter events retry takes them once more, after an upgrade perhaps")


@app.command()
def retry(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Take once more what was set aside; what still cannot be taken is set aside again."""
    with _shell.publication(config) as publication:
        intake = publication.events()
        done = intake.retry()
        left = intake.store.count_aside(intake.provider)
    _show(done, as_json=as_json)
    if left and not as_json:
        _shell.next_step(f"{left:,} are set aside still: newsletter events set-aside")


@app.command()
def pull(
    config: ConfigOption = HERE,
    since: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Read from this date on, not from the last time."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take over whom the provider mails no more, from its own lists.

    Bounces, complaints and opt-outs that never reached us as events. `newsletter run` and
    `newsletter schedule` do it once a day before they send.
    """
    with _shell.publication(config) as publication:
        pull = publication.pull()
        if pull is None:
            raise UsageError(
                f"The provider {publication.settings.delivery.provider} keeps no suppression "
                "lists.",
                hint="What you know from elsewhere: newsletter subscribers suppress ADDRESS",
            )
        pulled = pull.pull(since=_shell.day_of(publication, since) if since else None)
    if as_json:
        _shell.print_json(asdict(pulled) | {"provider": pull.provider})
        return
    _shell.table(
        [
            ["read from", f"{pulled.start:%Y-%m-%d %H:%M} UTC"],
            ["entries", f"{pulled.rows:,}"],
            ["people mailed no more", f"{pulled.left:,}"],
        ]
    )


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server((_HOST, port))
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"The port {port} of {_HOST} cannot be listened on: {error}.",
            hint="Is another one running? Choose a port with --port, or 0 for a free one.",
        ) from error
    with listener:
        yield listener


def _aside(one: SetAside) -> dict[str, Any]:
    told = {"id": one.id, "received_at": one.received_at, "problem": one.problem}
    return told | {"tries": one.tries, "body": one.body.decode("utf-8", "replace")}


def _show(intake: Intake, *, as_json: bool) -> None:
    document = asdict(intake)
    if as_json:
        _shell.print_json(document)
        return
    words = {"left": "people mailed no more", "proven": "doubtful batches proven"}
    words |= {"aside": "not taken"}
    shown = ("events", "repeated", "proven", "left", "aside")
    _shell.table([[words.get(name, name), f"{document[name]:,}"] for name in shown])
