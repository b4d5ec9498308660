"""What readers say to an edition: stars, comments that an editor lets through, letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.database import Database, insert_if_new
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.site import keys, prompted
from newsletter.storage.site.tables import comment, letter, vote
from newsletter.storage.subscribers import suppressions
from newsletter.subscribers.model import Marker


class CommentState(StrEnum):
    """How far a comment has come."""

    UNCONFIRMED = prompted.UNCONFIRMED
    WAITING = "waiting"  # for an editor
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a reader wrote to an edition."""

    id: int
    edition: date
    canonical: str
    name: str  # as it is shown
    text: str
    stars: int | None
    state: CommentState
    at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody wrote to the editor."""

    id: int
    about: str
    edition: date | None
    canonical: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """What the readers of an edition think of it."""

    votes: int = 0
    average: float = 0.0  # of one to five; means nothing without votes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a form says to an edition."""

    edition: date
    canonical: str
    name: str = ""
    text: str = ""
    stars: int | None = None


class Answers:
    """The votes, comments and letters of one publication."""

    def __init__(
        self, database: Database, publication: str, *, mails: SingleMails, marker: Marker | None
    ) -> None:
        self._database = database
        self._publication = publication
        self._mails = mails
        self._marker = marker

    # --- stars ---------------------------------------------------------------------------------

    def vote(self, canonical: str, day: date, stars: int, *, now: datetime) -> None:
        """Count a reader's stars for an edition, in place of those they gave before."""
        with self._database.write() as connection:
            self._vote(connection, canonical, day, stars, now=now)

    def stars_of(self, canonical: str, day: date) -> int | None:
        """Return what a reader gave an edition."""
        mine = self._of(vote, day) & (vote.c.canonical == canonical)
        with self._database.read() as connection:
            return connection.scalar(sa.select(vote.c.stars).where(mine))

    def rating(self, day: date) -> Rating:
        """Return what the readers of an edition gave it."""
        return self.ratings([day]).get(day, Rating())

    def ratings(self, days: Sequence[date]) -> dict[date, Rating]:
        """Return what several editions were given, as far as they were given anything."""
        mine = (vote.c.publication == self._publication) & vote.c.edition.in_(days)
        votes, total = sa.func.count().label("votes"), sa.func.sum(vote.c.stars).label("total")
        query = sa.select(vote.c.edition, votes, total).where(mine).group_by(vote.c.edition)
        with self._database.read() as connection:
            rows = connection.execute(query)
            return {row.edition: Rating(row.votes, row.total / row.votes) for row in rows}

    # --- comments ------------------------------------------------------------------------------

    def write(self, said: Said, notice: Callable[[int], SingleMail], *, now: datetime) -> int:
        """Keep a reader's comment for the editor, who is told of it; return its number."""
        with self._database.write() as connection:
            new = self._comment(connection, said, CommentState.WAITING, token=None, now=now)
            self._mails.put(connection, notice(new), now=now)
            return new

    def ask(
        self, said: Said, *, token: str, compose: Callable[[], SingleMail], now: datetime
    ) -> bool:
        """Keep what a stranger wrote until they confirm it; False: the forms are flooded.

        Nothing of it counts before. Who must not be written to is answered alike.
        """
        with self._database.write() as connection:
            keys.take_turn(connection, self._publication)
            if prompted.is_flooded(connection, self._publication, now=now):
                return False
            may_write = self._may_write(connection, said.canonical, now=now)
            with connection.begin_nested() as attempted:
                self._comment(connection, said, CommentState.UNCONFIRMED, token=token, now=now)
                self._mails.put(connection, compose(), now=now)
                prompted.note(connection, self._publication, "answer", said.canonical, now=now)
                if not may_write:
                    attempted.rollback()
        return True

    def asked(self, token: str, *, now: datetime) -> Comment | None:
        """Look up what a link confirms; None: nothing, or its time is over."""
        mine = (comment.c.token == token) & (comment.c.publication == self._publication)
        mine &= ~prompted.is_too_late(now)
        with self._database.read() as connection:
            row = connection.execute(sa.select(comment).where(mine)).first()
            return _comment(row) if row else None

    def confirm(self, one: Comment, notice: Callable[[int], SingleMail], *, now: datetime) -> bool:
        """Let what a stranger wrote count: stars at once, words once an editor says so."""
        ends = CommentState.WAITING if one.text else CommentState.APPROVED
        is_open = (comment.c.id == one.id) & (comment.c.state == CommentState.UNCONFIRMED)
        with self._database.write() as connection:
            change = sa.update(comment).where(is_open).values(state=ends)
            if connection.execute(change).rowcount == 0:
                return False
            prompted.confirm(connection, self._publication, "answer", one.canonical, now=now)
            if one.stars:
                self._vote(connection, one.canonical, one.edition, one.stars, now=now)
            if one.text:
                self._mails.put(connection, notice(one.id), now=now)
        return True

    def approved(self, day: date, *, most: int = 200) -> tuple[Comment, ...]:
        """Return what is shown below an edition, oldest first."""
        shown = self._of(comment, day) & (comment.c.state == CommentState.APPROVED)
        query = sa.select(comment).where(shown, comment.c.text != "").order_by(comment.c.id)
        with self._database.read() as connection:
            return tuple(map(_comment, connection.execute(query.limit(most))))

    def listed(self, *, state: CommentState | None = None, most: int = 200) -> tuple[Comment, ...]:
        """List comments with words, the newest first."""
        mine = (comment.c.publication == self._publication) & (comment.c.text != "")
        if state is not None:
            mine &= comment.c.state == state
        query = sa.select(comment).where(mine).order_by(comment.c.id.desc()).limit(most)
        with self._database.read() as connection:
            return tuple(map(_comment, connection.execute(query)))

    def decide(self, number: int, state: CommentState, *, by: str, now: datetime) -> Comment | None:
        """Let a comment through or not, as often as one likes; None: there is none to decide."""
        mine = (comment.c.id == number) & (comment.c.publication == self._publication)
        confirmed = comment.c.state != CommentState.UNCONFIRMED
        values = {"state": state, "decided_at": now, "decided_by": by}
        with self._database.write() as connection:
            change = sa.update(comment).where(mine, confirmed).values(values)
            row = connection.execute(change.returning(*comment.c)).first()
            return _comment(row) if row else None

    # --- letters -------------------------------------------------------------------------------

    def send_letter(
        self,
        about: str,
        text: str,
        notice: Callable[[int], SingleMail],
        *,
        canonical: str = "",
        edition: date | None = None,
        now: datetime,
    ) -> int:
        """Keep what somebody wrote to the editor, and mail it; return its number."""
        values = {
            "publication": self._publication,
            "about": about,
            "edition": edition,
            "canonical": canonical,
            "text": text,
            "at": now,
        }
        with self._database.write() as connection:
            insert = sa.insert(letter).values(values).returning(letter.c.id)
            new: int = connection.execute(insert).scalar_one()
            self._mails.put(connection, notice(new), now=now)
            return new

    def letters(self, *, most: int = 200) -> tuple[Letter, ...]:
        """List what was written to the editor, the newest first."""
        mine = letter.c.publication == self._publication
        query = sa.select(letter).where(mine).order_by(letter.c.id.desc()).limit(most)
        with self._database.read() as connection:
            return tuple(
                Letter(
                    id=row.id,
                    about=row.about,
                    edition=row.edition,
                    canonical=row.canonical,
                    text=row.text,
                    at=row.at,
                )
                for row in connection.execute(query)
            )

    # --- beneath -------------------------------------------------------------------------------

    def _of(self, table: sa.Table, day: date) -> sa.ColumnElement[bool]:
        return (table.c.publication == self._publication) & (table.c.edition == day)

    def _vote(
        self, connection: Connection, canonical: str, day: date, stars: int, *, now: datetime
    ) -> None:
        mine = self._of(vote, day) & (vote.c.canonical == canonical)
        key = {"publication": self._publication, "edition": day, "canonical": canonical}
        new = {"stars": stars, "at": now}
        unique = (vote.c.publication, vote.c.edition, vote.c.canonical)
        insert = insert_if_new(connection, vote, unique=unique).returning(vote.c.stars)
        if connection.execute(insert, key | new).first() is None:
            connection.execute(sa.update(vote).where(mine).values(new))

    def _comment(
        self,
        connection: Connection,
        said: Said,
        state: CommentState,
        *,
        token: str | None,
        now: datetime,
    ) -> int:
        values = {
            "publication": self._publication,
            "edition": said.edition,
            "canonical": said.canonical,
            "name": said.name,
            "text": said.text,
            "stars": said.stars,
            "state": state,
            "token": token,
            "at": now,
        }
        insert = sa.insert(comment).values(values).returning(comment.c.id)
        new: int = connection.execute(insert).scalar_one()
        return new

    def _may_write(self, connection: Connection, canonical: str, *, now: datetime) -> bool:
        here = self._publication
        if suppressions.is_listed(connection, canonical, self._marker, publication=here):
            return False
        since = now - timedelta(days=1)
        return not prompted.written(connection, here, "answer", canonical, since=since)


def _comment(row: sa.Row[Any]) -> Comment:
    return Comment(
        id=row.id,
        edition=row.edition,
        canonical=row.canonical,
        name=row.name,
        text=row.text,
        stars=row.stars,
        state=CommentState(row.state),
        at=row.at,
        decided_at=row.decided_at,
    )
