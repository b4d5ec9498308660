"""An edition put right while it is under way: the new message for who had none, each on record."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.core.errors import Held, NothingToDo
from newsletter.core.model import SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.sandbox.server import Sandbox
from tests.support.ledger import MovingClock
from tests.support.publication import make_publication

NOON = datetime(2027, 3, 9, 12, 0, tzinfo=UTC)
DAY = NOON.date()
NOTE = "High water at Dover was an hour off."


class Scene:
    """A publication at its sandbox; both look at one clock."""

    def __init__(self, folder, sandbox, clock, **environment):
        made = make_publication(
            folder / "brief", base_url=sandbox.url, people=30, batch_size=10, **environment
        )
        self.app, self.sandbox, self.clock = made.open(clock), sandbox, clock

    def send(self):
        return self.app.sends.start(SendRequest(day=DAY, at_once=True, late=True)).view

    def correct(self):
        """Let an editor mend a word, and correct the send."""
        file = self.app.files.path(DAY)
        file.write_text(file.read_text().replace("within minutes", "within seconds"))
        return self.app.corrections.correct(DAY, NOTE, today=DAY)

    def texts(self):
        """Return for each recipient what the requests that arrived said."""
        self.clock.moment += timedelta(hours=2)
        bodies = {
            one.message_id: one.body["content"][0]["value"]
            for one in self.sandbox.requests
            if one.accepted
        }
        return Counter(
            (mail.recipient, NOTE in " ".join(bodies[mail.message_id].split()))
            for mail in self.sandbox.mails()
        )


@pytest.fixture
def scene(tmp_path):
    clock = MovingClock(NOON)
    scenes = []

    def make(**environment):
        scenes.append(Scene(tmp_path, sandbox, clock, **environment))
        return scenes[-1]

    def seconds() -> float:
        return clock.moment.timestamp()

    with Sandbox(tmp_path / "mailbox", clock=seconds, store="index") as sandbox:
        yield make
        for one in scenes:
            one.app.close()


def test_what_was_handed_over_ahead_goes_again_with_the_correction(scene):
    it = scene(NEWSLETTER_DELIVERY__MODE="scheduled")
    assert it.send().send.status is SendStatus.COMPLETE
    before = it.app.sends.find(DAY).digest

    done = it.correct()
    assert [one.recalled for one in done.called_back] == [True] * 3
    assert it.send().send.status is SendStatus.COMPLETE

    audit = it.app.audit(DAY)
    assert audit.complete, audit.problems
    (correction,) = audit.record.corrections
    assert (correction.before, correction.digest, correction.note) == (before, done.digest, NOTE)
    assert Counter(audit.states) == {"submitted": 30}
    texts = it.texts()
    assert len(texts) == 30
    assert set(texts.values()) == {1}
    assert all(corrected for _, corrected in texts)


def test_in_immediate_mode_only_who_was_not_sent_it_yet_gets_the_correction(scene):
    it = scene()

    def stop_after_the_first(view):
        if view.tally("submitted").batches and view.send.status is SendStatus.OPEN:
            it.app.control.pause(DAY)

    first = it.app.sends.start(
        SendRequest(day=DAY, at_once=True), progress=stop_after_the_first
    ).view
    assert first.send.status is SendStatus.PAUSED
    done = it.correct()
    assert done.view.send.status is SendStatus.PAUSED
    with pytest.raises(Held, match="paused"):
        it.send()
    it.app.control.resume(DAY)
    it.send()
    assert it.app.audit(DAY).complete
    texts = it.texts()
    assert Counter(corrected for _, corrected in texts) == {False: 10, True: 20}
    assert set(texts.values()) == {1}


def test_the_archive_has_the_corrected_edition_with_its_dated_note(scene):
    it = scene(NEWSLETTER_DELIVERY__MODE="scheduled")
    it.send()
    it.correct()
    again = it.app.assembler.assemble(DAY).edition
    assert [(note.date, note.text) for note in again.corrections] == [(DAY, NOTE)]
    content = it.app.used_content.frozen(DAY).content
    assert "within seconds" in content
    assert NOTE in content


def test_when_everyone_has_it_a_correction_reaches_no_one(scene):
    it = scene()
    it.send()
    with pytest.raises(NothingToDo, match="reaches no one"):
        it.correct()
    assert NOTE not in it.app.files.path(DAY).read_text()


def test_an_edition_with_errors_corrects_nothing(scene):
    it = scene(NEWSLETTER_DELIVERY__MODE="scheduled")
    it.send()
    before = it.app.sends.find(DAY)
    file = it.app.files.path(DAY)
    file.write_text(file.read_text().replace("within minutes", "[TODO: minutes?] {{ name }}"))
    with pytest.raises(Held):
        it.app.corrections.correct(DAY, NOTE, today=DAY)
    assert it.app.sends.find(DAY) == before
