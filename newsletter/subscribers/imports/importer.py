"""Import a file into the list: staged once, planned, and then applied range by range.

Nothing is written before the whole file was read and found usable. Each range is durable by
itself, so an import that is killed anywhere is finished by the same command: the file is staged
again, and the ranges that were applied are left out.
"""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from newsletter.core.errors import Held, InputError, UsageError, Where
from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers.csvfile import CsvFile, Page, examine
from newsletter.subscribers.imports import filenames, hints, plan
from newsletter.subscribers.imports.columns import Columns, find
from newsletter.subscribers.imports.hints import Noticed
from newsletter.subscribers.imports.plan import RowClass, Rules
from newsletter.subscribers.imports.questions import Asked, Watch
from newsletter.subscribers.imports.rows import Rejected, noticed, read, take
from newsletter.subscribers.model import (
    ImportColumns,
    ImportRow,
    ImportRun,
    ImportSession,
    Person,
    SubscriberStore,
)
from newsletter.subscribers.profile import ATTRIBUTES, with_tags

_STEP = 100_000  # lines; every step writes all over the indexes, so few are quicker than many
KEPT_REJECTED = 100
_WRITING = (RowClass.NEW, RowClass.UPDATED, RowClass.REVIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What an import is asked to do."""

    file: CsvFile
    columns: Columns
    header_line: int  # 0: there is none, every record is a row
    mapping: Mapping[str, str]
    consent: str = ""  # by which words these people subscribed, where that is known
    revive: bool = False
    tags: tuple[str, ...] = ()  # that everybody in it gets, beside those they have

    @property
    def options(self) -> str:
        """Return what must be the same when an import is finished by a second command."""
        told: dict[str, Any] = {"map": dict(self.mapping), "consent": self.consent}
        told |= {"revive": self.revive, **({"tags": list(self.tags)} if self.tags else {})}
        return json.dumps(told, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an import did, or would do."""

    rows: int
    counts: Mapping[RowClass, int]  # every class, zeroes included
    import_id: int | None  # None: nothing was written
    first_rejected: tuple[Rejected, ...]  # the first of them
    findings: tuple[Noticed, ...] = ()
    resumed: bool = False  # an import that was begun before is finished
    arriving_opted_out: int = 0  # of `kept_opted_out`: new to the list, and put down as such

    @property
    def changes(self) -> int:
        """Count the rows for which something is to be written."""
        return sum(self.counts[one] for one in _WRITING) + self.arriving_opted_out

    @property
    def changed(self) -> bool:
        """Say whether the list was changed, or would be."""
        return self.import_id is not None or self.changes > 0

    def counts_of(self, row_class: str) -> int:
        """Count the rows of one class."""
        return self.counts[RowClass(row_class)]


Progress = Callable[[str, int], None]


def _no_progress(_what: str, _line: int) -> None:
    return None


def prepare(
    path: Path,
    *,
    mapping: Mapping[str, str],
    consent: str = "",
    revive: bool = False,
    tags: tuple[str, ...] = (),
) -> ImportRequest:
    """Look at a file and its first rows, and find its columns.

    Raises `InputError` when it is no list of subscribers, `UsageError` for a column in `mapping`
    that it does not have, and for `revive` without a column of evidence; `Asked` where the file is
    called or made like one of people who must not be mailed.
    """
    file = examine(path)
    sample = file.sample()
    floor = filenames.floor_of(path.name, mapping)
    columns = find(sample, mapping, floor=floor)
    filenames.ask_about(path.name, columns, mapping)
    if revive and not columns.cells("evidence"):
        raise UsageError(
            said(
                "--revive needs a column of evidence: each person's own words and where "
                "they are kept."
            ),
            hint='Name it, such as --map "How they asked=evidence".',
        )
    return ImportRequest(
        file=file,
        columns=columns,
        header_line=0 if columns.headless else sample[0].line,
        mapping=mapping,
        consent=consent,
        revive=revive,
        tags=tags,
    )


class Plan:
    """A staged import: what it would do, and doing it."""

    def __init__(
        self,
        session: ImportSession,
        request: ImportRequest,
        *,
        now: datetime,
        rejected: Callable[[Rejected], None],
    ) -> None:
        self._session = session
        self._wish = request
        self._now = now
        self._rejected = rejected
        self._first_rejected: list[Rejected] = []
        self._found: Counter[str] = Counter()  # duplicates and rejected
        self._notes = hints.Notes()
        self._watch = Watch(request.columns)
        self._last = 0
        self._run: ImportRun | None = None
        self.report = self._reported({}, import_id=None)

    def read(self, progress: Progress) -> None:
        """Stage the file and look up what it would do. Raises `Asked`, `InputError`, `Held`."""
        with _collecting_seldom():
            for page in self._wish.file.pages():
                self._stage(page)
                self._last = page.lines[-1]
                progress("Reading", self._last)
        self._ask()
        self._refuse_useless()
        self._found[RowClass.DUPLICATE] = self._session.leave_out_repeats()
        self._run = self._unfinished()
        self.report = self._reported(self._looked_up(progress), import_id=None)

    def apply(self, progress: Progress = _no_progress) -> Report:
        """Write what the plan says. Raises `TryLater` when another process is at it."""
        if self._run is None and not self.report.changes:
            return self.report
        run = self._run or self._session.begin()
        rules = self._rules(run.file, run.at)
        for first, last in self._open_steps(run):
            run = self._session.apply(run, first, last, lambda one: plan.decide(one, rules))
            progress("Writing", last)
        self.report = self._reported(run.counts, import_id=run.id)
        counts = {"rows": self.report.rows, **{str(k): n for k, n in self.report.counts.items()}}
        self._session.finish(run, counts, now=self._now)
        return self.report

    def _stage(self, page: Page) -> None:
        columns = self._wish.columns
        page = page.after(self._wish.header_line).without_surplus(len(columns.header))
        self._watch.look_at(page)
        people, records = take(page, columns)
        self._keep(people)
        found = [read(record, columns) for record in records]
        others = _in_columns([row for row in found if isinstance(row, ImportRow)])
        self._keep(others)
        taken, longest = (*people.lines, *others.lines), self._wish.file.longest_line
        self._notes.note(noticed(page, columns, taken, longest=longest))
        for row in found:
            if isinstance(row, Rejected):
                self._reject(row)
        self._found["rows"] += len(people.lines) + len(records)

    def _keep(self, people: ImportColumns) -> None:
        if people.lines:
            self._session.stage(tagged(people, self._wish.tags))
            self._notes.look_at(people.lines, people.said["address"])

    def _reject(self, row: Rejected) -> None:
        self._found[RowClass.REJECTED] += 1
        if len(self._first_rejected) < KEPT_REJECTED:
            self._first_rejected.append(row)
        self._rejected(row)

    def _unfinished(self) -> ImportRun | None:
        run = self._session.unfinished()
        if run is not None and run.options != self._wish.options:
            raise Held(
                said(
                    "Import %(id)s of this file was begun with other options and is not finished.",
                    id=run.id,
                ),
                hint=f"Run it again as it was ({run.options}), or take it back with "
                f"`newsletter subscribers imports undo {run.id}`.",
            )
        return run

    def _looked_up(self, progress: Progress) -> Mapping[str, int]:
        rules = self._rules(self._wish.file.path.name, self._now)
        counts = Counter(self._run.counts if self._run else {})
        for first, last in self._open_steps(self._run):
            for found in self._session.look_up(first, last):
                self._found["arriving"] += _arriving(found.fresh)
                counts.update(plan.decide(found, rules)[1])
            progress("Looking up", last)
        return counts

    def _rules(self, file: str, now: datetime) -> Rules:
        return Rules(file=file, now=now, revive=self._wish.revive, tags=self._wish.tags)

    def _open_steps(self, run: ImportRun | None) -> Iterator[tuple[int, int]]:
        for first in range(run.reached + 1 if run else 1, self._last + 1, _STEP):
            yield first, min(first + _STEP - 1, self._last)

    def _reported(self, counts: Mapping[str, int], *, import_id: int | None) -> Report:
        both = Counter(counts) + Counter(self._found)
        return Report(
            rows=self._found["rows"],
            counts={one: both[one] for one in RowClass},
            import_id=import_id,
            first_rejected=tuple(self._first_rejected),
            findings=self._notes.found(),
            resumed=self._run is not None,
            arriving_opted_out=self._found["arriving"],
        )

    def _ask(self) -> None:
        questions = self._watch.questions()
        if questions:
            raise Asked(questions, file=self._wish.file.path.name)

    def _refuse_useless(self) -> None:
        name, rows = self._wish.file.path.name, self._found["rows"]
        if not rows:
            raise InputError(said("%(name)s has a first line and no rows.", name=name))
        if rows == self._found[RowClass.REJECTED]:
            first = self._first_rejected[0]
            raise InputError(
                said(
                    "%(name)s has no row that can be taken. Line %(line)s: %(reason)s",
                    name=name,
                    line=first.line,
                    reason=first.reason,
                ),
                hint="Look at the columns; --map says which one holds what.",
                where=Where(file=name, line=first.line, leads=False),
            )


@contextmanager
def planned(
    store: SubscriberStore,
    request: ImportRequest,
    *,
    now: datetime,
    rejected: Callable[[Rejected], None] = lambda _row: None,
    progress: Progress = _no_progress,
) -> Iterator[Plan]:
    """Read a whole file and plan its import; nothing is written before `Plan.apply`.

    `rejected` is told every row that cannot be taken, in the file's order; `progress` what is
    being done and the line that was reached. Raises `Asked` where a column speaks of opting out
    and nobody told what it means, `InputError` when not one row can be taken or the file is cut
    off, `Held` when an import of the file is half-way with other options.
    """
    with store.importing(
        file=request.file.path.name,
        sha256=request.file.sha256,
        consent=request.consent,
        options=request.options,
        now=now,
    ) as session:
        plan_of_file = Plan(session, request, now=now, rejected=rejected)
        plan_of_file.read(progress)
        yield plan_of_file


def run(
    store: SubscriberStore,
    request: ImportRequest,
    *,
    now: datetime,
    rejected: Callable[[Rejected], None] = lambda _row: None,
    progress: Progress = _no_progress,
) -> Report:
    """Plan and apply an import in one go."""
    with planned(store, request, now=now, rejected=rejected, progress=progress) as plan_of_file:
        return plan_of_file.apply(progress)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let the cycle collector look at the rows of a file page by page, not seven times a page."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def tagged(people: ImportColumns, tags: Sequence[str]) -> ImportColumns:
    """Put tags beside those the rows say; rows that say the same share one mapping. Pure."""
    if not tags:
        return people
    said = people.said.get(ATTRIBUTES.name)
    if said is None:
        shared = with_tags({}, tags)
        return people._replace(said={**people.said, ATTRIBUTES.name: [shared] * len(people.lines)})
    made: dict[int, Mapping[str, str]] = {}
    for one in said:
        if id(one) not in made:
            made[id(one)] = with_tags(json.loads(one) if isinstance(one, str) else one, tags)
    listed = [made[id(one)] for one in said]
    return people._replace(said={**people.said, ATTRIBUTES.name: listed})


def _in_columns(rows: Sequence[ImportRow]) -> ImportColumns:
    columns = zip(*(row.person for row in rows), strict=True)
    said = dict(zip(Person._fields, columns, strict=False))
    return ImportColumns([row.line for row in rows], said)


def _arriving(fresh: Mapping[SubscriberState, int]) -> int:
    return sum(
        people for state, people in fresh.items() if plan.fresh(state) is RowClass.KEPT_OPTED_OUT
    )
