"""Acceptance case 28: two processes at once, and locks that free themselves after a crash."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import UTC, datetime

from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from tests.support.ledger import HastyClock, MovingClock
from tests.support.time import wait_until

ROUNDS = 10


def test_case_28_two_sends_started_at_once_mail_everyone_once(publish, lend_database, tmp_path):
    publication = publish(tmp_path / "brief", batch_size=7, parallel=2)
    for number in range(ROUNDS):
        with (
            lend_database() as url,
            Sandbox(tmp_path / f"mailbox-{number}", store="index") as sandbox,
        ):
            publication.environment["NEWSLETTER_DATABASE__URL"] = url
            publication.environment["NEWSLETTER_SENDGRID__BASE_URL"] = sandbox.url
            publication.add_readers(40)
            pair = [publication.start("send", "--now") for _ in range(2)]
            said = [process.communicate() for process in pair]
            mails = Counter(mail.recipient for mail in sandbox.mails())
        codes = sorted(process.returncode for process in pair)
        assert codes in ([0, 3], [0, 75]), said
        assert len(mails) == 40
        assert set(mails.values()) == {1}


def test_case_28_the_second_says_that_the_first_is_at_work(publish, tmp_path):
    rest = Rule(fault="slow", seconds=0, requests=(1,), remaining=0, reset=20)
    said: list[str] = []

    class StartsTheSecond(MovingClock):
        def sleep(self, seconds: float) -> None:
            if not said:
                said.append(publication.run("send", "--now", check=75).stderr)
            super().sleep(seconds)

    with Sandbox(tmp_path / "mailbox", faults=[rest]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=4, batch_size=2)
        first = publication.open(StartsTheSecond(datetime.now(UTC)))
        view = first.sends.start(SendRequest(day=first.today(), at_once=True)).view
        first.close()
        assert view.send.status is SendStatus.COMPLETE
        assert len({mail.recipient for mail in sandbox.mails()}) == len(sandbox.mails()) == 4
    assert "Another sender is at work" in said[0]


def test_case_28_after_a_crash_the_next_send_goes_on_at_once(publish, tmp_path):
    rest = Rule(fault="slow", seconds=0, requests=(1,), remaining=0, reset=600)
    with Sandbox(tmp_path / "mailbox", faults=[rest]) as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=4, batch_size=2)
        first = publication.start("send", "--now")
        wait_until(lambda: len(sandbox.requests) == 1)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        app = publication.open(HastyClock(datetime.now(UTC), least=30))
        view = app.sends.start(SendRequest(day=app.today(), at_once=True)).view
        app.close()
        mails = Counter(mail.recipient for mail in sandbox.mails())
    # Killed while it recorded the first answer, that batch is a doubt; never a second mail.
    assert not view.tally(BatchState.PLANNED).batches
    assert set(mails.values()) == {1}
    assert len(mails) == 4
