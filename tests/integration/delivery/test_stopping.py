"""Ctrl-C and SIGTERM: what is under way is finished or recorded, and nobody is lost or doubled."""

from __future__ import annotations

import signal
from collections import Counter

import pytest

from newsletter.core.errors import TryLater
from newsletter.core.model import BatchState, SendStatus
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from tests.support.publication import make_publication, readers
from tests.support.scheduled import everyone, scene
from tests.support.time import wait_until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_is_under_way_be_answered_and_recorded(tmp_path, number):
    slow = Rule(fault="slow", seconds=1.0, start=2)  # the whole would take a minute and a half
    with Sandbox(tmp_path / "mailbox", faults=[slow], store="index") as sandbox:
        brief = make_publication(
            tmp_path / "brief", base_url=sandbox.url, people=900, batch_size=10
        )
        process = brief.start("send", "--now")
        wait_until(lambda: len([r for r in sandbox.requests if r.accepted]) >= 2)
        process.send_signal(number)
        process.communicate()
        assert process.returncode == 75
        states = brief.json("audit", check=1)["states"]
        assert set(states) == {"submitted", "planned"}
        assert states["submitted"] == len(sandbox.mails())
        sandbox.set_faults([])
        brief.run("send", "--now", check=0)
        found = Counter(mail.recipient for mail in sandbox.mails())
    assert found == Counter(address for address, _ in readers(900))


def test_a_sender_that_is_asked_to_stop_leaves_its_doubts_to_the_next(database, tmp_path):
    lost = Rule(fault="reset-after-body", accept=True, requests=(2,))
    with scene(database, tmp_path, lost, people=50) as it:
        stops = iter([False] * 5)
        with pytest.raises(TryLater, match="Stopped as asked"):
            it.deliver(parallel=1, wants_to_stop=lambda: next(stops, True))
        view = it.ledger.view(it.send.id)
        assert not view.tally(BatchState.CLAIMED).batches
        assert view.tally(BatchState.PLANNED).batches
        assert it.deliver(owner="successor").send.status is SendStatus.COMPLETE
        assert it.audit().complete
        assert it.arrived() == everyone(50)
