"""An edition for a part of the list: frozen with its send, told wherever the send is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa

from newsletter.app import App, build
from newsletter.core.config import settings as config_settings
from newsletter.core.errors import NothingToDo, UsageError
from newsletter.core.model import SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.storage.database import Database
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.tables import subscriber, suppression
from tests.support.ledger import (
    DAY,
    MORNING,
    MovingClock,
    ScriptedProvider,
    add_people,
    change_state,
    make_freeze,
)
from tests.support.publication import Publication

MONDAY, TUESDAY = DAY, date(2026, 3, 3)
VIP = "tag:vip and zone:Europe/*"
AT_ONCE = {"at_once": True}


def add_tagged(database: Database) -> None:
    """Add six readers, of whom the first four are important, and the first three in Europe."""
    add_people(database, 6, zone="Europe/Riga", attributes={"tags": "vip, tea"})
    change(database, 4, zone="Asia/Tokyo")
    change(database, 5, attributes={"tags": "tea"})
    change(database, 6, attributes={})


def change(database: Database, number: int, **columns: object) -> None:
    who = subscriber.c.address == address(number)
    with database.write() as connection:
        connection.execute(sa.update(subscriber).where(who).values(columns))


def address(number: int) -> str:
    return f"reader{number:04}@example.org"


def audience(edition: date = MONDAY, segment: str = "") -> Audience:
    return Audience(publication="main", edition=edition, segment=segment)


def recipients(database: Database, edition: date) -> set[str]:
    query = sa.text(
        "SELECT address FROM recipient JOIN send ON send.id = send_id WHERE edition = :edition"
    ).bindparams(sa.bindparam("edition", edition, sa.Date))
    with database.read() as connection:
        return set(connection.scalars(query))


def test_a_freeze_takes_who_is_in_the_segment_and_may_be_mailed(database: Database) -> None:
    add_tagged(database)
    change_state(database, address(1), "unsubscribed")
    with database.write() as connection:
        listed = {"canonical": address(2), "reason": "asked", "at": MORNING}
        connection.execute(sa.insert(suppression).values(listed))
    ledger = Ledger(database)
    assert ledger.audience(audience(segment=VIP)) == 1
    send = ledger.freeze(make_freeze(segment=VIP), now=MORNING)
    assert (send.recipients, send.segment) == (1, VIP)
    assert ledger.find("main", DAY) == send
    assert recipients(database, DAY) == {address(3)}
    assert ledger.outside(send) == 3


def test_the_mornings_of_a_plan_are_those_of_the_segment(database: Database) -> None:
    add_tagged(database)
    assert Ledger(database).zones("main", VIP) == {"Europe/Riga": 3}
    assert Ledger(database).zones("main") == {"Europe/Riga": 5, "Asia/Tokyo": 1}


def test_an_empty_segment_freezes_nothing_and_says_so(database: Database) -> None:
    add_tagged(database)
    ledger = Ledger(database)
    with pytest.raises(NothingToDo, match="no subscriber in the segment tag:gone"):
        ledger.freeze(make_freeze(segment="tag:gone"), now=MORNING)
    assert ledger.find("main", DAY) is None


def test_a_weekly_reader_gets_the_first_edition_of_the_week_that_was_for_them(
    database: Database,
) -> None:
    add_people(database, 4, frequency="weekly")
    change(database, 1, attributes={"tags": "vip"})
    change(database, 3, frequency="daily")
    ledger = Ledger(database)
    ledger.freeze(make_freeze(segment="tag:vip"), now=MORNING)
    change(database, 1, attributes={})  # they had theirs, whatever is known of them now
    ledger.freeze(make_freeze(edition=TUESDAY), now=MORNING)
    assert recipients(database, MONDAY) == {address(1)}
    assert recipients(database, TUESDAY) == {address(2), address(3), address(4)}
    assert ledger.audience(audience(date(2026, 3, 4))) == 1


def test_only_a_reader_of_this_edition_may_lack_a_value(database: Database) -> None:
    add_tagged(database)
    change(database, 1, name="")
    ledger = Ledger(database)
    assert ledger.lacking("name", audience(segment=VIP), limit=5) == (1, (address(1),))
    assert ledger.lacking("name", audience(segment="zone:Asia/*"), limit=5) == (0, ())
    change(database, 1, frequency="weekly")
    assert ledger.lacking("name", audience(), limit=5)[0] == 1
    ledger.freeze(make_freeze(), now=MORNING)
    assert ledger.lacking("name", audience(TUESDAY), limit=5)[0] == 0


# --- a publication -----------------------------------------------------------------------------


@pytest.fixture
def publication(publish: Callable[..., Publication], tmp_path) -> Publication:
    made: Publication = publish(tmp_path / "brief")
    with Opened(made) as app:
        add_tagged(app.database)
    return made


class Opened:
    """An app with a provider that takes everything, closed in the end."""

    def __init__(self, made: Publication, **environment: str) -> None:
        settings = config_settings.load(made.root, made.environment | environment)
        self.provider = ScriptedProvider()
        self.app = build(settings, clock=MovingClock(), provider=self.provider)

    def __enter__(self) -> App:
        return self.app

    def __exit__(self, *_: object) -> None:
        self.app.close()


def test_an_edition_goes_to_its_segment_and_to_nobody_else_afterwards(
    publication: Publication,
) -> None:
    it = Opened(publication)
    with it as app:
        rehearsal = app.sends.rehearse(SendRequest(day=DAY, segment=VIP, **AT_ONCE))
        assert (rehearsal.segment, rehearsal.recipients, rehearsal.outside) == (VIP, 3, 3)
        done = app.sends.start(SendRequest(day=DAY, segment=VIP, **AT_ONCE))
        assert done.view.send.status is SendStatus.COMPLETE
        assert sorted(it.provider.addresses()) == [address(1), address(2), address(3)]

        with pytest.raises(NothingToDo) as again:
            app.sends.start(SendRequest(day=DAY, **AT_ONCE))
        assert f"It was for the segment {VIP}. 3 active subscriber(s)" in again.value.what
        assert "they were not in that segment" in again.value.what
        for other in ("tag:tea", ""):
            with pytest.raises(UsageError, match="an edition has one send"):
                app.sends.start(SendRequest(day=DAY, segment=other, **AT_ONCE))
            with pytest.raises(UsageError, match="an edition has one send"):
                app.sends.rehearse(SendRequest(day=DAY, segment=other, **AT_ONCE))
        with pytest.raises(NothingToDo, match="nobody gets it twice"):
            app.sends.start(SendRequest(day=DAY, segment=f"  ({VIP.upper()}) ", **AT_ONCE))
        assert len(it.provider.attempts) == 1


def test_what_is_not_finished_goes_on_for_those_it_was_frozen_for(publication: Publication) -> None:
    it = Opened(publication)
    with it as app:
        app.sends.freeze(SendRequest(day=DAY, segment="zone:Asia/*", **AT_ONCE))
        with pytest.raises(UsageError, match="frozen for the segment zone:Asia"):
            app.sends.start(SendRequest(day=DAY, segment="", **AT_ONCE))
        app.sends.start(SendRequest(day=DAY, **AT_ONCE))
        assert it.provider.addresses() == [address(4)]


def test_a_publication_may_be_for_a_part_of_its_list(publication: Publication) -> None:
    it = Opened(publication, NEWSLETTER_DELIVERY__SEGMENT=" not tag:vip ")
    with it as app:
        assert app.sends.rehearse(SendRequest(day=DAY, segment="", **AT_ONCE)).recipients == 6
        app.sends.start(SendRequest(day=DAY, **AT_ONCE))
        assert sorted(it.provider.addresses()) == [address(5), address(6)]
        assert app.audit(DAY).record.send.segment == "not tag:vip"


def test_the_commands_tell_whom_an_edition_was_for(publication: Publication) -> None:
    day = ("--date", DAY.isoformat())
    words = ("send", *day, "--late", "--segment", VIP)
    rehearsed = publication.json(*words, "--dry-run")
    assert (rehearsed["segment"], rehearsed["recipients"], rehearsed["outside"]) == (VIP, 3, 3)
    refused = publication.run("send", *day, "--late", "--segment", "tag:", check=2)
    assert "“tag:” at character 1" in refused.stderr
    with Opened(publication) as app:
        app.sends.start(SendRequest(day=DAY, segment=VIP, **AT_ONCE))
    assert publication.json("audit", *day)["segment"] == VIP
    page = publication.root / "audit.html"
    told = publication.run("audit", *day, "--html", str(page), check=0)
    assert f"Only for the segment {VIP}" in told.stdout
    assert f'the segment <code class="long">{VIP}</code>' in page.read_text(encoding="utf-8")
    held = json.loads(publication.run("subscribers", "show", address(1), "--export").stdout)
    assert [(one["edition"], one["segment"]) for one in held["editions"]] == [(str(DAY), VIP)]
