"""Who must never be mailed: by address, by whole domain, or by the keyed hash of an erased address.

All three stand in one table and cannot be mistaken for each other: an address has something
before its @, a domain is written as `@example.org`, and a hash has no @ at all. Each is of one
publication's list, or of every list there is (`EVERYWHERE`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from newsletter.core.errors import Held
from newsletter.core.sentences import said
from newsletter.storage.database import Database, insert_if_new
from newsletter.storage.tables import subscriber, suppression
from newsletter.subscribers.erasure import Marks
from newsletter.subscribers.model import Marker

EVERYWHERE = ""  # stands for every publication of the database
_UNIQUE = (suppression.c.canonical, suppression.c.publication)
_PAGE = 1_000
_MOST_LOOKED_UP, _MOST_NAMED = 20_000, 500
_HASH = "hmac:%"


class DomainOf(sa.sql.functions.GenericFunction[str]):
    """The domain of a canonical address, with its @."""

    type = sa.Text()
    inherit_cache = True


@compiles(DomainOf, "sqlite")
def _sqlite(element: DomainOf, compiler: SQLCompiler, **options: Any) -> str:
    address = compiler.process(element.clauses, **options)
    return f"substr({address}, instr({address}, '@'))"


@compiles(DomainOf, "postgresql")
def _postgresql(element: DomainOf, compiler: SQLCompiler, **options: Any) -> str:
    address = compiler.process(element.clauses, **options)
    return f"substr({address}, strpos({address}, '@'))"


def holds_for(publication: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Match the suppressions of a publication's list, and those of every list."""
    return suppression.c.publication.in_((EVERYWHERE, publication))


def is_suppressed(
    canonical: sa.ColumnElement[str], *, publication: sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    """Match an address that is suppressed by itself or by its domain."""
    return _is_one_of(canonical, DomainOf(canonical), publication=publication)


def is_suppressed_now(
    connection: Connection,
    canonical: sa.ColumnElement[str],
    mark: sa.ColumnElement[Any] | None = None,
    *,
    publication: str,
) -> sa.ColumnElement[bool]:
    """Match an address that is suppressed in any way, for use in this transaction only.

    Only what kind of suppression there is at all is looked up: a million rows are asked. Without
    a mark, erased addresses are not recognised.
    """
    form = suppression.c.canonical
    domains, hashes, all_forms = (
        sa.func.count().filter(form.like("@%")),
        sa.func.count().filter(form.like(_HASH)),
        sa.func.count(),
    )
    found = sa.select(domains, hashes, all_forms).where(holds_for(publication))
    there = connection.execute(found).one()
    wanted = (
        (canonical, there[2] > there[0] + there[1]),
        (DomainOf(canonical), there[0] > 0),
        (mark, there[1] > 0),
    )
    forms = (form for form, is_there in wanted if is_there and form is not None)
    return _is_one_of(*forms, publication=publication)


def are_suppressed_now(
    connection: Connection, among: sa.ColumnElement[bool], *, publication: str
) -> sa.ColumnElement[bool]:
    """Match the subscribers of a list who are suppressed, for use in this transaction only.

    A million rows are asked, and nearly nobody among them is suppressed: so it is the suppressions
    that are looked up in the list first, unless there are many.
    """
    canonical = subscriber.c.canonical
    domains = sa.func.count().filter(suppression.c.canonical.like("@%"))
    found = sa.select(domains, sa.func.count()).where(holds_for(publication))
    are_domains, all_forms = connection.execute(found).one()
    if are_domains or all_forms > _MOST_LOOKED_UP:
        return is_suppressed_now(connection, canonical, publication=publication)
    forms = sa.select(suppression.c.canonical).where(holds_for(publication))
    held = sa.select(subscriber.c.id).where(canonical.in_(forms), among).limit(_MOST_NAMED + 1)
    people = connection.scalars(held).all()
    if len(people) > _MOST_NAMED:
        return is_suppressed_now(connection, canonical, publication=publication)
    return subscriber.c.id.in_(people) if people else sa.false()


def _is_one_of(
    *forms: sa.ColumnElement[Any], publication: str | sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    """Look into the index once for each form: both databases are far slower with a list of them."""
    here = holds_for(publication)
    there = (sa.exists().where(suppression.c.canonical == form, here) for form in forms)
    return sa.or_(sa.false(), *there)


def is_listed(
    connection: Connection, canonical: str, marker: Marker | None, *, publication: str
) -> bool:
    """Say whether one address is suppressed in any way. Raises `Held` as `refuse_unknown`."""
    refuse_unknown(connection, marker)
    forms = [canonical, canonical[canonical.index("@") :]]
    if marker is not None:
        forms.append(marker(canonical))
    listed = suppression.c.canonical.in_(forms) & holds_for(publication)
    return bool(connection.scalar(sa.select(sa.exists().where(listed))))


def stands(connection: Connection, form: str, *, publication: str) -> bool:
    """Say whether one address, domain or hash is there as it stands."""
    here = (suppression.c.canonical == form) & holds_for(publication)
    return bool(connection.scalar(sa.select(sa.exists().where(here))))


def refuse_unknown(connection: Connection, marker: Marker | None) -> int:
    """Count the erased addresses; raise `Held` when there are some that cannot be recognised."""
    hashed = suppression.c.canonical.like(_HASH)
    known = sa.false() if marker is None else suppression.c.canonical.like(f"{marker.prefix}%")
    count = sa.func.count()
    found = connection.execute(
        sa.select(count, count.filter(known)).select_from(suppression).where(hashed)
    ).one()
    if found[0] != found[1]:
        raise Held(
            said(
                "%(found)s erased addresses are on record under a key that is not set "
                "here, so nobody could tell whether they come back.",
                found=f"{found[0] - found[1]:,}",
            ),
            hint="Set NEWSLETTER_SECRET_KEY (or NEWSLETTER_SECRET_KEY_FILE) as it was then.",
        )
    return int(found[0])


def renew(database: Database, marks: Marks) -> int:
    """Write hashes that an earlier release made under this key as they are made now; count them."""
    former = sa.select(suppression.c.canonical).where(
        suppression.c.canonical.like(f"{marks.former_prefix}%")
    )
    with database.read() as connection:
        found = connection.scalars(former).all()
    if not found:
        return 0
    with database.write() as connection:
        for form in connection.scalars(former).all():
            # Erased by an earlier release and since.
            lift(connection, marks.renewed(form), publication=EVERYWHERE)
            of_form = suppression.c.canonical == form
            connection.execute(
                sa.update(suppression).where(of_form).values(canonical=marks.renewed(form))
            )
    return len(found)


def suppress(
    connection: Connection, form: str, *, publication: str, reason: str, now: datetime
) -> bool:
    """Add one address, domain or hash; False: it is there already, or for every list."""
    return suppress_all(connection, [form], publication=publication, reason=reason, now=now) == 1


def suppress_each(
    connection: Connection, wanted: Sequence[tuple[str, str, str]], *, now: datetime
) -> list[bool]:
    """Add what is wanted (a form, its publication, the reason), a page of it at most.

    Say of each whether it was not there, nor for every list, when its turn came.
    """
    if not wanted:
        return []
    columns = (suppression.c.canonical, suppression.c.publication)
    forms = {form for form, _, _ in wanted}
    query = sa.select(*columns).where(suppression.c.canonical.in_(forms))
    held = {(row.canonical, row.publication) for row in connection.execute(query)}
    found, rows = list[bool](), list[dict[str, Any]]()
    for form, publication, reason in wanted:
        is_new = held.isdisjoint({(form, publication), (form, EVERYWHERE)})
        found.append(is_new)
        if is_new:
            held.add((form, publication))
            said = {"publication": publication, "reason": reason, "at": now}
            rows.append({"canonical": form, **said})
    if rows:
        connection.execute(insert_if_new(connection, suppression, unique=_UNIQUE), rows)
    return found


def suppress_all(
    connection: Connection, forms: Sequence[str], *, publication: str, reason: str, now: datetime
) -> int:
    """Add many at once; return how many were not there."""
    insert, new = insert_if_new(connection, suppression, unique=_UNIQUE), 0
    said = {"publication": publication, "reason": reason, "at": now}
    for start in range(0, len(forms), _PAGE):
        page = dict.fromkeys(forms[start : start + _PAGE])
        held = suppression.c.canonical.in_(page) & holds_for(publication)
        known = set(connection.scalars(sa.select(suppression.c.canonical).where(held)))
        rows = [{"canonical": one, **said} for one in page if one not in known]
        new += len(rows)
        if rows:
            connection.execute(insert, rows)
    return new


def count(connection: Connection, publication: str) -> int:
    """Count what is suppressed for a publication, whether it is of its list or of every one."""
    forms = sa.func.count(suppression.c.canonical.distinct())
    return connection.scalar(sa.select(forms).where(holds_for(publication))) or 0


def lift(connection: Connection, form: str, *, publication: str) -> bool:
    """Take one address or domain off where it stands; False: it was not there."""
    gone = sa.delete(suppression).where(
        suppression.c.canonical == form, suppression.c.publication == publication
    )
    return connection.execute(gone).rowcount == 1
