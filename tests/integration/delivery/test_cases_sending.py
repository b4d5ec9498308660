"""Acceptance cases 1 to 9 (sendgrid.md section 7): the sender against the sandbox."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest

from newsletter.core.errors import NothingToDo, TryLater
from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from tests.support.ledger import HastyClock
from tests.support.publication import readers, recipients_of
from tests.support.time import wait_until

NOW = datetime(2027, 3, 9, 7, 0, tzinfo=UTC)


def send_now(app, **request):
    return app.sends.start(SendRequest(day=app.today(), at_once=True, **request))


def counts(sandbox) -> Counter[str]:
    return Counter(mail.recipient for mail in sandbox.mails())


def stood(publication, state: str) -> int:
    """Count the recipients in a state, as another process sees them."""
    audit = publication.run("audit", "--json")
    if audit.returncode not in {0, 1}:
        return 0
    import json

    return json.loads(audit.stdout)["states"].get(state, 0)


def test_case_01_each_recipient_is_in_exactly_one_request(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", store="index") as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=2500)
        result = publication.json("send", "--now")
        batches = recipients_of(sandbox.requests)
        ids = [request.message_id for request in sandbox.requests]
        mails = counts(sandbox)
    assert [len(batch) for batch in batches] == [1000, 1000, 500]
    everyone = [address for batch in batches for address in batch]
    assert sorted(everyone) == [address for address, _ in readers(2500)]
    assert set(mails.values()) == {1}
    assert result["submitted"] == result["recipients"] == 2500
    assert result["status"] == "complete"
    audit = publication.json("audit")
    assert audit["complete"]
    assert [attempt["provider_id"] for attempt in audit["attempts"]] == ids


def test_case_02_the_same_edition_again_sends_nothing(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", store="index") as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=3)
        publication.run("send", "--now", check=0)
        again = publication.run("send", "--now", check=3)
        assert len(sandbox.requests) == 1
    assert "nobody gets it twice" in again.stderr


def test_case_03_killed_between_two_batches_it_goes_on_with_the_rest(publish, tmp_path):
    # The first answer says the window is used up, so the sender rests before batch 2.
    rest = Rule(fault="slow", seconds=0, requests=(1,), remaining=0, reset=600)
    with Sandbox(tmp_path / "mailbox", faults=[rest], store="index") as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=25, batch_size=10)
        process = publication.start("send", "--now")
        wait_until(lambda: len(sandbox.requests) == 1 and stood(publication, "submitted") == 10)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        app = publication.open(HastyClock(datetime.now(UTC), least=30))
        assert send_now(app).view.send.status is SendStatus.COMPLETE
        app.close()
        batches = recipients_of(sandbox.requests)
        mails = counts(sandbox)
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert set(mails.values()) == {1}
    assert len(mails) == 25


def test_case_04_killed_before_the_answer_the_batch_is_a_doubt_and_not_resent(publish, tmp_path):
    lost = Rule(fault="lost", requests=(2,))
    with Sandbox(tmp_path / "mailbox", faults=[lost], store="index") as sandbox:
        publication = publish(
            tmp_path / "brief", base_url=sandbox.url, people=25, batch_size=10, timeout=600
        )
        process = publication.start("send", "--now")
        wait_until(lambda: len(sandbox.requests) == 2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        again = publication.json("send", "--now", check=4)
        publication.run("send", "--now", check=4)
        batches = recipients_of(sandbox.requests)
        mails = counts(sandbox)
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert set(mails.values()) == {1}
    assert (again["uncertain"], again["submitted"], again["status"]) == (10, 15, "open")


def test_case_04_a_settled_doubt_completes_the_edition(publish, tmp_path):
    lost = Rule(fault="close", accept=True, requests=(1,))
    with Sandbox(tmp_path / "mailbox", faults=[lost], store="index") as sandbox:
        publication = publish(tmp_path / "brief", base_url=sandbox.url, people=3)
        publication.run("send", "--now", check=4)
        publication.run("send", "resolve", "1", "--accepted", check=0)
        publication.run("send", "resolve", "1", "--accepted", check=3)
        publication.run("send", "--now", check=0)
        assert len(sandbox.requests) == 1
    assert publication.json("audit")["complete"]


class CaseRun:
    """One send in this process, with a clock that moves itself."""

    def __init__(
        self, publish, tmp_path, *faults: Rule, people: int = 5, batch_size: int = 10, **options
    ):
        self.clock = HastyClock(NOW, least=30)
        self.start = self.clock.now()
        # The sandbox lives in the sender's time, so that its limits end when the sender says so.
        self.sandbox = Sandbox(
            tmp_path / "mailbox",
            faults=faults,
            clock=lambda: self.clock.now().timestamp(),
            **options,
        )
        self.make = partial(publish, tmp_path / "brief", people=people, batch_size=batch_size)

    def __enter__(self):
        self.sandbox.__enter__()
        self.publication = self.make(base_url=self.sandbox.url)
        self.app = self.publication.open(self.clock)
        return self

    def __exit__(self, *error):
        self.app.close()
        self.sandbox.__exit__(*error)

    @property
    def waited(self) -> float:
        return (self.clock.now() - self.start).total_seconds()


@pytest.mark.parametrize(
    ("limit", "least"),
    [
        ({"reset": 7}, 6),  # Unix seconds are whole: up to one second of rounding
        ({"reset": 2, "retry_after": "9"}, 9),
        ({"reset": 9, "retry_after": "3"}, 8),
    ],
    ids=["case-05-reset", "case-06-retry-after-later", "case-06-reset-later"],
)
def test_case_05_06_a_limit_is_waited_out_and_the_batch_goes_once(publish, tmp_path, limit, least):
    with CaseRun(publish, tmp_path, Rule(fault="throttle", requests=(1,), **limit)) as case:
        view = send_now(case.app).view
        assert case.waited >= least
        assert [len(batch) for batch in recipients_of(case.sandbox.requests)] == [5, 5]
        assert set(counts(case.sandbox).values()) == {1}
    assert view.refused == 0
    assert view.send.status is SendStatus.COMPLETE


def test_case_06_retry_after_as_a_date(publish, tmp_path):
    moment = format_datetime(NOW + timedelta(seconds=20), usegmt=True)
    rule = Rule(fault="throttle", requests=(1,), reset=1, retry_after=moment)
    with CaseRun(publish, tmp_path, rule) as case:
        send_now(case.app)
        assert 20 <= case.waited < 60


@pytest.mark.parametrize("absurd", ["86400", "-5", "soon", ""])
def test_case_06_an_absurd_wait_is_bounded(publish, tmp_path, absurd):
    rule = Rule(fault="throttle", requests=(1,), reset=-100, retry_after=absurd)
    with CaseRun(publish, tmp_path, rule) as case:
        try:
            send_now(case.app)
        except TryLater:
            assert absurd == "86400"  # bounded, yet beyond this sender's patience
        assert case.waited <= 901
        assert case.app.ledger.view(1).refused == 0


def test_case_07_endless_limits_end_in_try_later_and_a_restart_resumes(publish, tmp_path):
    with CaseRun(publish, tmp_path, Rule(fault="throttle", reset=120, times=12)) as case:
        with pytest.raises(TryLater):
            send_now(case.app)
        planned = case.app.ledger.view(1).tally(BatchState.PLANNED).recipients
        assert planned == 5
        assert 700 < case.waited < 1000
        left = 12 - len(case.sandbox.requests)
        for _ in range(left):  # from the batch's first try on so long is over: one try each
            with pytest.raises(TryLater):
                send_now(case.app)
        assert send_now(case.app).view.send.status is SendStatus.COMPLETE
        assert len(case.sandbox.requests) == 13
        assert set(counts(case.sandbox).values()) == {1}


def test_case_07_the_command_ends_with_75(publish, tmp_path):
    with Sandbox(tmp_path / "mailbox", faults=[Rule(fault="throttle", reset=60)]) as sandbox:
        publication = publish(
            tmp_path / "brief",
            base_url=sandbox.url,
            people=2,
            NEWSLETTER_DELIVERY__GIVE_UP_AFTER="1",
        )
        done = publication.run("send", "--now", check=75)
    assert "goes on" in done.stderr


def test_case_08_a_used_up_window_is_waited_out(publish, tmp_path):
    rule = Rule(fault="slow", seconds=0, requests=(1,), remaining=0, reset=30)
    with CaseRun(publish, tmp_path, rule, people=15) as case:
        send_now(case.app)
        assert case.waited >= 29
        assert len(counts(case.sandbox)) == 15


@pytest.mark.parametrize("body", ["json", "html", "empty"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_case_09_a_server_error_is_a_doubt_and_not_resent(publish, tmp_path, status, body):
    rule = Rule(fault="status", status=status, body=body, requests=(1,))
    with CaseRun(publish, tmp_path, rule, people=15) as case:
        view = send_now(case.app).view
        assert len(case.sandbox.requests) == 2
    assert view.tally(BatchState.UNCERTAIN).recipients == 10
    assert view.tally(BatchState.SUBMITTED).recipients == 5


def test_a_complete_edition_is_refused_in_the_same_process_too(publish, tmp_path):
    with CaseRun(publish, tmp_path) as case:
        send_now(case.app)
        with pytest.raises(NothingToDo):
            send_now(case.app)
        assert len(case.sandbox.requests) == 1
