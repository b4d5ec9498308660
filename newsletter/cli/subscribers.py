"""`newsletter subscribers`: who gets the brief: import, add, remove, show, export."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import (
    _importing,
    _imports,
    _listing,
    _quiet,
    _received,
    _shell,
    _subscribers,
    _suppressing,
)
from newsletter.cli._progress import rate_bar
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from newsletter.core.segments import Segment

GROUP = True
app = _shell.group("Keep this publication's list: import, add, remove, list, show, export, count.")
app.command("import")(_importing.import_file)
app.command("list")(_listing.list_subscribers)
app.command("quiet")(_quiet.quiet)
app.command("received")(_received.received)
app.command("suppress")(_suppressing.suppress)
app.add_typer(_imports.app, name="imports")

_SHOWN = 50
SegmentOption = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="Only these, such as 'tag:vip and zone:Europe/*'."),
]
TagsOption = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="A tag beside those they have. May be repeated."),
]
ZoneOption = Annotated[
    str | None, typer.Option(metavar="ZONE", help="Their time zone, such as Europe/Berlin.")
]
AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="Their e-mail address.")]


@app.command()
def add(
    address: AddressArgument,
    name: Annotated[str, typer.Option(metavar="NAME", help="Their full name.")] = "",
    zone: ZoneOption = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An attribute. May be repeated."),
    ] = None,
    tags: TagsOption = None,
    consent: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="How and when they asked for it; needed for somebody who opted out before.",
        ),
    ] = "",
    frequency: Annotated[
        str | None, typer.Option(metavar="WORD", help="daily, weekdays or weekly.")
    ] = None,
    pause_until: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="No edition before that date.")
    ] = None,
    locale: Annotated[
        str | None, typer.Option(metavar="TAG", help="The language they read, such as pt-BR.")
    ] = None,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add one subscriber, tell new values of a known one, or bring back one who asked for it.

    What is not given stays as it is. Who opted out is not touched without --consent.
    """
    from newsletter.subscribers import register

    person = register.person_of(
        address,
        name=name,
        zone=zone,
        frequency=frequency or None,
        paused_until=pause_until,
        locale=locale,
        attributes=_subscribers.pairs(values, option="--set"),
    )
    with _shell.publication(config) as publication:
        added = register.add(
            publication.subscribers,
            person,
            tags=register.tags_of(tags or ()),
            consent=consent,
            now=publication.clock.now(),
        )
    _subscribers.show_added(added, as_json=as_json)


@app.command()
def remove(
    address: AddressArgument,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, for the record.")
    ] = "asked to leave",
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Opt one subscriber out, at once: also from a send that is running.

    They stay in the list as unsubscribed, so that no import brings them back.
    """
    from newsletter.subscribers import register

    who = register.address_of(address)
    with _shell.publication(config) as publication:
        removed = register.remove(
            publication.subscribers, who, reason=_shell.cleaned(reason), now=publication.clock.now()
        )
    _subscribers.show_one(removed, as_json=as_json)


@app.command()
def forget(
    address: AddressArgument,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, for the record; without personal details.")
    ] = "asked to be erased",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; without a terminal nobody is asked.")
    ] = False,
    outbox: Annotated[
        bool, typer.Option("--outbox", help="Delete their mails in the outbox as well.")
    ] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Erase everything held on one person; a keyed hash keeps any file from bringing them back.

    Nothing of them is left in an SQLite file either; while another process holds it, that is told
    and done by the next command. Their mails in the outbox are named, or deleted with --outbox.
    """
    from newsletter.cli import _forgetting
    from newsletter.subscribers import register

    who = register.address_of(address)
    asks = not (yes or as_json) and sys.stdin.isatty() and sys.stdout.isatty()
    if asks and not typer.confirm(f"Erase everything held on {who.address}, for good?"):
        _shell.end(ExitCode.NOTHING_TO_DO)
    with _shell.publication(config) as publication:
        erased = publication.subscribers.forget(
            who.canonical, reason=_shell.cleaned(reason), now=publication.clock.now()
        )
        is_finished = publication.database.finish_erasing()
        copies = _forgetting.copies(publication.settings, who.canonical, delete=outbox)
    told = _forgetting.Forgotten(erased, copies, deleted=outbox, is_finished=is_finished)
    _forgetting.show(told, as_json=as_json)


@app.command()
def show(
    address: Annotated[
        str | None, typer.Argument(metavar="ADDRESS", help="Their e-mail address.")
    ] = None,
    segment: SegmentOption = None,
    everything: Annotated[
        bool, typer.Option("--export", help="All that is held on them, as JSON, for themselves.")
    ] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show everything that is held on one subscriber, or list a segment."""
    from newsletter.subscribers import register

    if (address is None) == (segment is None):
        raise UsageError("Give either an address or --segment.")
    if address is None:
        _show_segment(segment or "", config=config, as_json=as_json)
        return
    who = register.address_of(address)
    with _shell.publication(config) as publication:
        found = register.found(publication.subscribers.find(who.canonical), who.address)
        history = publication.subscribers.history(found.id)
        held = publication.subscribers.held(found) if everything else {}
    if as_json or everything:
        document = _subscribers.as_document(found) | _subscribers.history_document(history)
        _shell.print_json({**document, **held})
        return
    _subscribers.show_one(found, as_json=False)
    _subscribers.show_history(history)


def _show_segment(text: str, *, config: Path, as_json: bool) -> None:
    from itertools import islice

    among = _parsed(text)
    with _shell.publication(config) as publication:
        count = publication.subscribers.count(segment=among)
        shown = list(islice(publication.subscribers.everyone(segment=among), _SHOWN))
    if as_json:
        listed = [_subscribers.as_document(one) for one in shown]
        _shell.print_json({"segment": text, "subscribers": count, "first": listed})
        return
    _shell.table(
        [(one.address, one.name, one.state, one.zone or "") for one in shown],
        headers=("Address", "Name", "State", "Time zone"),
        title=_shell.counted(count, "subscriber"),
    )
    _shell.next_step("newsletter subscribers export --segment … --out FILE writes them all")


@app.command()
def export(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there; default: standard output.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only subscribers in this state.")
    ] = None,
    segment: SegmentOption = None,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the list as CSV, in a form `subscribers import` takes back unchanged.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    from newsletter.subscribers import export as subscribers_export

    if as_json and out is None:
        raise UsageError(
            "--json and the list cannot share standard output.", hint="Add --out FILE."
        )
    wanted = _subscribers.as_state(state)
    among = _parsed(segment) if segment is not None else None
    with (
        _shell.publication(config) as publication,
        publication.subscribers.listed(state=wanted, segment=among) as listing,
        rate_bar(listing.total, of="subscribers", shown=out is not None) as bar,
        _subscribers.output(out) as stream,
    ):
        subscribers_export.write(listing, stream, progress=partial(bar.advance, "Writing"))
    if as_json:
        _shell.print_json({"file": out, "subscribers": listing.total})
    elif out is not None:
        _shell.tell(f"{_shell.counted(listing.total, 'subscriber')} in {out}")


@app.command()
def stats(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Count the subscribers in each state."""
    with _shell.publication(config) as publication:
        counts = publication.subscribers.counts()
        suppressed = publication.subscribers.suppressed()
    total = sum(counts.values())
    if as_json:
        _shell.print_json({"total": total, "states": dict(counts), "suppressed": suppressed})
        return
    rows = [(str(state), f"{count:,}") for state, count in counts.items()]
    _shell.table([*rows, ("total", f"{total:,}")], headers=("State", "Subscribers"))
    if suppressed:
        _shell.say(f"Addresses that are never mailed: {suppressed:,}.")
    if not total:
        _shell.next_step("newsletter subscribers import FILE")


# --- options ------------------------------------------------------------------


def _parsed(text: str) -> Segment:
    from newsletter.core import segments

    return segments.parse(text)
