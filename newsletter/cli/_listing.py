"""`newsletter subscribers list`: who is on the list, by filters, page by page."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell, _subscribers
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.core.model import Subscriber

_SHOWN = 50
_TABLE = 1_000  # rows of one table: a long list is shown in several, in flat memory


def list_subscribers(
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only subscribers in this state.")
    ] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="Only with this tag. May be repeated: with all."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Only in this zone, such as Europe/*.")
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only these, such as 'tag:vip and zone:Europe/*'."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Only who came on that day or later.")
    ] = None,
    search: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only with this in their address or name.")
    ] = None,
    limit: Annotated[
        int,
        typer.Option(metavar="N", min=0, max=1_000_000, help="So many on a page; 0: all on one."),
    ] = _SHOWN,
    page: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="Which page.")] = 1,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """List this publication's subscribers, the oldest first; filters given together all count."""
    from newsletter.subscribers import register

    wanted = _subscribers.as_state(state)
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, since) if since else None
        among = register.filtered(
            segment=segment, tags=tags or (), zone=zone, since=day, search=search
        )
        store = publication.subscribers
        count = store.count(state=wanted, segment=among)
        people = store.everyone(
            state=wanted, segment=among, limit=limit or None, offset=limit * (page - 1)
        )
        if as_json:
            _write_json(people, {"subscribers": count, "page": page, "limit": limit})
        else:
            _show(people, count)
    if not count:
        _shell.end(ExitCode.NOTHING_TO_DO)
    if not as_json and limit and limit * page < count:
        _shell.next_step(f"--page {page + 1} shows the next of {-(-count // limit):,} pages")


def _show(people: Iterator[Subscriber], count: int) -> None:
    title: str | None = f"{count:,} subscribers"
    while rows := [_row(one) for one in islice(people, _TABLE)]:
        _shell.table(
            rows, headers=("Address", "Name", "State", "Time zone", "Tags", "Since"), title=title
        )
        title = None
    if title is not None:
        _shell.say(title if count == 0 else f"{title}, and none on this page.")


def _row(one: Subscriber) -> tuple[str, ...]:
    tags = one.attributes.get("tags", "")
    return one.address, one.name, one.state, one.zone or "", tags, f"{one.created_at:%Y-%m-%d}"


def _write_json(people: Iterator[Subscriber], head: dict[str, int]) -> None:
    """Write one document as the people come."""
    begin = json.dumps(head)[:-1]
    sys.stdout.write(f'{begin}, "list": [')
    comma = "\n"
    for one in people:
        text = json.dumps(_subscribers.as_document(one), ensure_ascii=False, default=str)
        sys.stdout.write(comma + text)
        comma = ",\n"
    sys.stdout.write("\n]}\n")
