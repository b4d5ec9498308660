"""Two publications in one database: each has its own list, and one person may be on both."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from newsletter.core.errors import Held, NothingToDo, UsageError
from newsletter.core.model import SubscriberState as State
from newsletter.core.model.events import Leaving
from newsletter.storage.database import Database
from newsletter.storage.imports.undo import Imports
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.subscribers.leaving import leave_all
from newsletter.storage.subscribers.store import Subscribers
from newsletter.storage.tables import recipient
from newsletter.subscribers import lifecycle, register
from newsletter.subscribers.erasure import Marks
from tests.integration.storage.test_ledger import claim
from tests.support.ledger import make_freeze
from tests.support.subscribers import (
    LATER,
    NOON,
    add,
    counted,
    export_text,
    import_text,
    make_person,
)

ANN = "ann@reader.example"
PAIR = f"email,name\n{ANN},Ann\nben@reader.example,Ben\n"


@pytest.fixture
def morning(database: Database) -> Subscribers:
    return Subscribers(database, "morning", marker=Marks("k" * 40))


@pytest.fixture
def evening(database: Database) -> Subscribers:
    return Subscribers(database, "evening", marker=Marks("k" * 40))


def mailed(database: Database, publication: str) -> list[str]:
    """Freeze an edition of a publication; name whom it is for."""
    send = Ledger(database).freeze(make_freeze(publication=publication), now=NOON)
    query = sa.select(recipient.c.address).where(recipient.c.send_id == send.id)
    with database.read() as connection:
        return sorted(connection.scalars(query))


def left(database: Database, state: State, *, send_id: int | None = None) -> bool:
    one = Leaving(canonical=ANN, state=state, at=LATER, reason="told", send_id=send_id)
    with database.write() as connection:
        return leave_all(connection, [one], allows=lifecycle.allows, by="event", now=LATER) == 1


def test_an_import_of_one_publication_mails_nobody_of_the_other(
    database: Database, morning: Subscribers, evening: Subscribers, tmp_path: Path
) -> None:
    assert counted(import_text(morning, tmp_path, PAIR)) == {"new": 2}
    add(evening, "cleo@reader.example")
    assert mailed(database, "morning") == [ANN, "ben@reader.example"]
    assert mailed(database, "evening") == ["cleo@reader.example"]
    assert (morning.counts()[State.ACTIVE], evening.counts()[State.ACTIVE]) == (2, 1)
    assert len(list(evening.everyone())) == 1
    assert len(export_text(evening).splitlines()) == 2


def test_the_same_file_is_new_to_each_list_and_one_is_taken_back_alone(
    database: Database, morning: Subscribers, evening: Subscribers, tmp_path: Path
) -> None:
    first = import_text(morning, tmp_path, PAIR)
    second = import_text(evening, tmp_path, PAIR)
    assert counted(second) == {"new": 2}
    assert counted(import_text(evening, tmp_path, PAIR)) == {"unchanged": 2}
    tokens = {one.token for store in (morning, evening) for one in store.everyone()}
    assert len(tokens) == 4
    with pytest.raises(UsageError):
        Imports(database, "evening").find(first.import_id)
    Imports(database, "evening").undo(second.import_id, now=LATER)
    assert (len(list(morning.everyone())), len(list(evening.everyone()))) == (2, 0)
    assert [run.id for run in Imports(database, "morning").all()] == [first.import_id]


def test_a_choice_is_of_one_list_and_a_complaint_of_all(
    database: Database, morning: Subscribers, evening: Subscribers
) -> None:
    for store in (morning, evening):
        add(store, ANN)
        add(store, "ben@reader.example")
    send = Ledger(database).freeze(make_freeze(publication="morning"), now=NOON)
    assert left(database, State.UNSUBSCRIBED, send_id=send.id)
    assert not left(database, State.UNSUBSCRIBED, send_id=send.id)
    states = [store.find(ANN).state for store in (morning, evening)]  # type: ignore[union-attr]
    assert states == [State.UNSUBSCRIBED, State.ACTIVE]
    assert mailed(database, "evening") == [ANN, "ben@reader.example"]
    assert (morning.suppressed(), evening.suppressed()) == (1, 0)
    assert left(database, State.COMPLAINED)
    states = [store.find(ANN).state for store in (morning, evening)]  # type: ignore[union-attr]
    assert states == [State.COMPLAINED, State.COMPLAINED]
    assert evening.status_of(ANN).suppressed
    assert Subscribers(database, "third").status_of(ANN).suppressed


def test_a_send_under_way_heeds_its_own_list_and_what_is_of_all(
    database: Database, morning: Subscribers, evening: Subscribers
) -> None:
    for letter in "abcd":
        add(morning, f"{letter}@reader.example")
    send = Ledger(database).freeze(make_freeze(publication="morning"), now=NOON)
    evening.suppress("a@reader.example", reason="asked", now=LATER)
    morning.suppress("b@reader.example", reason="asked", now=LATER)
    evening.suppress("c@reader.example", reason="a trap", now=LATER, everywhere=True)
    people = Attempts(database).people(claim(Ledger(database), send))
    told = dict(zip(people.addresses, people.suppressed, strict=True))
    assert "".join(address[0] for address in sorted(told) if told[address]) == "bc"


def test_an_operator_suppresses_for_one_list_or_for_all(
    database: Database, morning: Subscribers, evening: Subscribers
) -> None:
    assert morning.suppress("@reader.example", reason="asked", now=NOON)
    assert morning.status_of(ANN).suppressed
    assert not evening.status_of(ANN).suppressed
    assert evening.suppress(ANN, reason="a trap", now=NOON, everywhere=True)
    assert not morning.suppress(ANN, reason="again", now=NOON)
    assert (morning.suppressed(), evening.suppressed()) == (2, 1)
    assert not evening.lift(ANN)
    assert evening.stands_suppressed(ANN)
    assert evening.lift(ANN, everywhere=True)
    assert not evening.status_of(ANN).suppressed


def test_who_is_erased_is_gone_from_every_list_and_no_file_brings_them_back(
    database: Database, morning: Subscribers, evening: Subscribers, tmp_path: Path
) -> None:
    for store in (morning, evening):
        import_text(store, tmp_path, PAIR)
    told = evening.held(evening.find(ANN))  # type: ignore[arg-type]
    assert [one["publication"] for one in told["lists"]] == ["evening", "morning"]
    erased = morning.forget(ANN, reason="asked", now=LATER)
    assert (erased["subscriber"], erased["consent"]) == (2, 2)
    assert (morning.find(ANN), evening.find(ANN)) == (None, None)
    for store in (morning, evening, Subscribers(database, "third", marker=Marks("k" * 40))):
        assert counted(import_text(store, tmp_path, f"email\n{ANN}\n")) == {"suppressed": 1}


def test_adding_somebody_known_tells_what_is_new_and_keeps_the_rest(
    morning: Subscribers, evening: Subscribers
) -> None:
    add(evening, ANN)
    add(morning, ANN, zone="Europe/Riga", attributes={"tags": "vip", "city": "Ogre"})
    person = register.person_of(ANN, zone="Europe/Oslo", locale="nb", attributes={"team": "red"})
    told = register.add(morning, person, tags=("press", "vip"), consent="", now=LATER)
    assert [(one.name, one.before, one.after) for one in told.differences] == [
        ("zone", "Europe/Riga", "Europe/Oslo"),
        ("locale", "", "nb"),
        ("attributes.tags", "vip", "vip, press"),
        ("attributes.team", "", "red"),
    ]
    stored = morning.find(ANN)
    assert stored == told.subscriber
    assert (stored.name, stored.state, stored.attributes["city"]) == ("Ann", State.ACTIVE, "Ogre")
    assert evening.find(ANN).zone is None  # type: ignore[union-attr]
    with pytest.raises(NothingToDo):
        register.add(morning, person, tags=("press",), consent="", now=LATER)


def test_new_values_never_bring_back_who_left(morning: Subscribers) -> None:
    add(morning, ANN, state=State.UNSUBSCRIBED)
    before = morning.find(ANN)
    with pytest.raises(Held):
        register.add(morning, make_person(ANN, name="New"), consent="", now=LATER)
    assert morning.find(ANN) == before
    back = register.add(morning, make_person(ANN, name="New"), consent="wrote", now=LATER)
    assert [one.name for one in back.differences] == ["state", "name"]


def test_filters_all_count_and_pages_follow_each_other(morning: Subscribers) -> None:
    add(morning, ANN, name="Änne Ozola", zone="Europe/Riga", attributes={"tags": "vip, press"})
    add(morning, "ben@reader.example", zone="Europe/Oslo", attributes={"tags": "vip"})
    add(morning, "cleo@other.example", zone="Asia/Tokyo")

    def found(**told: object) -> list[str]:
        nothing = {"segment": None, "tags": (), "zone": None, "since": None, "search": None}
        among = register.filtered(**(nothing | told))  # type: ignore[arg-type]
        assert morning.count(segment=among) == len(list(morning.everyone(segment=among)))
        return [one.address[0] for one in morning.everyone(segment=among)]

    assert found() == ["a", "b", "c"]
    assert found(tags=("vip", "press")) == ["a"]
    assert found(zone="europe/*") == ["a", "b"]
    assert found(search="äNNE") == ["a"]
    assert found(search="OTHER.ex") == ["c"]
    assert found(search="100%") == []
    assert found(segment="tag:vip", zone="*/Oslo", since=NOON.date()) == ["b"]
    assert found(since=LATER.date()) == []
    pages = [[one.address[0] for one in morning.everyone(limit=2, offset=at)] for at in (0, 2)]
    assert pages == [["a", "b"], ["c"]]
