"""Segments in SQL: a database finds whoever belongs by the language's own meaning."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.core.model import Frequency, Subscriber, SubscriberState
from newsletter.core.segments import Segment, belongs, parse
from newsletter.storage.database import Database
from newsletter.storage.subscribers.segments import belonging
from newsletter.storage.tables import subscriber
from tests.support.examples import examples

# What means something to GLOB, to a regular expression, to JSON or to SQL; letters with a second
# form, with none, and with one that is not theirs alone.
LETTERS = "aAbZüÜßẞİıſkK\u212aσςΣdžDžDŽ01 ,.;:/\\'+-_%?^$|(){}[]é\u0301\u00a0😀"
VALUES = st.text(LETTERS, max_size=4)
PATTERNS = st.text(LETTERS + "***", max_size=5).map(lambda text: text.replace('"', ""))
DAYS = st.sampled_from(["2026-02-28", "2026-03-01", "2026-03-02"])
MOMENTS = st.timedeltas(timedelta(), timedelta(days=3)).map(
    lambda after: datetime(2026, 2, 28, tzinfo=UTC) + after
)


@st.composite
def people(draw: st.DrawFn) -> list[Subscriber]:
    return [
        Subscriber(
            id=number,
            address=f"{number}@Example.org",
            canonical=f"{number}{draw(st.sampled_from(['', 'a', 'b+tag']))}@"
            + draw(st.sampled_from(["example.org", "a.example.org", "xn--bcher-kva.example"])),
            name=draw(VALUES),
            state=draw(st.sampled_from(SubscriberState)),
            token=f"token-{number}",
            zone=draw(st.sampled_from([None, "Europe/Riga", "Asia/Tokyo"])),
            attributes=draw(
                st.dictionaries(st.sampled_from(["tags", "city", "a.b"]), VALUES, max_size=3)
            ),
            created_at=draw(MOMENTS),
            changed_at=datetime(2026, 3, 1, tzinfo=UTC),
            frequency=draw(st.sampled_from(Frequency)),
            paused_until=draw(st.none() | st.just(date(2026, 3, 1))),
        )
        for number in range(1, 6)
    ]


def quoted(field: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return values.map(lambda value: f'{field}:"{value}"')


TERMS = st.one_of(
    quoted("tag", PATTERNS),
    quoted("name", PATTERNS),
    quoted("attributes.city", PATTERNS),
    quoted("attributes.a.b", PATTERNS),
    st.sampled_from(["zone:Europe/*", "zone:*/tokyo", 'zone:""', "zone:*"]),
    st.sampled_from([f"state:{state}" for state in SubscriberState] + ["state:*ed"]),
    st.sampled_from([f"frequency:{one}" for one in Frequency]),
    st.sampled_from(["domain:example.org", "domain:*.example.org", "address:1*", "domain:xn--*"]),
    DAYS.map(lambda day: f"since:{day}"),
    DAYS.map(lambda day: f"since:{day}.."),
    st.tuples(DAYS, DAYS).map(lambda ends: f"since:{ends[0]}..{ends[1]}"),
)
SEGMENTS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        inner.map("not {}".format),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            "({0[0]} {0[1]} {0[2]})".format
        ),
    ),
    max_leaves=6,
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(listed=people(), texts=st.lists(SEGMENTS, min_size=6, max_size=6))
def test_a_database_finds_whoever_belongs(
    database: Database, listed: list[Subscriber], texts: list[str]
) -> None:
    with database.engine.connect() as connection:
        connection.execute(sa.insert(subscriber), [asdict(one) for one in listed])
        for text in texts:
            wanted = parse(text)
            expected = [one.id for one in listed if belongs(wanted, one)]
            assert found(connection, wanted) == expected, text
        connection.rollback()


def found(connection: sa.Connection, wanted: Segment) -> list[int]:
    match = belonging(wanted, dialect=connection.dialect.name)
    query = sa.select(subscriber.c.id).where(match).order_by(subscriber.c.id)
    return list(connection.scalars(query))
