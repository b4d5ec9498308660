"""One subscriber at a time: added, removed, back again only with their own words."""

from __future__ import annotations

import pytest

from newsletter.core import segments
from newsletter.core.errors import Held, NothingToDo, UsageError
from newsletter.core.model import SubscriberState as State
from newsletter.storage.database import Database
from newsletter.storage.subscribers.store import Subscribers
from newsletter.subscribers import register
from tests.integration.storage.test_subscribers_storage import everything
from tests.support.subscribers import (
    LATER,
    NOON,
    add,
    export_text,
    make_person,
    suppress,
)


@pytest.fixture
def store(database: Database) -> Subscribers:
    return Subscribers(database, "main")


def test_a_person_is_added_with_first_state_and_consent(store: Subscribers) -> None:
    person = register.person_of(
        "Ann@Example.org",
        name=" Ann ",
        zone="Europe/Riga",
        attributes={"Team Color": "blue", "x": ""},
    )
    added = register.add(store, person, consent="asked by telephone", now=NOON).subscriber
    assert (added.address, added.name, added.state) == ("Ann@example.org", "Ann", State.ACTIVE)
    assert added.attributes == {"team_color": "blue"}
    assert store.find("ann@example.org") == added
    history = store.history(added.id)
    assert [change.by for change in history.changes] == ["operator"]
    assert [given.text for given in history.consents] == ["asked by telephone"]


def test_adding_somebody_active_is_nothing_to_do_and_somebody_pending_is_confirmed(
    store: Subscribers,
) -> None:
    add(store, "ann@example.org")
    add(store, "ben@example.org", state=State.PENDING)
    with pytest.raises(NothingToDo):
        register.add(store, make_person("ann@example.org"), consent="", now=LATER)
    confirmed = register.add(store, make_person("ben@example.org"), consent="", now=LATER)
    assert confirmed.subscriber.state is State.ACTIVE


def test_removing_keeps_the_row_and_the_reason(store: Subscribers) -> None:
    ann = add(store, "ann@example.org")
    removed = register.remove(
        store, register.address_of("ANN@example.org"), reason="by telephone", now=LATER
    )
    assert (removed.id, removed.state, removed.changed_at) == (ann.id, State.UNSUBSCRIBED, LATER)
    assert store.history(ann.id).changes[-1].reason == "by telephone"
    with pytest.raises(NothingToDo):
        register.remove(store, register.address_of("ann@example.org"), reason="", now=LATER)


def test_who_left_comes_back_only_with_their_own_words(store: Subscribers) -> None:
    add(store, "ann@example.org", state=State.UNSUBSCRIBED)
    with pytest.raises(Held):
        register.add(store, make_person("ann@example.org"), consent="", now=LATER)
    assert store.counts()[State.ACTIVE] == 0
    told = register.add(store, make_person("ann@example.org"), consent="wrote to us", now=LATER)
    back = told.subscriber
    assert back.state is State.ACTIVE
    assert store.history(back.id).consents[-1].text == "wrote to us"


def test_nobody_brings_back_a_complainer_or_a_suppressed_address(
    store: Subscribers, database: Database
) -> None:
    add(store, "ann@example.org", state=State.COMPLAINED)
    suppress(database, "ben@example.org")
    for address in ("ann@example.org", "ben@example.org"):
        with pytest.raises(Held):
            register.add(store, make_person(address), consent="really", now=LATER)
    with pytest.raises(NothingToDo, match="complained"):
        register.remove(store, register.address_of("ann@example.org"), reason="", now=LATER)
    assert store.suppressed() == 1


def test_an_unknown_address_and_unusable_values_are_usage_errors(store: Subscribers) -> None:
    with pytest.raises(UsageError, match="no subscriber nobody@"):
        register.remove(store, register.address_of("nobody@example.org"), reason="", now=NOON)
    for wrong in (
        {"text": "nobody"},
        {"text": "a@x.example", "zone": "Nowhere"},
        {"text": "a@x.example", "zone": ""},
        {"text": "a@x.example", "name": "x" * 501},
        {"text": "a@x.example", "frequency": "hourly"},
        {"text": "a@x.example", "paused_until": "tomorrow"},
        {"text": "a@x.example", "locale": "Portuguese"},
        {"text": "a@x.example", "attributes": {"名": "x"}},
    ):
        with pytest.raises(UsageError):
            register.person_of(**wrong)


def test_a_decision_that_fails_writes_nothing(store: Subscribers, database: Database) -> None:
    add(store, "ann@example.org")
    before = everything(database)

    def refuse(_stored):
        raise Held("no")

    with pytest.raises(Held):
        store.change("ann@example.org", refuse)
    assert store.change("nobody@example.org", refuse) is None
    assert everything(database) == before


def test_counts_and_lists_go_by_state(store: Subscribers) -> None:
    add(store, "ann@example.org")
    add(store, "ben@example.org", state=State.PENDING)
    add(store, "cleo@example.org")
    assert store.counts() == dict.fromkeys(State, 0) | {State.ACTIVE: 2, State.PENDING: 1}
    assert [one.name for one in store.everyone(state=State.PENDING)] == ["Ann"]
    assert len(list(store.everyone())) == 3


def test_an_export_has_who_is_asked_for_with_the_attributes_they_have(store: Subscribers) -> None:
    ann = {"zone": "Europe/Riga", "locale": "lv"}
    add(store, "ann@example.org", **ann, attributes={"tags": "vip", "city": "Ogre"})
    add(store, "ben@example.org", state=State.PENDING, attributes={"note": "=1"})
    add(store, "cleo@example.org", attributes={"tags": "vip"})
    values = "email,name,time_zone,subscription,frequency,paused_until,locale"
    assert export_text(store).splitlines() == [
        f"{values},city,note,attributes.tags",
        "ann@example.org,Ann,Europe/Riga,active,daily,,lv,Ogre,,vip",
        "ben@example.org,Ann,,pending,daily,,,,'=1,",
        "cleo@example.org,Ann,,active,daily,,,,,vip",
    ]
    assert export_text(store, state=State.PENDING).splitlines() == [
        f"{values},note",
        "ben@example.org,Ann,,pending,daily,,,'=1",
    ]
    vips = segments.parse("tag:vip and not zone:Europe/*")
    assert export_text(store, segment=vips).splitlines()[1:] == [
        "cleo@example.org,Ann,,active,daily,,,vip"
    ]
    assert store.count(segment=segments.parse("tag:vip")) == 2
    assert export_text(store, state=State.BOUNCED).splitlines() == [values]
