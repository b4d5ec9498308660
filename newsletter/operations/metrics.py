"""What a monitor scrapes: Prometheus text of counts, lags, durations and states, of nobody.

`text` makes it for a command, a textfile collector or the site's `/metrics`; all read the same
tables, so none needs a process that lives on.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from newsletter import __version__
from newsletter.app import App
from newsletter.core.errors import NewsletterError, UsageError, Where
from newsletter.editions.marks import SendMarks
from newsletter.storage import figures
from newsletter.storage.figures import Figures, LastSend

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STATES = ("pending", "active", "unsubscribed", "bounced", "complained")
_STATUSES = ("open", "paused", "cancelled", "complete")
_BATCHES = ("planned", "claimed", "submitted", "refused", "uncertain", "cancelled", "deferred")


def text(app: App) -> bytes:
    """Return every figure as Prometheus text."""
    registry = CollectorRegistry()
    found = figures.read(app.database, app.settings.publication.id)
    own = _Figures(registry)
    own.labelled("info", "What runs here", {"version": __version__}, 1)
    _tables(own, found)
    _coming(own, app)
    if found.last is not None:
        _last(own, found.last)
    return generate_latest(registry)


def write(app: App, file: Path) -> None:
    """Write the figures for a textfile collector, whole or not at all."""
    if not file.name or file.is_dir():
        raise UsageError(f"{file} is a folder.", hint="Name the file to write the figures to.")
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")  # a collector reads *.prom alone
    try:
        temporary.write_bytes(text(app))
        temporary.chmod(0o644)  # the collector is another user, and nobody's data is in it
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        where = Where(file=str(file), leads=False)
        what = f"{file} cannot be written: {error.strerror or error}."
        raise UsageError(what, where=where) from error


class _Figures:
    """Gauges of one registry; a name is given its prefix here."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def one(self, name: str, about: str, value: float | None) -> None:
        """Set a gauge; what is not known is left out."""
        if value is not None:
            Gauge(f"newsletter_{name}", about, registry=self._registry).set(value)

    def by(self, name: str, about: str, label: str, values: Mapping[str, float]) -> None:
        """Set a gauge for each value of a label."""
        gauge = Gauge(f"newsletter_{name}", about, [label], registry=self._registry)
        for key, value in values.items():
            gauge.labels(key).set(value)

    def labelled(self, name: str, about: str, labels: Mapping[str, str], value: float) -> None:
        """Set a gauge under several labels."""
        gauge = Gauge(f"newsletter_{name}", about, [*labels], registry=self._registry)
        gauge.labels(*labels.values()).set(value)


def _tables(own: _Figures, found: Figures) -> None:
    own.by("subscribers", "People of the list by state", "state", _all(_STATES, found.subscribers))
    own.by("sends", "Editions that were sent, by status", "status", _all(_STATUSES, found.sends))
    own.by(
        "waiting_recipients",
        "Recipients of sends that are not over, by the state of their batch",
        "state",
        _all(_BATCHES, found.waiting),
    )
    own.one("event_posts", "Posts of events that are not taken in yet", found.posts)
    own.one("event_posts_set_aside", "Posts of events that could not be taken", found.set_aside)
    own.one("last_event_timestamp_seconds", "When an event came last", _unix(found.last_event_at))


def _coming(own: _Figures, app: App) -> None:
    from newsletter.core import calendar  # noqa: PLC0415  # a command that only writes needs little

    due = calendar.next_due(app.settings.timetable, app.clock.now())
    own.one(
        "next_due_timestamp_seconds", "When the next edition is due", _unix(due.at if due else None)
    )
    backup = SendMarks(app.files.folder).last_backup()
    own.one("last_backup_timestamp_seconds", "When the last backup was taken", _unix(backup))
    own.one("restored_waiting", "Sends that a restore holds", len(app.restored.waiting()))
    try:
        runways = app.assembler.runways(app.today())
    except NewsletterError:
        return
    left = {str(one.part): float(one.editions) for one in runways if one.editions is not None}
    own.by("runway_editions", "Editions a chain lasts without a repeat", "part", left)


def _last(own: _Figures, last: LastSend) -> None:
    own.one("last_due_timestamp_seconds", "When the last edition was due", _unix(last.due_at))
    own.one("last_recipients", "Recipients of the last edition", last.recipients)
    own.by(
        "last_batch_recipients",
        "Recipients of the last edition by the state of their batch",
        "state",
        _all(_BATCHES, last.states),
    )
    own.by("last_reported", "What events told last of the last edition", "kind", last.reported)
    own.by(
        "last_status",
        "1 for the status the last edition has",
        "status",
        {status: float(status == last.status) for status in _STATUSES},
    )
    if last.first_at is not None:
        lag = (last.first_at - last.due_at).total_seconds()
        own.one("last_lag_seconds", "From due to the first hand-over; negative: ahead", lag)
    if last.first_at is not None and last.last_at is not None:
        took = (last.last_at - last.first_at).total_seconds()
        own.one("last_duration_seconds", "From the first hand-over to the last answer", took)


def _all(names: tuple[str, ...], values: Mapping[str, int]) -> dict[str, float]:
    """Return every name with a value, so that a series does not come and go."""
    return {name: float(values.get(name, 0)) for name in (*names, *values)}


def _unix(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
