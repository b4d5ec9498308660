"""Who asked to join: asked, written to, confirmed. Each step is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Frequency, SubscriberState
from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.site import keys, prompted
from newsletter.storage.site.tables import prompted_mail, signup
from newsletter.storage.site.together import Together
from newsletter.storage.subscribers import suppressions
from newsletter.storage.tables import subscriber, suppression
from newsletter.subscribers import joining
from newsletter.subscribers.addresses import Address
from newsletter.subscribers.joining import Letter
from newsletter.subscribers.model import Marker

CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form says of somebody who is to join."""

    address: Address
    frequency: Frequency
    locale: str
    network: str
    consent: str  # the text that was shown, and its version


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """Somebody who asked to join."""

    id: int
    address: Address
    token: str
    digits: str
    tries_left: int
    kind: str
    frequency: Frequency
    locale: str
    network: str
    consent: str
    asked_at: datetime

    @property
    def is_confirmed(self) -> bool:
        """Say whether they are in already, by this very question."""
        return self.kind == CONFIRMED


Compose = Callable[[Signup, Letter], SingleMail]


@dataclass(frozen=True, slots=True)
class _Question:
    asked: Asked
    new: Mapping[str, Any]  # used where it begins anew
    compose: Compose
    now: datetime


# Built once: to build a statement costs more than to run it.
_HERE, _ADDRESS = sa.bindparam("here", type_=sa.Text), sa.bindparam("address", type_=sa.Text)
_FORMS = (_ADDRESS, sa.bindparam("domain", type_=sa.Text), sa.bindparam("mark", type_=sa.Text))
_STANDING = sa.select(
    sa.select(subscriber.c.state)
    .where(subscriber.c.canonical == _ADDRESS, subscriber.c.publication == _HERE)
    .scalar_subquery()
    .label("state"),
    sa.exists()
    .where(
        suppression.c.canonical.in_(_FORMS),
        suppression.c.publication.in_((suppressions.EVERYWHERE, _HERE)),
    )
    .label("is_suppressed"),
    prompted.to_address(sa.func.max(prompted_mail.c.at)).label("last_written"),
    prompted.to_address(sa.func.count().filter(prompted_mail.c.confirmed_at.is_(None))).label(
        "unanswered"
    ),
)
_STORED = (
    sa.select(signup)
    .where(signup.c.canonical == _ADDRESS, signup.c.publication == _HERE)
    .with_for_update()
)
_ADDED = sa.insert(signup).returning(*signup.c)


class Signups:
    """The sign-ups of one publication."""

    def __init__(
        self, database: Database, publication: str, *, mails: SingleMails, marker: Marker | None
    ) -> None:
        self._database = database
        self._publication = publication
        self._mails = mails
        self._marker = marker
        self._was_flooded = False
        self._together: Together[_Question, bool] = Together(self._ask_all)

    def is_flooded(self, *, now: datetime) -> bool:
        """Say whether the form asks for mail instead."""
        with self._database.read() as connection:
            return prompted.is_flooded(connection, self._publication, now=now)

    def ask(
        self, asked: Asked, *, token: str, digits: str, compose: Compose, now: datetime
    ) -> bool:
        """Write down that an address is to join, and what it is written; False: flooded.

        `token` and `digits` are used where it begins anew. What is done, and how long it takes, is
        the same for every address: a mail that must not be is written and taken back. Who asks at
        the same time shares a transaction.
        """
        if self._was_flooded and self.is_flooded(now=now):  # without waiting for who writes
            return False
        new = {"token": token, "digits": digits}
        is_taken = self._together.ask(_Question(asked, new, compose, now))
        self._was_flooded = not is_taken
        return is_taken

    def _ask_all(self, questions: Sequence[_Question]) -> Sequence[bool]:
        with self._database.write() as connection:
            keys.take_turn(connection, self._publication)
            budget = prompted.Budget(connection, self._publication)
            return [self._ask(connection, one, budget) for one in questions]

    def _ask(self, connection: Connection, one: _Question, budget: prompted.Budget) -> bool:
        asked, now = one.asked, one.now
        if budget.is_spent(now=now):
            return False
        standing = self._standing(connection, asked.address.canonical, now=now)
        letter = joining.letter(standing, now=now)
        new: dict[str, Any] = {**one.new, "kind": letter}
        if letter is Letter.NONE and not standing.is_barred:
            del new["kind"]  # what was written before still holds
        kept = self._kept(connection, asked, new, now=now)
        wording = letter if letter is not Letter.NONE else Letter.CONFIRM
        connection.exec_driver_sql("SAVEPOINT asked")
        self._mails.put(connection, one.compose(kept, wording), now=now)
        budget.spend("join", asked.address.canonical, now=now)
        if letter is Letter.NONE:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT asked")
            budget.give_back()
        connection.exec_driver_sql("RELEASE SAVEPOINT asked")
        return True

    def by_token(self, token: str, *, now: datetime) -> Signup | None:
        """Look up whose link it is; None: nobody's, or its time is over."""
        with self._database.read() as connection:
            return self._find(connection, signup.c.token == token, now=now)

    def by_digits(self, canonical: str, typed: str, *, now: datetime) -> tuple[Signup | None, int]:
        """Try digits for an address: whose they are, or None, and how many tries are left."""
        with self._database.write() as connection:
            theirs = signup.c.canonical == canonical
            found = self._find(connection, theirs, now=now, for_update=True)
            if found is None or found.tries_left <= 0:
                return None, 0
            if joining.is_right(typed, found.digits) and found.kind == Letter.CONFIRM:
                return found, found.tries_left
            left = found.tries_left - 1
            connection.execute(
                sa.update(signup).where(signup.c.id == found.id).values(tries_left=left)
            )
            return None, left

    def settle(self, one: Signup, *, now: datetime) -> bool:
        """Write down that a sign-up is confirmed; False: it was already. In a joint transaction."""
        with self._database.write() as connection:
            is_open = (signup.c.id == one.id) & (signup.c.kind == Letter.CONFIRM)
            done = connection.execute(sa.update(signup).where(is_open).values(kind=CONFIRMED))
            canonical = one.address.canonical
            prompted.confirm(connection, self._publication, "join", canonical, now=now)
            return done.rowcount == 1

    def _standing(
        self, connection: Connection, canonical: str, *, now: datetime
    ) -> joining.Standing:
        here = self._publication
        said: dict[str, Any] = {
            "here": here,
            "address": canonical,
            "domain": canonical[canonical.index("@") :],
            "mark": self._marker(canonical) if self._marker else canonical,
        }
        said["since"] = now - joining.COUNTED
        row = connection.execute(_STANDING, said).one()
        return joining.Standing(
            state=SubscriberState(row.state) if row.state else None,
            is_suppressed=bool(row.is_suppressed),
            last_written=row.last_written,
            unanswered=row.unanswered,
        )

    def _kept(
        self, connection: Connection, asked: Asked, new: dict[str, Any], *, now: datetime
    ) -> Signup:
        """Write the row of an address, anew or once more, and return it."""
        canonical = asked.address.canonical
        stored = connection.execute(
            _STORED, {"here": self._publication, "address": canonical}
        ).first()
        values = _said(asked) | {"expires_at": now + joining.LINK_LASTS}
        if stored is None:
            values |= {"publication": self._publication, "canonical": canonical}
            values |= {"kind": Letter.NONE, **new} | _beginning(now)
            return _signup(connection.execute(_ADDED, values).one())
        if stored.kind == CONFIRMED:
            values |= {"kind": Letter.NONE, **new} | _beginning(now)
        elif joining.is_renewed(stored.asked_at, now=now):
            values |= _beginning(now)
            values |= {name: new[name] for name in ("kind", "digits") if "kind" in new}
        update = sa.update(signup).where(signup.c.id == stored.id).values(values)
        return _signup(connection.execute(update.returning(*signup.c)).one())

    def _find(
        self,
        connection: Connection,
        which: sa.ColumnElement[bool],
        *,
        now: datetime,
        for_update: bool = False,
    ) -> Signup | None:
        here = which & (signup.c.publication == self._publication) & (signup.c.expires_at > now)
        query = sa.select(signup).where(here)
        row = connection.execute(query.with_for_update() if for_update else query).first()
        return _signup(row) if row else None


def _said(asked: Asked) -> dict[str, Any]:
    said = ("frequency", "locale", "network", "consent")
    return {"address": asked.address.address} | {name: getattr(asked, name) for name in said}


def _beginning(now: datetime) -> dict[str, Any]:
    return {"tries_left": joining.TRIES, "asked_at": now}


def _signup(row: sa.Row[Any]) -> Signup:
    return Signup(
        id=row.id,
        address=Address(row.address, row.canonical),
        token=row.token,
        digits=row.digits,
        tries_left=row.tries_left,
        kind=row.kind,
        frequency=Frequency(row.frequency),
        locale=row.locale,
        network=row.network,
        consent=row.consent,
        asked_at=row.asked_at,
    )
