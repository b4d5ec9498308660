"""Import a file into the list: planned and applied step by step, in flat memory.

The whole import is one transaction of the store: it is done, or nothing has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from newsletter.csvfile import CsvFile, Record, examine
from newsletter.errors import InputError
from newsletter.ports import ImportSession, SubscriberStore
from newsletter.subscribers import lifecycle
from newsletter.subscribers.columns import Columns, find
from newsletter.subscribers.plan import Planned, Rejected, Row, RowClass, classify, read

_STEP = 2_000
KEPT_REJECTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an import is asked to do."""

    file: CsvFile
    columns: Columns
    consent: str = ""  # by which words these people subscribed, where that is known
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an import did, or in a dry run would do."""

    rows: int
    counts: Mapping[RowClass, int]  # every class, zeroes included
    import_id: int | None  # None: nothing was written
    first_rejected: tuple[Rejected, ...]  # the first of them

    @property
    def changed(self) -> bool:
        """Say whether the list was changed, or in a dry run would be."""
        planned = self.counts[RowClass.NEW] + self.counts[RowClass.UPDATED]
        return self.import_id is not None or planned > 0

    def counts_of(self, row_class: str) -> int:
        """Count the rows of one class."""
        return self.counts[RowClass(row_class)]


class _Tally:
    """What has become of the rows so far."""

    def __init__(self, rejected: Callable[[Rejected], None]) -> None:
        self.counts: Counter[RowClass] = Counter()
        self.first_rejected: list[Rejected] = []
        self._rejected = rejected

    def reject(self, row: Rejected) -> None:
        self.counts[RowClass.REJECTED] += 1
        if len(self.first_rejected) < KEPT_REJECTED:
            self.first_rejected.append(row)
        self._rejected(row)

    def plan(self, planned: Iterable[Planned]) -> None:
        self.counts.update(one.row_class for one in planned)


def prepare(
    path: Path, *, mapping: Mapping[str, str], consent: str = "", dry_run: bool = False
) -> Wish:
    """Look at a file and its first rows, and find its columns.

    Raises `InputError` when it is no list of subscribers, `UsageError` for a column in `mapping`
    that it does not have.
    """
    file = examine(path)
    return Wish(file=file, columns=find(file.sample(), mapping), consent=consent, dry_run=dry_run)


def run(
    store: SubscriberStore,
    wish: Wish,
    *,
    now: datetime,
    rejected: Callable[[Rejected], None] = lambda _row: None,
    progress: Callable[[int], None] = lambda _line: None,
) -> Report:
    """Import a file, or only plan it.

    `rejected` is told every row that cannot be taken, in the file's order; `progress` the line
    that was reached, after each step. Raises `InputError` when not one row can be taken or the
    file is cut off; nothing is changed then.
    """
    tally = _Tally(rejected)
    with store.importing(
        file=wish.file.path.name,
        sha256=wish.file.sha256,
        consent=wish.consent,
        now=now,
        dry_run=wish.dry_run,
    ) as session:
        for step in _steps(_rows(wish)):
            _take(session, step, tally, wish=wish, now=now)
            progress(step[-1].line)
        _refuse_useless(wish.file, tally)
        counts = {row_class: tally.counts[row_class] for row_class in RowClass}
        return Report(
            rows=tally.counts.total(),
            counts=counts,
            import_id=session.finish({"rows": tally.counts.total()} | counts),
            first_rejected=tuple(tally.first_rejected),
        )


def _rows(wish: Wish) -> Iterator[Record]:
    return islice(wish.file.records(), 0 if wish.columns.headless else 1, None)


def _steps(records: Iterator[Record]) -> Iterator[Sequence[Record]]:
    while step := list(islice(records, _STEP)):
        yield step


def _take(
    session: ImportSession, step: Sequence[Record], tally: _Tally, *, wish: Wish, now: datetime
) -> None:
    rows: list[Row] = []
    for record in step:
        row = read(record, wish.columns)
        if isinstance(row, Row):
            rows.append(row)
        else:
            tally.reject(row)
    standings = session.look_up([(row.line, row.person.canonical) for row in rows])
    planned = [classify(row, standings.get(row.line)) for row in rows]
    tally.plan(planned)
    if not wish.dry_run:
        _apply(session, planned, file=wish.file.path.name, now=now)


def _apply(session: ImportSession, planned: Sequence[Planned], *, file: str, now: datetime) -> None:
    session.add([one.person for one in planned if _is_added(one)])
    known = [(one.known, one) for one in planned if one.known and one.row_class is RowClass.UPDATED]
    session.update([(stored.id, one.person) for stored, one in known])
    session.change(
        [
            (
                stored.id,
                lifecycle.change(
                    stored.state,
                    one.person.state,
                    at=now,
                    reason=f"{file}, line {one.line}, says so",
                    by="import",
                ),
            )
            for stored, one in known
            if one.opts_out
        ]
    )


def _is_added(one: Planned) -> bool:
    """Say whether the row is written as a new subscriber: those who opted out elsewhere, too."""
    return one.known is None and one.row_class in {RowClass.NEW, RowClass.KEPT_OPTED_OUT}


def _refuse_useless(file: CsvFile, tally: _Tally) -> None:
    rows = tally.counts.total()
    if not rows:
        raise InputError(f"{file.path.name} has a first line and no rows.")
    if rows == tally.counts[RowClass.REJECTED]:
        first = tally.first_rejected[0]
        raise InputError(
            f"{file.path.name} has no row that can be taken. Line {first.line}: {first.reason}",
            hint="Look at the columns; --map says which one holds what.",
        )
