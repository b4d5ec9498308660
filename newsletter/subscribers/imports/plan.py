"""What an import will do with each row of a file; every row ends in exactly one class.

Classifying a row needs how its address stands in the list, and nothing else. It is pure, so a
plan can be shown before anything is written, and the same rules apply when it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.core.model import SubscriberState
from newsletter.subscribers import lifecycle
from newsletter.subscribers.model import (
    AddressStatus,
    Consent,
    ImportRow,
    KnownSubscriber,
    Person,
    Sorted,
    StateChange,
    Update,
)
from newsletter.subscribers.profile import TAGS, listed_tags, merged, profile_of, with_tags

BY = "import"


class RowClass(StrEnum):
    """What becomes of a row, in the order in which they are counted."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REVIVED = "revived"
    KEPT_OPTED_OUT = "kept_opted_out"
    SUPPRESSED = "suppressed"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an import was told about all its rows."""

    file: str
    now: datetime
    revive: bool = False  # a row's own evidence may bring somebody back
    tags: Sequence[str] = ()  # that come beside those somebody has; the rows have them already


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A row's class and who it is about, with what is stored filled in."""

    row_class: RowClass
    row: ImportRow
    known: KnownSubscriber | None = None


def decide(found: Sorted, rules: Rules) -> tuple[Sequence[Update], Mapping[str, int]]:
    """Decide about a range of rows: what is to be written, and the counts by class. Pure."""
    counts: Counter[str] = Counter()
    for state, people in found.fresh.items():
        counts[fresh(state)] += people
    counts[RowClass.UNCHANGED] += found.same
    updates = []
    for row, status in found.others:
        planned = classify(_beside(row, status, rules), status, revive=rules.revive)
        counts[planned.row_class] += 1
        if planned.known and planned.row_class in {RowClass.UPDATED, RowClass.REVIVED}:
            updates.append(_update(planned, planned.known, rules))
    return updates, {str(name): count for name, count in counts.items() if count}


def fresh(state: SubscriberState) -> RowClass:
    """Class a row about somebody nobody knows; who opted out elsewhere arrives opted out."""
    return RowClass.KEPT_OPTED_OUT if state in lifecycle.OPTED_OUT else RowClass.NEW


def classify(row: ImportRow, status: AddressStatus | None, *, revive: bool = False) -> Planned:
    """Decide about one row; `status` is None for an address of an earlier row. Pure.

    A suppressed or opted-out person is left exactly as they are; only with `revive`, and with
    evidence in the row itself, does somebody come back who may. Of a person who is known, empty
    cells and missing columns change nothing, and otherwise a state never rises.
    """
    if status is None:
        return Planned(row_class=RowClass.DUPLICATE, row=row)
    if status.suppressed:
        return Planned(row_class=RowClass.SUPPRESSED, row=row)
    known = status.known
    if known is None:
        return Planned(row_class=fresh(row.person.state), row=row)
    if known.state in lifecycle.OPTED_OUT:
        back = revive and _comes_back(row.person, known)
        row_class = RowClass.REVIVED if back else RowClass.KEPT_OPTED_OUT
        return Planned(row_class=row_class, row=_merged(row, known) if back else row, known=known)
    return _compared(_merged(row, known), known)


def _comes_back(told: Person, known: KnownSubscriber) -> bool:
    return (
        bool(told.evidence)
        and told.state is SubscriberState.ACTIVE
        and lifecycle.allows(known.state, told.state, evidence=True)
    )


def _merged(row: ImportRow, known: KnownSubscriber) -> ImportRow:
    told = row.person
    return row._replace(person=told._replace(**merged(told, known)))


def _beside(row: ImportRow, status: AddressStatus | None, rules: Rules) -> ImportRow:
    """Let the tags of a row come beside those that are known; else they take their place."""
    known = status.known if status is not None else None
    if known is None or not rules.tags:
        return row
    had, told = known.attributes.get(TAGS, ""), row.person.attributes
    tags = listed_tags(told.get(TAGS, ""))
    kept = with_tags({**told, TAGS: had}, tags)
    return row._replace(person=row.person._replace(attributes=kept))


def _compared(row: ImportRow, known: KnownSubscriber) -> Planned:
    same = profile_of(row.person) == profile_of(known)
    same = same and row.person.state not in lifecycle.OPTED_OUT
    row_class = RowClass.UNCHANGED if same else RowClass.UPDATED
    return Planned(row_class=row_class, row=row, known=known)


def _update(planned: Planned, known: KnownSubscriber, rules: Rules) -> Update:
    row = planned.row
    where = f"{rules.file}, line {row.line}"
    if planned.row_class is RowClass.REVIVED:
        reason = f"{where}: {row.person.evidence}"
        return Update(
            line=row.line,
            known=known,
            person=row.person,
            change=_change(row.person, known, reason=reason, rules=rules),
            consent=Consent(at=row.person.signed_up or rules.now, how=BY, text=reason),
        )
    opts_out = row.person.state in lifecycle.OPTED_OUT
    change = _change(row.person, known, reason=f"{where}, says so", rules=rules)
    return Update(
        line=row.line, known=known, person=row.person, change=change if opts_out else None
    )


def _change(told: Person, known: KnownSubscriber, *, reason: str, rules: Rules) -> StateChange:
    return StateChange(
        from_state=known.state, to_state=told.state, at=rules.now, reason=reason, by=BY
    )
