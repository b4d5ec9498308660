"""What readers say, at the desk: let through or not, and never anywhere before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newsletter.core.model import SendStatus
from newsletter.core.model.single_mails import MailKind, SingleMail
from newsletter.storage.site.answers import Answers, CommentState, Said
from newsletter.web.site.application import open_records
from tests.support.archive import SENT, send_edition
from tests.support.desk import client_of, make_root, opened
from tests.support.edition import make_edition

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAGE = "readers/answers/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = make_root(tmp_path, '[delivery]\nprovider = "outbox"\n')
    with opened(made) as app:
        send_edition(app, make_edition(date=SENT))
    return made


@pytest.fixture
def desk(root: Path) -> Iterator[TestClient]:
    with client_of(root) as client:
        yield client


def notice(number: int) -> SingleMail:
    return SingleMail(
        kind=MailKind.NOTICE,
        key=f"answer-{number}",
        to="editor@example.org",
        expires_at=NOW + timedelta(days=1),
    )


def comment(answers: Answers, text: str, *, reader: str = "ann") -> int:
    said = Said(edition=SENT, canonical=f"{reader}@example.org", name=reader.title(), text=text)
    return answers.write(said, notice, now=NOW)


def test_a_comment_waits_until_somebody_decides_and_that_can_be_changed(
    root: Path, desk: TestClient
) -> None:
    with opened(root) as app:
        answers = open_records(app).answers
        number = comment(answers, "We heard the bridge, too. <b>")
        waiting = desk.get(PAGE).text
        assert "1 comment waits" in waiting
        assert "We heard the bridge, too. &lt;b&gt;" in waiting
        assert "ann@example.org" in waiting
        assert "The Swing Bridge Turns Again" in waiting
        done = desk.post(f"{PAGE}decide?kind=waiting", data={"number": number, "what": "approved"})
        assert done.status_code == 200
        assert "It is shown below its edition" in done.text
        assert "Nothing waits for you" in done.text
        assert [one.text for one in answers.approved(SENT)] == ["We heard the bridge, too. <b>"]
        assert "Take it down" in desk.get(f"{PAGE}?kind=shown").text
        desk.post(f"{PAGE}decide?kind=shown", data={"number": number, "what": "refused"})
        assert answers.approved(SENT) == ()
        assert "We heard the bridge" in desk.get(f"{PAGE}?kind=refused").text
        (one,) = answers.listed(state=CommentState.REFUSED)
        assert one.id == number


def test_letters_and_stars_are_read(root: Path, desk: TestClient) -> None:
    with opened(root) as app:
        answers = open_records(app).answers
        answers.send_letter(
            "story", "Write about the lamps.", notice, canonical="ben@example.org", now=NOW
        )
        answers.vote("ann@example.org", SENT, 5, now=NOW)
        answers.vote("ben@example.org", SENT, 4, now=NOW)
    letters = desk.get(f"{PAGE}?kind=letters").text
    assert "Write about the lamps." in letters
    assert "A story you should write" in letters
    assert 'href="mailto:ben@example.org"' in letters
    stars = desk.get(f"{PAGE}?kind=stars").text
    assert "<b>4.5</b>" in stars
    assert "2 votes" in stars


def test_every_part_is_a_page_when_there_is_nothing(desk: TestClient) -> None:
    for kind in ("", "shown", "letters", "stars", "\x00", "nothing"):
        answer = desk.get(PAGE, params={"kind": kind})
        assert answer.status_code == 200
        assert 'class="card blank"' in answer.text


def test_what_is_not_there_to_decide_on_is_told(root: Path, desk: TestClient) -> None:
    with opened(root) as app:
        there = comment(open_records(app).answers, "Gulls.")
    wrong = [(number, "approved") for number in ("", "0", "7", "9" * 30, "\x00")]
    for number, what in [*wrong, (str(there), "unconfirmed"), (str(there), "")]:
        answer = desk.post(f"{PAGE}decide", data={"number": number, "what": what})
        assert answer.status_code == 422
        assert "This comment is not here any more." in answer.text


def test_nobody_else_decides(root: Path, desk: TestClient) -> None:
    with opened(root) as app:
        number = comment(open_records(app).answers, "Gulls.")
    data = {"number": number, "what": "approved"}
    elsewhere = {"Origin": "https://brief.example.org"}
    assert desk.post(f"{PAGE}decide", data=data, headers=elsewhere).status_code == 403
    unknown = desk.get("http://127.0.0.1/wrong/readers/answers/")
    assert "Gulls." not in unknown.text
    assert "Gulls." in desk.get(PAGE).text


def test_today_says_what_waits_once_it_went_out(root: Path, desk: TestClient) -> None:
    assert "waits" not in desk.get(f"{SENT}/today").text
    with opened(root) as app:
        send = app.sends.find(SENT)
        assert send
        app.ledger.steer(send.id, SendStatus.CANCELLED)
        comment(open_records(app).answers, "Gulls.")
    text = desk.get(f"{SENT}/today").text
    assert "1 comment waits" in text
    assert 'href="../readers/answers/"' in text
