"""What an import writes about people who are known: values, opt-outs, and who comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import Frequency
from newsletter.core.model import SubscriberState as State
from newsletter.subscribers import lifecycle
from newsletter.subscribers.imports.plan import RowClass, Rules, classify, decide
from newsletter.subscribers.model import (
    AddressStatus,
    Consent,
    ImportRow,
    KnownSubscriber,
    Sorted,
    StateChange,
    Update,
)
from tests.support.subscribers import LATER, NOON, make_known, make_person

RULES = Rules(file="list.csv", now=LATER)
REVIVING = replace(RULES, revive=True)
HER_WORDS = "asked by mail on 1 March"


def told(line: int = 2, **values: object) -> ImportRow:
    return ImportRow(line=line, person=make_person(**values))


def about(row: ImportRow, known: KnownSubscriber | None) -> tuple[ImportRow, AddressStatus]:
    return row, AddressStatus(known=known, suppressed=False)


def found(*others: tuple[ImportRow, AddressStatus], same: int = 0, **fresh: int) -> Sorted:
    return Sorted(fresh={State(name): n for name, n in fresh.items()}, same=same, others=others)


def test_rows_are_counted_by_class_and_a_class_without_rows_is_not_told() -> None:
    others = [
        about(told(2, name="Anna"), make_known()),
        about(told(3), make_known()),
        about(told(4), make_known(state=State.BOUNCED)),
    ]
    updates, counts = decide(found(*others, same=5, active=3, pending=1, unsubscribed=2), RULES)
    assert counts == {"new": 4, "kept_opted_out": 3, "unchanged": 6, "updated": 1}
    assert [one.line for one in updates] == [2]
    assert decide(found(), RULES) == ([], {})


def test_new_values_are_written_without_a_change_of_state() -> None:
    known = make_known(state=State.PENDING)
    (update,), _ = decide(found(about(told(name="Anna"), known)), RULES)
    written = make_person(name="Anna", attributes={}, frequency=Frequency.DAILY)
    assert update == Update(line=2, known=known, person=written)


@pytest.mark.parametrize("state", sorted(lifecycle.OPTED_OUT))
def test_an_opt_out_of_the_file_is_written_with_its_place(state: State) -> None:
    known = make_known()
    (update,), counts = decide(found(about(told(9, state=state), known)), REVIVING)
    assert update.change == StateChange(
        from_state=State.ACTIVE,
        to_state=state,
        at=LATER,
        reason="list.csv, line 9, says so",
        by="import",
    )
    assert (update.consent, counts) == (None, {"updated": 1})


@pytest.mark.parametrize("signed_up", [None, NOON])
@pytest.mark.parametrize("state", [State.UNSUBSCRIBED, State.BOUNCED])
def test_who_asked_for_it_comes_back_with_consent_where_that_is_wanted(
    state: State, signed_up: object
) -> None:
    row = told(3, name="", evidence=HER_WORDS, signed_up=signed_up)
    known = make_known(state=state, zone="Europe/Riga")
    (update,), counts = decide(found(about(row, known)), REVIVING)
    reason = f"list.csv, line 3: {HER_WORDS}"
    assert counts == {"revived": 1}
    assert (update.person.name, update.person.zone) == ("Ann", "Europe/Riga")
    assert update.change == StateChange(
        from_state=state, to_state=State.ACTIVE, at=LATER, reason=reason, by="import"
    )
    assert update.consent == Consent(at=signed_up or LATER, how="import", text=reason)
    assert decide(found(about(row, known)), RULES) == ([], {"kept_opted_out": 1})


@given(
    stored=st.sampled_from(State),
    says=st.sampled_from(State),
    evidence=st.sampled_from(["", HER_WORDS]),
    revive=st.booleans(),
)
def test_nobody_comes_back_but_by_their_own_words_and_where_that_is_wanted(
    stored: State, says: State, evidence: str, revive: bool
) -> None:
    row, known = told(state=says, evidence=evidence), make_known(state=stored)
    status = AddressStatus(known=known, suppressed=False)
    planned = classify(row, status, revive=revive)
    may = stored in {State.UNSUBSCRIBED, State.BOUNCED} and says is State.ACTIVE
    assert (planned.row_class is RowClass.REVIVED) is (may and revive and bool(evidence))
    if stored in lifecycle.OPTED_OUT:
        assert planned.row_class in {RowClass.REVIVED, RowClass.KEPT_OPTED_OUT}
        assert planned.known == known
    assert classify(row, status) == classify(row, status, revive=False)
    assert classify(row, replace(status, suppressed=True), revive=revive).row_class is (
        RowClass.SUPPRESSED
    )


@pytest.mark.parametrize(
    ("field", "value", "other"),
    [
        ("frequency", "weekly", "weekdays"),
        ("paused_until", date(2026, 4, 1), date(2026, 5, 1)),
        ("zone", "Europe/Riga", "Europe/Berlin"),
        ("name", "Ann", "Anna"),
    ],
)
def test_what_the_file_says_is_written_and_what_it_does_not_say_stays(
    field: str, value: object, other: object
) -> None:
    known = make_known(**{field: value})
    status = AddressStatus(known=known, suppressed=False)
    silent = classify(told(**{field: "" if field == "name" else None}), status)
    assert silent.row_class is RowClass.UNCHANGED
    assert getattr(silent.row.person, field) == value
    same = classify(told(**{field: value}), status)
    assert same.row_class is RowClass.UNCHANGED
    changed = classify(told(**{field: other}), status)
    assert changed.row_class is RowClass.UPDATED
    assert getattr(changed.row.person, field) == other
