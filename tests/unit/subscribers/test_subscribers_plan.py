"""The plan: what a row says, and which one class it ends in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import SubscriberState as State
from newsletter.subscribers.csvfile import Record
from newsletter.subscribers.imports.columns import Columns, find
from newsletter.subscribers.imports.plan import RowClass, classify
from newsletter.subscribers.imports.rows import Rejected, read
from newsletter.subscribers.lifecycle import OPTED_OUT
from newsletter.subscribers.model import AddressStatus, ImportRow, Person
from tests.support.subscribers import make_known, make_person, make_records

HEADER = ["email", "name", "time zone", "subscription", "city"]
COLUMNS = find(make_records(HEADER))


def row(*cells: str, columns: Columns = COLUMNS) -> ImportRow | Rejected:
    return read(Record(5, list(cells)), columns)


def status(known=None, *, suppressed: bool = False) -> AddressStatus:
    return AddressStatus(known=known, suppressed=suppressed)


def test_a_row_says_who_it_is_about() -> None:
    assert row(" Ann@Example.org", "Ann\nExample ", "Europe/Riga", "pending", "Riga") == ImportRow(
        line=5,
        person=Person(
            address="Ann@example.org",
            canonical="ann@example.org",
            name="Ann Example",
            zone="Europe/Riga",
            attributes={"city": "Riga"},
            state=State.PENDING,
        ),
    )


def test_empty_cells_say_nothing_and_a_missing_state_means_active() -> None:
    read_row = row("ann@example.org", "", "", "", "")
    assert isinstance(read_row, ImportRow)
    assert read_row.person == make_person(name="")


def test_first_and_last_name_make_a_name() -> None:
    columns = find(make_records(["last name", "first name", "email"]))
    read_row = row("Ng ", " Ann", "ann@example.org", columns=columns)
    assert isinstance(read_row, ImportRow)
    assert read_row.person.name == "Ann Ng"


def test_neutralised_cells_are_read_as_they_were() -> None:
    read_row = row("'+ann@example.org", "'=Ann", "", "", "'-")
    assert isinstance(read_row, ImportRow)
    assert read_row.person == make_person("+ann@example.org", name="=Ann", attributes={"city": "-"})


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        (["ann@example.org"], "1 cells, the first line 5"),
        (["ann@example.org", "", "", "", "", ""], "6 cells, the first line 5"),
        (["ann", "", "", "", ""], "no @"),
        (["", "Ann", "", "", ""], "empty"),
        (["ann@example.org", "", "", "gold", ""], "“gold” is not the state"),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected_with_line_address_and_reason(
    cells: list[str], word: str
) -> None:
    rejected = row(*cells)
    assert isinstance(rejected, Rejected)
    assert word in rejected.reason
    assert (rejected.line, rejected.address, rejected.cells) == (5, cells[0], tuple(cells))


@pytest.mark.parametrize("zone", ["Berlin", "../etc"])
def test_a_zone_that_is_none_and_a_text_that_is_too_long_reject_nobody(zone: str) -> None:
    read_row = row("ann@example.org", "A" * 501, zone, "", "C" * 501)
    assert isinstance(read_row, ImportRow)
    person = read_row.person
    assert (person.name, person.zone, person.attributes) == ("A" * 500, None, {"city": "C" * 500})


def test_a_broken_line_is_rejected_with_its_fault() -> None:
    rejected = read(Record(9, ['a@x,"b'], "The quotation marks of the line do not match."), COLUMNS)
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.address) == (9, 'a@x,"b')


@pytest.mark.parametrize(
    ("says", "found", "row_class"),
    [
        ({}, None, RowClass.DUPLICATE),
        ({}, status(suppressed=True), RowClass.SUPPRESSED),
        ({}, status(make_known(), suppressed=True), RowClass.SUPPRESSED),
        ({}, status(), RowClass.NEW),
        ({"state": State.PENDING}, status(), RowClass.NEW),
        ({"state": State.BOUNCED}, status(), RowClass.KEPT_OPTED_OUT),
        ({}, status(make_known()), RowClass.UNCHANGED),
        ({"name": ""}, status(make_known()), RowClass.UNCHANGED),
        ({"name": "Anna"}, status(make_known()), RowClass.UPDATED),
        ({"zone": "Europe/Riga"}, status(make_known()), RowClass.UPDATED),
        ({}, status(make_known(zone="Europe/Riga")), RowClass.UNCHANGED),
        ({"attributes": {"city": "Riga"}}, status(make_known()), RowClass.UPDATED),
        ({}, status(make_known(attributes={"city": "Riga"})), RowClass.UNCHANGED),
        ({"state": State.UNSUBSCRIBED}, status(make_known()), RowClass.UPDATED),
        ({}, status(make_known(state=State.PENDING)), RowClass.UNCHANGED),
        ({"name": "X"}, status(make_known(state=State.COMPLAINED)), RowClass.KEPT_OPTED_OUT),
    ],
)
def test_every_row_ends_in_the_class_that_says_what_is_done(
    says: dict, found: AddressStatus | None, row_class: RowClass
) -> None:
    assert classify(ImportRow(line=2, person=make_person(**says)), found).row_class is row_class


def test_an_update_keeps_what_the_file_does_not_say() -> None:
    known = make_known(zone="Europe/Riga", attributes={"city": "Riga", "team": "blue"})
    told = ImportRow(line=2, person=make_person(name="", attributes={"city": "Oslo"}))
    person = classify(told, status(known)).row.person
    assert (person.name, person.zone) == ("Ann", "Europe/Riga")
    assert person.attributes == {"city": "Oslo", "team": "blue"}


@given(
    st.sampled_from(State),
    st.sampled_from(State),
    st.booleans(),
    st.sampled_from(["", "Ann", "Anna"]),
)
def test_no_row_raises_a_state_and_the_same_row_again_changes_nothing(
    stored: State, says: State, suppressed: bool, name: str
) -> None:
    told = ImportRow(line=2, person=make_person(name=name, state=says))
    planned = classify(told, status(make_known(state=stored), suppressed=suppressed))
    writes = planned.row_class in {RowClass.NEW, RowClass.UPDATED}
    assert not (writes and (stored in OPTED_OUT or suppressed))
    opts_out = planned.row_class is RowClass.UPDATED and says in OPTED_OUT
    person = planned.row.person
    after = make_known(
        state=says if opts_out else stored,
        name=person.name,
        zone=person.zone,
        attributes=person.attributes,
    )
    again = classify(told, status(after, suppressed=suppressed))
    assert again.row_class not in {RowClass.NEW, RowClass.UPDATED}
