"""Readers, lists that are brought in, sends, settings: as the pages' forms ask for them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsletter.core.model import SendStatus, SubscriberState
from newsletter.delivery.preconditions import SendRequest
from newsletter.subscribers.circles import Circle
from tests.support.desk import DAY, client_of, make_root, opened
from tests.support.ledger import add_people

SECTIONS = """
[sources]
story = [{ type = "markdown", rotate = true }]

[delivery]
provider = "outbox" # for now
batch_size = 2

[schedule] # when
at = "07:00"
"""
ODD = ["", "-1", "9" * 30, "\x00", "' OR 1=1 *?[%", "\ud83d"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_root(tmp_path, SECTIONS)


@pytest.fixture
def desk(root: Path) -> Iterator[TestClient]:
    with client_of(root) as client:
        yield client


def people(root: Path, count: int) -> None:
    with opened(root) as app:
        add_people(app.database, count)


def said(root: Path, address: str) -> Any:
    with opened(root) as app:
        return app.subscribers.find(address)


def test_a_reader_is_added_changed_paused_and_taken_off(desk: TestClient, root: Path) -> None:
    form = {"address": "Ines@example.net", "name": "Ines", "tags": "choir", "frequency": "daily"}
    shown = desk.post("readers/add", data=form)
    assert shown.status_code == 200
    assert "Ines@example.net" in shown.text
    found = said(root, "ines@example.net")
    number = {"reader": str(found.id)}
    told = {"name": "Inês", "frequency": "weekly", "paused_until": "2999-01-01", "tags": "a, b"}
    assert desk.post("readers/change", data=number | told).status_code == 200
    found = said(root, "ines@example.net")
    assert (found.name, found.frequency, found.attributes["tags"]) == ("Inês", "weekly", "a, b")
    assert "On a pause until" in desk.get(f"readers/?circle=paused&reader={found.id}").text
    assert desk.post("readers/change", data=number | {"paused_until": "", "tags": ""}).is_success
    assert said(root, "ines@example.net").paused_until is None
    assert "tags" not in said(root, "ines@example.net").attributes
    assert "Nothing was new" in desk.post("readers/change", data=number | {"name": "Inês"}).text
    desk.post("readers/leave", data=number | {"reason": "wrote to us"})
    assert said(root, "ines@example.net").state is SubscriberState.UNSUBSCRIBED
    assert desk.post("readers/back", data=number | {"consent": "  "}).status_code == 422
    desk.post("readers/back", data=number | {"consent": "wrote on 3 March"})
    assert said(root, "ines@example.net").state is SubscriberState.ACTIVE


def test_a_slip_is_told_and_nothing_is_written(desk: TestClient, root: Path) -> None:
    refused = desk.post("readers/add", data={"address": "nobody"})
    assert refused.status_code == 422
    assert "not an address" in refused.text
    people(root, 1)
    refused = desk.post("readers/change", data={"reader": "1", "frequency": "hourly"})
    assert (refused.status_code, "frequency" in refused.text) == (422, True)


def test_each_reader_is_in_one_circle(desk: TestClient, root: Path) -> None:
    people(root, 6)
    with opened(root) as app:
        everyone = list(app.subscribers.everyone())
        now, today = app.clock.now(), app.today()
        states = [SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED]
        with app.database.write() as connection:
            for one, state in zip(everyone, states, strict=False):
                connection.exec_driver_sql(
                    "UPDATE subscriber SET state = ? WHERE id = ?", (str(state), one.id)
                )
            connection.exec_driver_sql(
                "UPDATE subscriber SET paused_until = ? WHERE id = ?",
                ((today + timedelta(days=3)).isoformat(), everyone[3].id),
            )
        app.subscribers.suppress(everyone[4].canonical, reason="asked", now=now)
        counts = app.circles.counts(today=today)
        circles = [app.circles.circle_of(one, today=today) for one in everyone]
    assert counts == {
        Circle.READING: 1,
        Circle.UNCONFIRMED: 1,
        Circle.PAUSED: 1,
        Circle.LEFT: 1,
        Circle.UNREACHABLE: 2,
    }
    assert circles[2] is circles[4] is Circle.UNREACHABLE
    shown = desk.get("readers/?circle=unreachable").text
    assert everyone[2].address in shown
    assert everyone[5].address not in shown
    listed = desk.get("readers/list.csv?circle=left")
    assert listed.content.decode("utf-8-sig").splitlines()[1].startswith(everyone[1].address)
    assert len(listed.text.splitlines()) == 2


def put(desk: TestClient, text: str, name: str = "members.csv") -> Any:
    return desk.post("readers/bring-in/", files={"file": (name, text.encode(), "text/csv")})


LIST = """\
E-Mail,Vorname,Ort
ann@example.net,Ann,Kiel
bob@example.net,Bob,Ulm
ann@example.net,A,K
no
"""


def test_a_list_is_shown_as_a_plan_brought_in_and_taken_back(desk: TestClient, root: Path) -> None:
    shown = put(desk, LIST)
    assert "Nothing has happened yet: this is what would." in shown.text
    assert "Add 2 readers" in shown.text
    assert "line 5" in shown.text
    with opened(root) as app:
        assert app.subscribers.count() == 0
    key = str(shown.url).rpartition("/")[2]
    told = {"column-0": "Ort", "is-0": "ignore", "consent": "at the fair"}
    told |= {"column-1": "Vorname", "is-1": "first_name"}
    assert "Not used" in desk.post(f"readers/bring-in/{key}", data=told).text
    done = desk.post(f"readers/bring-in/{key}/apply")
    assert "is brought in" in done.text
    found = said(root, "bob@example.net")
    assert (found.name, dict(found.attributes)) == ("Bob", {})
    with opened(root) as app:
        assert "at the fair" in app.subscribers.history(found.id).consents[0].text
        number = app.imports.all()[0].id
    assert desk.get(f"readers/bring-in/{key}").status_code == 404
    assert desk.post("readers/bring-in/undo", data={"import": str(number)}).is_success
    with opened(root) as app:
        assert app.subscribers.count() == 0
    assert desk.post("readers/bring-in/undo", data={"import": str(number)}).status_code == 422


def test_a_doubt_about_consent_is_a_question(desk: TestClient, root: Path) -> None:
    asked = put(desk, "email,wishes\nann@example.net,unsubscribed\nbob@example.net,\n")
    assert "opting out" in asked.text
    assert "Add" not in asked.text
    key = str(asked.url).rpartition("/")[2]
    answered = desk.post(f"readers/bring-in/{key}", data={"column-0": "wishes", "is-0": "opt-out"})
    assert "Add 1 reader" in answered.text
    desk.post(f"readers/bring-in/{key}/apply")
    assert said(root, "ann@example.net").state is SubscriberState.UNSUBSCRIBED


def test_letters_of_a_program_are_asked_about_one_by_one(desk: TestClient, root: Path) -> None:
    asked = put(desk, "email,Status\nann@example.net,K\nbob@example.net,X\n")
    address = f"readers/bring-in/{str(asked.url).rpartition('/')[2]}"
    asked = desk.post(address, data={"column-0": "Status", "is-0": "words"})
    assert "What does “Status: X” (1 ×) mean?" in asked.text
    told = {"column-0": "Status: K", "is-0": "active", "column-1": "Status: X"}
    answered = desk.post(address, data=told | {"is-1": "complained"})
    assert "Add 1 reader" in answered.text
    desk.post(f"{address}/apply")
    found = [said(root, f"{name}@example.net").state for name in ("ann", "bob")]
    assert found == [SubscriberState.ACTIVE, SubscriberState.COMPLAINED]


@pytest.mark.parametrize(
    "text", ["", "\x00\x01", "email\n", "a,b\n1,2\n", 'email\n"open\n', "PK\x03\x04"]
)
def test_what_is_no_list_is_told(desk: TestClient, text: str) -> None:
    shown = put(desk, text)
    assert shown.status_code == 422
    assert "Choose another file" in shown.text


def sent(root: Path, *, only: int | None = None) -> None:
    """Send the edition of the day to the outbox, or some batches of it."""
    with opened(root) as app:
        seen: list[int] = []

        def enough() -> bool:
            seen.append(1)
            return only is not None and len(seen) > only

        app.sends.start(SendRequest(day=DAY, at_once=True, late=True), wants_to_stop=enough)


def test_a_finished_send_says_that_everybody_has_it_once(desk: TestClient, root: Path) -> None:
    people(root, 5)
    sent(root)
    shown = desk.get("sends/")
    assert str(shown.url).endswith(f"sends/{DAY}")
    assert "Everybody once." in shown.text
    assert "5 were on the list" in shown.text
    assert "Not known" in shown.text
    noted = desk.post(f"sends/{DAY}/correct", data={"note": "It was noon."})
    assert "It was noon." in noted.text
    with opened(root) as app:
        assert [one.text for one in app.files.load(DAY).corrections] == ["It was noon."]
    assert desk.post(f"sends/{DAY}/correct", data={"note": " "}).status_code == 422


def test_a_stopped_send_is_corrected_and_ended(desk: TestClient, root: Path) -> None:
    people(root, 6)
    with opened(root) as app:
        app.sends.freeze(SendRequest(day=DAY, at_once=True, late=True))
    shown = desk.get(f"sends/{DAY}").text
    assert "6 do not have it" in shown
    assert ">Stop<" in shown
    stopped = desk.post(f"sends/{DAY}/pause").text
    assert "Go on with 6" in stopped
    wrong = desk.post(f"sends/{DAY}/correct", data={"note": "x", "before": "never said"})
    assert (wrong.status_code, "do not stand" in wrong.text) == (422, True)
    told = {
        "note": "It is no promise.",
        "before": "A tide table is a promise",
        "after": "It is a guess",
    }
    assert "Corrected" in desk.post(f"sends/{DAY}/correct", data=told).text
    with opened(root) as app:
        send = app.sends.find(DAY)
        assert "It is a guess" in app.ledger.message(send.id).text
        assert send.status is SendStatus.PAUSED
    ended = desk.post(f"sends/{DAY}/end")
    assert "Ended after 0" in ended.text
    again = desk.post(f"sends/{DAY}/resume")
    assert again.status_code == 422
    assert desk.get(f"sends/{DAY}/state").json() == {"status": "cancelled", "done": 0}


def test_a_send_goes_on_from_the_desk(desk: TestClient, root: Path) -> None:
    people(root, 4)
    with opened(root) as app:
        app.sends.freeze(SendRequest(day=DAY, at_once=True, late=True))
        app.control.pause(DAY)
    assert "goes on" in desk.post(f"sends/{DAY}/resume").text
    for _ in range(600):
        if desk.get(f"sends/{DAY}/state").json()["status"] == "complete":
            break
    assert desk.get(f"sends/{DAY}/state").json() == {"status": "complete", "done": 4}


def config(root: Path) -> str:
    return (root / "config.toml").read_text(encoding="utf-8")


def test_settings_are_shown_old_and_new_and_then_written(desk: TestClient, root: Path) -> None:
    before = config(root)
    form = {"publication.name": "The Pier", "was:publication.name": "The Brief"}
    shown = desk.post("settings/", data=form)
    assert "Save 1 change" in shown.text
    assert config(root) == before
    saved = desk.post("settings/", data=form | {"_do": "save", "schedule.at": "06:30"})
    assert "Saved." in saved.text
    read = tomllib.loads(config(root))
    assert (read["publication"]["name"], read["schedule"]["at"]) == ("The Pier", "06:30")
    assert "# for now" in config(root)
    assert "[schedule] # when" in config(root)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("publication.zone", "Mars/Olympus"),
        ("publication.name", ""),
        ("schedule.at", "25:99"),
        ("schedule.catch_up", "05:00"),
        ("publication.sender.email", "nobody"),
        ("publication.name", "a\u0007b"),
        ("template.palette", "mud"),
    ],
)
def test_what_the_configuration_does_not_take_is_not_written(
    desk: TestClient, root: Path, name: str, value: str
) -> None:
    before = config(root)
    refused = desk.post("settings/", data={name: value, "_do": "save"})
    assert refused.status_code == 422
    assert config(root) == before


def test_of_two_writers_none_loses(desk: TestClient, root: Path) -> None:
    first = {"publication.name": "Mine", "was:publication.name": "The Brief", "_do": "save"}
    other = {"publication.tagline": "Theirs", "was:publication.tagline": "", "_do": "save"}
    third = {"publication.name": "A third", "was:publication.name": "The Brief", "_do": "save"}
    assert desk.post("settings/", data=first).is_success
    assert desk.post("settings/", data=other).is_success
    refused = desk.post("settings/", data=third)
    assert refused.status_code == 422
    assert "Somebody else" in refused.text
    read = tomllib.loads(config(root))["publication"]
    assert (read["name"], read["tagline"]) == ("Mine", "Theirs")


def test_days_and_sections_are_ticked_and_moved(desk: TestClient, root: Path) -> None:
    form = {
        "schedule.days-told": "yes",
        "schedule.days": ["mon", "fri"],
        "template.sections-told": "yes",
        "template.sections": ["stories", "word", "fact"],
        "template.sections-order": "fact stories word quote",
        "_do": "save",
    }
    assert desk.post("settings/", data=form).is_success
    read = tomllib.loads(config(root))
    assert read["schedule"]["days"] == ["mon", "fri"]
    assert read["template"]["sections"] == ["fact", "stories", "word"]
    nothing = desk.post("settings/", data={"schedule.days-told": "yes", "_do": "save"})
    assert nothing.status_code == 422


def test_no_input_ends_in_a_fault(desk: TestClient, root: Path) -> None:
    people(root, 3)
    day = date(2027, 3, 8)
    names = ("circle", "search", "tag", "page", "reader", "did", "done")
    forms = {
        "readers/add": ("address", "name", "frequency", "tags", "consent"),
        "readers/change": ("reader", "name", "frequency", "paused_until", "tags", "zone"),
        "readers/back": ("reader", "consent"),
        "readers/leave": ("reader", "reason"),
        "readers/bring-in/undo": ("import",),
        f"sends/{day}/settle": ("batch", "word"),
        f"sends/{day}/correct": ("note", "before", "after"),
        "settings/": ("publication.name", "schedule.at", "template.palette", "_do"),
    }
    for odd in ODD:
        sign = odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        for path in ("readers/", "readers/list.csv"):
            found = desk.get(path, params=dict.fromkeys(names, sign))
            assert found.status_code < 500, (path, odd)
        for path, fields in forms.items():
            usual = {"reader": "1", "address": "a@example.net", "_do": "save"}
            for given in (dict.fromkeys(fields, sign), usual | {fields[-1]: sign}):
                assert desk.post(path, data=given).status_code < 500, (path, odd)
    for path in (f"sends/{day}", f"sends/{day}/correct", f"sends/{day}/state", "sends/2027-02-30"):
        assert desk.get(path).status_code in {404, 422}, path
    for name in ("pause", "resume", "end", "ask"):
        assert desk.post(f"sends/{day}/{name}").status_code < 500
