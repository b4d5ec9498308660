"""Welcome a reader with the latest edition, as their one copy of it.

Who is active when an edition is frozen gets it from its send. Who becomes active later gets it
here: the latest that is due for them with the welcome, and each that is frozen already and due
later at its moment. Called in the transaction that makes the reader active.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from newsletter.core import calendar
from newsletter.core.config.settings import Settings
from newsletter.core.model import Send, Subscriber
from newsletter.core.model.single_mails import MailKind, SingleMail, WelcomeWords
from newsletter.storage.database import Transaction
from newsletter.storage.sends import joining
from newsletter.storage.single_mails import SingleMails

OLDEST = timedelta(days=8)  # an edition older than a weekly digest may be is no news
_OURS = (MailKind.WELCOME, MailKind.COPY)
LASTS = timedelta(days=2)  # so long a welcome may wait for a provider or a paused edition


@dataclass(frozen=True, kw_only=True)
class Welcomes:
    """The welcomes of one publication."""

    settings: Settings
    mails: SingleMails

    def welcome(
        self,
        connection: Transaction,
        reader: Subscriber,
        *,
        now: datetime,
        words: WelcomeWords | None = None,
    ) -> bool:
        """Write the welcome of a reader who is active by now in the caller's transaction.

        Once for each time they became active; False: it is written already. The transaction must
        see what others commit meanwhile (`Database.write` without a snapshot does). Raises
        `ValueError` for a reader who is not active.
        """
        joining.begin_joining(connection)
        since = joining.activation(connection, reader.id)
        if since is None:
            raise ValueError("a welcome is for a reader who is active")
        key = f"{reader.id} {since}"
        if self.mails.is_written(connection, MailKind.WELCOME, key):
            return False
        self.mails.withdraw(connection, reader.id, kinds=_OURS, now=now)
        latest: Send | None = None
        later: list[tuple[Send, datetime]] = []
        for send, due_at in self._missed(connection, reader, now=now):
            if due_at <= now:
                latest = send
                break
            later.append((send, due_at))
        said = words or usual_words(self.settings.publication.name)
        welcome = _welcome(reader, latest, said, key=key, now=now)
        self.mails.put(connection, welcome, now=now)
        for send, due_at in later:
            self.mails.put(connection, _copy(reader, send, since, due_at), now=now)
        return True

    def _missed(
        self, connection: Transaction, reader: Subscriber, *, now: datetime
    ) -> Iterator[tuple[Send, datetime]]:
        """Yield the sends a reader missed with the moment each is due for them, the latest first.

        What was begun before its moment (`--now`) is due for everybody when its waves are.
        """
        zone = self.settings.publication.zone
        oldest = calendar.today(zone, now) - OLDEST
        of, apart = self.settings.publication.id, self.settings.schedule.has_digest
        found = joining.missed(connection, of, reader.id, since=oldest, apart=apart)
        for send, ends in found:
            if self.settings.schedule.zone == "publication":
                yield send, ends
                continue
            own = reader.zone or zone
            morning = calendar.mornings(self.settings.timetable, send.edition, [own])[own]
            yield send, min(morning, ends)


def _welcome(
    reader: Subscriber, latest: Send | None, words: WelcomeWords, *, key: str, now: datetime
) -> SingleMail:
    """Make a welcome; its own words are kept, should the edition be cancelled before it goes."""
    return SingleMail(
        kind=MailKind.WELCOME,
        key=key,
        to=reader.address,
        subject=words.subject,
        html=words.html,
        text=words.text,
        greeting=words.greeting,
        expires_at=now + LASTS,
        subscriber_id=reader.id,
        send_id=latest.id if latest else None,
    )


def _copy(reader: Subscriber, send: Send, since: int, due_at: datetime) -> SingleMail:
    """Make a copy of an edition that is due for its reader later."""
    return SingleMail(
        kind=MailKind.COPY,
        key=f"{reader.id} {since} {send.id}",
        to=reader.address,
        expires_at=due_at + LASTS,
        not_before=due_at,
        subscriber_id=reader.id,
        send_id=send.id,
    )


def usual_words(name: str) -> WelcomeWords:
    """Say what a welcome says where nobody has words in the reader's language."""
    title, line = f"Welcome to {name}", "You are in. The next edition comes by itself."
    return WelcomeWords(
        subject=title,
        html=f"<h1>{escape(title)}</h1><p>{line}</p>",
        text=f"{title}\n\n{line}\n",
        greeting=f"{title}. You are in: here is the latest edition.",
    )
