"""What one person did on the site: to be handed over to them, or forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Subscriber
from newsletter.storage.site.tables import (
    comment,
    departure,
    fresh_link,
    letter,
    prompted_mail,
    signup,
    vote,
)

_BY_ADDRESS = (signup, prompted_mail, vote, comment, letter)
_BY_SUBSCRIBER = (departure, fresh_link)


def everything(found: Subscriber) -> Mapping[str, sa.Select[Any]]:
    """Select what is held on a person, by what it is about; no secret of a link."""
    mine = {table: table.c.canonical == found.canonical for table in _BY_ADDRESS}
    asked = ("publication", "address", "frequency", "locale", "network", "consent", "asked_at")
    wrote = ("publication", "edition", "name", "text", "stars", "state", "at", "decided_at")
    left = ("publication", "at", "edition", "way", "reason", "undone_at")
    return {
        "signups": _columns(signup, *asked).where(mine[signup]),
        "written_to": _columns(prompted_mail, "publication", "purpose", "at", "confirmed_at").where(
            mine[prompted_mail]
        ),
        "departures": _columns(departure, *left).where(departure.c.subscriber_id == found.id),
        "votes": _columns(vote, "publication", "edition", "stars", "at").where(mine[vote]),
        "comments": _columns(comment, *wrote).where(mine[comment]),
        "letters": _columns(letter, "publication", "about", "edition", "text", "at").where(
            mine[letter]
        ),
    }


def move(connection: Connection, publication: str, *, before: str, after: str) -> None:
    """Let what a person said to a publication be of another address, both canonical.

    Of two votes for an edition that of the address they have now stands.
    """
    theirs, other = (vote.c.publication == publication) & (vote.c.canonical == before), vote.alias()
    voted = sa.select(other.c.edition).where(
        other.c.publication == publication, other.c.canonical == after
    )
    connection.execute(sa.delete(vote).where(theirs, vote.c.edition.in_(voted)))
    for table in (vote, comment, letter):
        said = (table.c.publication == publication) & (table.c.canonical == before)
        connection.execute(sa.update(table).where(said).values(canonical=after))


def take_over(connection: Connection, *, before: int, after: int) -> None:
    """Let what was mailed to one subscriber of a list be another's, who has their address now.

    A link to come back is still good; one that opened what is private is not.
    """
    theirs = departure.c.subscriber_id == before
    connection.execute(sa.update(departure).where(theirs).values(subscriber_id=after))
    connection.execute(sa.delete(fresh_link).where(fresh_link.c.subscriber_id == before))


def forget(connection: Connection, canonical: str, rows: Sequence[int]) -> Mapping[str, int]:
    """Delete what a person did on the site, on every list; count it by table.

    Stars go too: they are as much theirs as words are. What a letter says may name others; it is
    in the editor's mail, and there it stays.
    """
    mine = {table: table.c.canonical == canonical for table in _BY_ADDRESS}
    mine |= {table: table.c.subscriber_id.in_(rows) for table in _BY_SUBSCRIBER}
    counts = {
        table.name: connection.execute(sa.delete(table).where(condition)).rowcount
        for table, condition in mine.items()
    }
    return {name: count for name, count in counts.items() if count}


def _columns(table: sa.Table, *names: str) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in names))
