"""The intake of events goes on, whatever is posted and whatever goes wrong."""

from __future__ import annotations

import json
import threading

import pytest

from newsletter.core.model.events import Intake
from newsletter.web.webhook import Worker
from tests.support.events import make_entry
from tests.support.time import PATIENCE

LONG = f"{'x' * 8_000}@example.org"


def test_the_worker_survives_any_exception_and_says_no_more_than_its_origin(caplog):
    looks, done = iter([RuntimeError("ann@example.org"), KeyError("x"), None]), threading.Event()

    def work_off() -> Intake:
        fault = next(looks, None)
        if fault is not None:
            worker.wake()
            raise fault
        done.set()
        return Intake()

    worker = Worker(work_off)
    worker.start()
    assert done.wait(PATIENCE)
    worker.close()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "RuntimeError in" in caplog.text
    assert "ann@" not in caplog.text


def test_what_cannot_be_taken_is_listed_told_and_taken_again_by_command(publish, tmp_path):
    publication = publish(tmp_path / "brief", people=3)
    app = publication.open()
    entries = [make_entry("bounce", 1), make_entry("bounce", 2, email=LONG), 7]
    intake = app.events()
    for body in (json.dumps(entries).encode(), b"no json", json.dumps([make_entry("bounce", 3)])):
        intake.store.keep(
            intake.provider, body if isinstance(body, bytes) else body.encode(), now=app.clock.now()
        )
    done = intake.work_off()
    assert (done.events, done.aside, done.unreadable, done.left) == (2, 2, 1, 2)
    assert app.events_set_aside() == 3
    app.close()
    listed = publication.json("events", "set-aside")
    assert listed["count"] == 3
    assert sorted(one["problem"] for one in listed["set_aside"]) == [
        "It is no JSON object.",
        "It is no JSON with an event in it.",
        "Its address has 4,000 characters or more; 320 are possible.",
    ]
    assert LONG in "".join(one["body"] for one in listed["set_aside"])
    shown = publication.run("events", "set-aside", check=0).stdout
    assert "3 set aside" in shown
    assert "x" * 400 not in shown
    again = publication.json("events", "retry")
    assert (again["aside"], again["unreadable"]) == (2, 1)
    assert publication.json("events", "set-aside")["count"] == 3


@pytest.mark.parametrize(
    "write",
    [
        json.dumps,
        lambda entries: "\ufeff" + json.dumps(entries),
        lambda entries: "\n".join(map(json.dumps, entries)),
        lambda entries: json.dumps(entries[0]),
    ],
    ids=["array", "array with a mark", "a line each", "one"],
)
def test_a_stored_payload_may_have_any_form(publish, tmp_path, write):
    publication = publish(tmp_path / "brief", people=1)
    file = tmp_path / "stored.json"
    file.write_text(write([make_entry("bounce", 1)]), encoding="utf-8")
    assert publication.json("events", "ingest", str(file))["left"] == 1


def test_a_file_that_holds_no_event_is_told_with_what_is_wanted(publish, tmp_path):
    publication = publish(tmp_path / "brief")
    (tmp_path / "stored.json").write_text("email,event\n")
    done = publication.run("events", "ingest", str(tmp_path / "stored.json"), check=1)
    assert "stored.json" in done.stderr
    assert "one event a line" in done.stderr.replace("\n", " ")


def test_alarms_count_what_is_set_aside(publish, tmp_path, monkeypatch):
    from newsletter.operations import tick

    publication = publish(tmp_path / "brief", NEWSLETTER_ALERTS__COMMAND='["/bin/true"]')
    app = publication.open()
    intake = app.events()
    intake.store.keep(intake.provider, b"?", now=app.clock.now())
    intake.work_off()
    tick.run(app)
    told = [one.sentence for one in app.alerts.waiting()]
    assert any(what.startswith("1 reports of the provider") for what in told)
    app.close()
