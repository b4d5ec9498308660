"""People, files and lists for the tests of subscribers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from newsletter.core.model import Subscriber, SubscriberState
from newsletter.storage.database import Database
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import suppression
from newsletter.subscribers import export
from newsletter.subscribers.csvfile import Record
from newsletter.subscribers.imports import importer
from newsletter.subscribers.imports.importer import ImportRequest, Report
from newsletter.subscribers.model import Consent, KnownSubscriber, Person, StateChange

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 12, tzinfo=UTC)


def make_person(address: str = "ann@example.org", **values) -> Person:
    return Person(**{"address": address, "canonical": address.lower(), "name": "Ann"} | values)


def make_known(**values) -> KnownSubscriber:
    stored = {
        "id": 7,
        "state": SubscriberState.ACTIVE,
        "changed_at": NOON,
        "name": "Ann",
        "zone": None,
        "attributes": {},
    }
    return KnownSubscriber(**stored | values)


def make_records(*rows: Sequence[str]) -> list[Record]:
    return [Record(line, list(row)) for line, row in enumerate(rows, start=1)]


def write(folder: Path, text: str, *, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def import_text(
    store: Subscribers,
    folder: Path,
    text: str,
    *,
    now: datetime = NOON,
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
    **request,
) -> Report:
    path = write(folder, text)
    prepared = importer.prepare(path, mapping=mapping or {}, **request)
    return plan_of(store, prepared) if dry_run else importer.run(store, prepared, now=now)


def export_text(store: Subscribers, **among) -> str:
    """Export subscribers as the command does."""
    stream = io.StringIO()
    with store.listed(**among) as listing:
        export.write(listing, stream, progress=lambda _written: None)
    return stream.getvalue()


def plan_of(store: Subscribers, request: ImportRequest, **told) -> Report:
    with importer.planned(store, request, now=NOON, **told) as plan:
        return plan.report


def add(
    store: Subscribers, address: str, *, state: SubscriberState = SubscriberState.ACTIVE, **values
) -> Subscriber:
    added = store.add(
        make_person(address, state=state, **values),
        change=StateChange(from_state=None, to_state=state, at=NOON, reason="added", by="operator"),
        consent=Consent(at=NOON, how="operator", text="asked"),
    )
    assert added is not None
    return added


def suppress(database: Database, canonical: str) -> None:
    with database.write() as connection:
        connection.execute(
            suppression.insert().values(canonical=canonical, reason="asked", at=NOON)
        )


def counted(report: Report) -> dict[str, int]:
    """Return the classes that have rows."""
    return {str(name): count for name, count in report.counts.items() if count}
