"""Who asked to join: asked, written to, confirmed. Each step is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Frequency, SubscriberState
from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.database import Database
from newsletter.storage.single_mails import SingleMails
from newsletter.storage.site import keys, prompted
from newsletter.storage.site.tables import signup
from newsletter.storage.site.together import Together
from newsletter.storage.subscribers import suppressions
from newsletter.storage.tables import subscriber, suppression
from newsletter.subscribers import joining
from newsletter.subscribers.addresses import Address
from newsletter.subscribers.joining import Letter
from newsletter.subscribers.model import Marker

CONFIRMED = "confirmed"
_LOOKED_AGAIN = timedelta(seconds=1)  # whether machines still fill in the form


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form says of somebody who is to join."""

    address: Address
    frequency: Frequency
    locale: str
    network: str
    consent: str  # the text that was shown, and its version
    is_checked: bool = False  # a captcha was passed


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
_Letters = Mapping[str, tuple[Letter, bool]]  # by address: what it is written; it is barred
_NEVER: tuple[None, int] = (None, 0)


@dataclass(frozen=True, slots=True)
class _Question:
    asked: Asked
    token: str  # with `digits` used where it begins anew
    digits: str
    compose: Compose
    now: datetime

    @property
    def canonical(self) -> str:
        """Return the address that is to join."""
        return self.asked.address.canonical


# Built once: to build a statement costs more than to run it.
_HERE = sa.bindparam("here", type_=sa.Text)
_ADDRESSES = sa.bindparam("addresses", type_=sa.Text, expanding=True)
_STATES = sa.select(subscriber.c.canonical, subscriber.c.state).where(
    subscriber.c.canonical.in_(_ADDRESSES), subscriber.c.publication == _HERE
)
_SUPPRESSED = sa.select(suppression.c.canonical).where(
    suppression.c.canonical.in_(_ADDRESSES),
    suppression.c.publication.in_((suppressions.EVERYWHERE, _HERE)),
)
_STORED = (
    sa.select(signup)
    .where(signup.c.canonical.in_(_ADDRESSES), signup.c.publication == _HERE)
    .with_for_update()
)
_ADDED = sa.insert(signup).returning(*signup.c)
_RENEWED = ("kind", "digits")


class Signups:
    """The sign-ups of one publication."""

    def __init__(
        self, database: Database, publication: str, *, mails: SingleMails, marker: Marker | None
    ) -> None:
        self._database = database
        self._publication = publication
        self._mails = mails
        self._marker = marker
        self._flooded_at: datetime | None = None
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
        if not asked.is_checked and self._was_flooded_just_now(now):
            return False
        is_taken = self._together.ask(_Question(asked, token, digits, compose, now))
        if not asked.is_checked:
            self._flooded_at = None if is_taken else now
        return is_taken

    def _was_flooded_just_now(self, now: datetime) -> bool:
        """Say so without waiting for who writes, and from memory to who comes within a second."""
        known = self._flooded_at
        if known is None or abs(now - known) < _LOOKED_AGAIN:
            return known is not None
        self._flooded_at = now if self.is_flooded(now=now) else None
        return self._flooded_at is not None

    def _ask_all(self, questions: Sequence[_Question]) -> Sequence[bool]:
        """Answer all in their order, as many at once as the budget has mails for."""
        taken: set[int] = set()
        with self._database.write() as connection:
            keys.take_turn(connection, self._publication)
            for is_checked in (False, True):
                mine = [one for one in questions if one.asked.is_checked is is_checked]
                budget = prompted.Budget(connection, self._publication, is_checked=is_checked)
                taken.update(map(id, self._ask_some(connection, mine, budget)))
        return [id(one) in taken for one in questions]

    def _ask_some(
        self, connection: Connection, waiting: Sequence[_Question], budget: prompted.Budget
    ) -> Iterator[_Question]:
        """Yield those that the budget had mails for."""
        while waiting:
            left = budget.left(now=waiting[0].now)
            if left <= 0:
                return
            group = _without_second(waiting[:left])
            budget.spend(self._answer(connection, group))
            yield from group
            waiting = waiting[len(group) :]

    def _answer(self, connection: Connection, group: Sequence[_Question]) -> int:
        """Take in questions of an address each; return how many mails they led to."""
        letters = self._letters(connection, group)
        kept = self._kept(connection, group, letters)
        barred = [one for one in group if letters[one.canonical][0] is Letter.NONE]
        mailed = [one for one in group if letters[one.canonical][0] is not Letter.NONE]
        for some in filter(None, (mailed, barred)):
            connection.exec_driver_sql("SAVEPOINT asked")
            self._write(connection, some, letters, kept)
            if some is barred:
                connection.exec_driver_sql("ROLLBACK TO SAVEPOINT asked")
            connection.exec_driver_sql("RELEASE SAVEPOINT asked")
        return len(mailed)

    def _write(
        self,
        connection: Connection,
        group: Sequence[_Question],
        letters: _Letters,
        kept: Mapping[str, Signup],
    ) -> None:
        """Write the mails of questions; what must not be is worded as what would be."""
        mails = [
            (one.compose(kept[one.canonical], _wording(letters[one.canonical][0])), one.now)
            for one in group
        ]
        self._mails.put_all(connection, mails)
        written = {one.canonical: one.now for one in group}
        prompted.note_all(connection, self._publication, "join", written)

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

    def _letters(self, connection: Connection, group: Sequence[_Question]) -> _Letters:
        """Say what each is written, and whether that could ever be anything."""
        here, addresses = self._publication, [one.canonical for one in group]
        asked = {"here": here, "addresses": addresses}
        states = {row.canonical: row.state for row in connection.execute(_STATES, asked)}
        forms = {one: self._forms(one) for one in addresses}
        asked = {"here": here, "addresses": [form for three in forms.values() for form in three]}
        suppressed = frozenset(connection.scalars(_SUPPRESSED, asked))
        since = min(one.now for one in group) - joining.COUNTED
        written = prompted.joins_of(connection, here, addresses, since=since)
        found: dict[str, tuple[Letter, bool]] = {}
        for one in group:
            state = states.get(one.canonical)
            last, unanswered = written.get(one.canonical, _NEVER)
            standing = joining.Standing(
                state=SubscriberState(state) if state else None,
                is_suppressed=not suppressed.isdisjoint(forms[one.canonical]),
                last_written=last,
                unanswered=unanswered,
            )
            found[one.canonical] = (joining.letter(standing, now=one.now), standing.is_barred)
        return found

    def _forms(self, canonical: str) -> tuple[str, str, str]:
        """Return what an address may be suppressed as: itself, its domain, its mark."""
        mark = self._marker(canonical) if self._marker else canonical
        return canonical, canonical[canonical.index("@") :], mark

    def _kept(
        self, connection: Connection, group: Sequence[_Question], letters: _Letters
    ) -> Mapping[str, Signup]:
        """Write the row of each address, anew or once more, and return them."""
        asked = {"here": self._publication, "addresses": [one.canonical for one in group]}
        stored = {row.canonical: row for row in connection.execute(_STORED, asked)}
        added, kept = [], []
        for one in group:
            new = _new(one, *letters[one.canonical])
            if one.canonical in stored:
                row = stored[one.canonical]
                update = sa.update(signup).where(signup.c.id == row.id)
                values = _said(one) | _again(row, new, now=one.now)
                kept.append(connection.execute(update.values(values).returning(*signup.c)).one())
            else:
                values = {"publication": self._publication, "canonical": one.canonical}
                values |= {"kind": Letter.NONE} | _said(one) | new | _beginning(one.now)
                added.append(values)
        if added:
            kept += connection.execute(_ADDED, added)
        return {row.canonical: _signup(row) for row in kept}

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


def _without_second(questions: Sequence[_Question]) -> Sequence[_Question]:
    """Return the first questions up to the second of an address: it goes by the first's answer."""
    seen: set[str] = set()
    for number, one in enumerate(questions):
        if one.canonical in seen:
            return questions[:number]
        seen.add(one.canonical)
    return questions


def _wording(letter: Letter) -> Letter:
    """Return what a mail says; one that must not be costs as much as one that may."""
    return Letter.CONFIRM if letter is Letter.NONE else letter


def _new(one: _Question, letter: Letter, is_barred: bool) -> dict[str, Any]:  # noqa: FBT001
    """Return what begins anew; what was written before still holds where nothing is now."""
    new: dict[str, Any] = {"token": one.token, "digits": one.digits}
    return new if letter is Letter.NONE and not is_barred else new | {"kind": letter}


def _again(row: sa.Row[Any], new: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return what changes of a row whose address is asked for once more."""
    if row.kind == CONFIRMED:
        return {"kind": Letter.NONE, **new, **_beginning(now)}
    if not joining.is_renewed(row.asked_at, now=now):
        return {}
    return _beginning(now) | {name: new[name] for name in _RENEWED if "kind" in new}


def _said(one: _Question) -> dict[str, Any]:
    asked, said = one.asked, ("frequency", "locale", "network", "consent")
    values: dict[str, Any] = {name: getattr(asked, name) for name in said}
    return values | {
        "address": asked.address.address,
        "expires_at": one.now + joining.LINK_LASTS,
    }


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
