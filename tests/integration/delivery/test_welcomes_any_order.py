"""In whatever order readers come and go, editions are frozen and sent: one copy for each."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from newsletter.core import calendar
from newsletter.core.errors import Held, NothingToDo, TryLater
from newsletter.core.model import SendStatus
from newsletter.core.model.content import FrozenEdition
from newsletter.delivery.attempts import Content
from newsletter.delivery.handover import deliver
from newsletter.delivery.run import Pace, Stay
from newsletter.storage.database import connect
from newsletter.storage.sends.ledger import Ledger
from tests.support.database import sqlite_copy
from tests.support.examples import examples
from tests.support.joining import Door, copies, house
from tests.support.ledger import (
    DAY,
    MORNING,
    MovingClock,
    ScriptedProvider,
    add_people,
    make_envelope,
    make_freeze,
    make_ledger_message,
    make_sender,
)

READERS = {
    "ann@example.org": "Europe/Berlin",
    "bob@example.org": "America/New_York",
    "cy@example.org": None,
}
WHO = st.sampled_from(sorted(READERS))
BEGIN = MORNING - timedelta(days=1)


class Mornings:
    """Readers who come and go while editions are frozen, paused, corrected and handed over."""

    def __init__(self, template: Path) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.database = connect(sqlite_copy(template, self.folder / "database"))
        read = house(self.folder / "brief", '[schedule]\nzone = "reader"\n')
        self.door = Door(self.database, read)
        self.ledger, self.provider = Ledger(self.database), ScriptedProvider()
        self.clock = MovingClock(BEGIN)
        self.active: set[str] = set()
        self.day = DAY - timedelta(days=1)
        self.editions = 0
        add_people(self.database, 2)  # somebody reads it always

    def comes(self, who: str) -> None:
        if who not in self.active:
            self.active.add(who)
            self.door.join(who, self.clock.now(), zone=READERS[who])

    def leaves(self, who: str) -> None:
        if who in self.active:
            self.active.remove(who)
            self.door.leave(who, self.clock.now())

    def leaves_and_comes_back(self, who: str) -> None:
        self.leaves(who)
        self.comes(who)

    def time_passes(self, hours: float) -> None:
        self.clock.moment += timedelta(hours=hours)

    def freezes_the_next_edition(self) -> None:
        self.day += timedelta(days=1)
        timetable = self.door.settings.timetable
        begins = min(calendar.mornings(timetable, self.day, ["Europe/Berlin"]).values())
        self.clock.moment = max(self.clock.moment, begins)
        self.ledger.freeze(
            make_freeze(
                edition=self.day,
                batch_size=1,
                mornings=partial(calendar.mornings, timetable, self.day),
                message=make_ledger_message(f"of {self.day}"),
            ),
            now=self.clock.now(),
        )
        self.editions += 1

    def hands_over_some(self, batches: int) -> None:
        until = len(self.provider.attempts) + batches
        self._hand_over(lambda: len(self.provider.attempts) >= until)

    def mails_are_sent(self) -> None:
        self.door.delivery(self.provider, self.clock).send_due()

    def is_corrected(self, note: str) -> None:
        send = self.ledger.find("main", self.day)
        if send is not None and self.ledger.steer(send.id, SendStatus.PAUSED):
            mended = make_ledger_message(f"of {self.day}, {note}")
            frozen = FrozenEdition(content="", record="")
            self.ledger.correct(send.id, mended, frozen, note=note, now=self.clock.now())

    def goes_on(self) -> None:
        for send in self._sends():
            self.ledger.steer(send.id, SendStatus.OPEN)

    def come_to_the_end(self) -> None:
        """Let all waves go, and all mails behind them; then count what everybody has."""
        self.goes_on()
        for hours in (0, 7, 7):
            self.clock.moment += timedelta(hours=hours)
            self._hand_over(lambda: False)
            for _ in range(3):
                self.door.delivery(self.provider, self.clock).send_due()
                self.clock.moment += timedelta(minutes=2)
        got = copies(self.provider.attempts)
        assert all(count == 1 for count in got.values()), got
        if self.editions:
            assert {who: got[who, self.day] for who in self.active} == dict.fromkeys(self.active, 1)

    def _hand_over(self, wants_to_stop) -> None:
        for send in self._sends():
            content = Content(
                envelope=replace(make_envelope(), edition=send.edition),
                message=self.ledger.message(send.id),
                unsubscribe_base="https://brief.example.org",
            )
            with suppress(TryLater, NothingToDo, Held):
                pace = Pace(parallel=1, give_up_after=timedelta(), stay=Stay(longest=timedelta()))
                more = {"clock": self.clock, "wants_to_stop": wants_to_stop, "pace": pace}
                more["content"] = content
                deliver(make_sender(self.ledger, send, self.provider, **more), send.edition)

    def _sends(self):
        days = [DAY + timedelta(days=one) for one in range((self.day - DAY).days + 1)]
        return [send for day in days if (send := self.ledger.find("main", day))]


STEPS = {
    Mornings.comes: WHO,
    Mornings.leaves: WHO,
    Mornings.leaves_and_comes_back: WHO,
    Mornings.time_passes: st.sampled_from([0.1, 1, 3]),
    Mornings.freezes_the_next_edition: st.none(),
    Mornings.hands_over_some: st.sampled_from([1, 2, 9]),
    Mornings.mails_are_sent: st.none(),
    Mornings.is_corrected: st.sampled_from(["a", "b"]),
    Mornings.goes_on: st.none(),
}
STEP = st.one_of(*[st.tuples(st.just(step), how) for step, how in STEPS.items()])


@settings(
    max_examples=examples(20),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink takes minutes
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEP, min_size=10, max_size=20))
def test_whoever_is_there_in_the_end_has_the_latest_edition_once_and_nobody_any_twice(
    current_sqlite: Path, steps
) -> None:
    mornings = Mornings(current_sqlite)
    try:
        for step, how in steps:
            step(mornings, *([] if how is None else [how]))
        mornings.come_to_the_end()
    finally:
        mornings.database.close()
        shutil.rmtree(mornings.folder)
