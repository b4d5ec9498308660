"""The evening before: the editor's proof by mail, and the ways it is approved by."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.errors import NothingToDo, Overtaken, TryLater, UsageError
from newsletter.operations import tick
from newsletter.web.site import application
from tests.support.ledger import MovingClock
from tests.support.publication import STORY, Publication, make_publication

DAY = date(2026, 6, 3)
EDITOR = "orla@finch.example"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """Return a publication that asks its editor the evening before."""
    return publication_at(tmp_path / "brief")


def publication_at(root: Path) -> Publication:
    return make_publication(
        root,
        people=3,
        NEWSLETTER_DELIVERY__PROVIDER="outbox",
        NEWSLETTER_SCHEDULE__PREPARE_AT="20:00",
        NEWSLETTER_SCHEDULE__APPROVAL="required",
        NEWSLETTER_EDITION__PROOF_TO=EDITOR,
        NEWSLETTER_SECRET_KEY="a secret of the tests that is long enough",
    )


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Return such a publication in which the proof was mailed; it is copied, and never changed."""
    made = publication_at(tmp_path_factory.mktemp("evening") / "brief")
    run(made, "2026-06-02 20:00")
    run(made, "2026-06-02 20:01")
    return made


@pytest.fixture
def mailed(evening: Publication, tmp_path: Path) -> Publication:
    """Return a copy of it to go on with."""
    shutil.copytree(evening.root, tmp_path / "brief")
    return Publication(root=tmp_path / "brief", environment=dict(evening.environment))


def run(publication: Publication, text: str) -> tick.TickReport:
    """Do one tick at a moment."""
    app = publication.open(MovingClock(at(text)))
    try:
        return tick.run(app)
    finally:
        app.close()


def proofs(publication: Publication) -> list[Message]:
    """Return the proofs in the outbox, the oldest first."""
    files = sorted(
        (publication.root / "outbox").rglob("*.eml"), key=lambda one: one.stat().st_mtime
    )
    found = [message_from_bytes(file.read_bytes()) for file in files]
    return [one for one in found if str(one["Subject"]).startswith("[Proof")]


def text_of(mail: Message) -> str:
    """Return the text part of a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    raise AssertionError("the mail has no text")


def code_in(mail: Message) -> str:
    found = re.search(r"--code (\S+)", text_of(mail))
    assert found is not None
    return found[1]


def edit(publication: Publication, headline: str) -> None:
    """Give the edition another headline, as an editor's hand would."""
    file = publication.root / "editions" / str(DAY) / "edition.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("How the tide tables are made", headline), encoding="utf-8")


def test_editor_gets_one_proof_the_evening_before(publication: Publication) -> None:
    assert "Mailed a proof" not in " ".join(run(publication, "2026-06-02 19:59").did)
    did = run(publication, "2026-06-02 20:00").did
    assert f"Mailed a proof of the edition of {DAY}." in did
    run(publication, "2026-06-02 20:01")
    run(publication, "2026-06-02 21:30")
    (mail,) = proofs(publication)
    assert mail["To"] == EDITOR
    told = text_of(mail)
    assert "It goes out on Wednesday, 03 June 2026 at 07:00 (UTC) to 3 readers, if you" in told
    assert "A tide table is a promise about the sea" in told
    assert "https://brief.example.org/approve/" in told


def test_code_of_the_proof_approves_the_message_it_shows_once(mailed: Publication) -> None:
    (mail,) = proofs(mailed)
    app = mailed.open(MovingClock(at("2026-06-02 21:00")))
    mails = app.proof_mails
    with pytest.raises(UsageError, match="No proof"):
        mails.approve_by_code(DAY, "2222-2222", by="Orla")
    approved = mails.approve_by_code(DAY, f" {code_in(mail).lower()}\u200b", by="Orla")
    assert approved.by == "Orla"
    with pytest.raises(NothingToDo, match="used already, at 2026-06-02 21:00 UTC; Orla approved"):
        mails.approve_by_code(DAY, code_in(mail), by="Cy")
    app.approvals.withdraw(DAY)
    assert not mails.has_code(DAY)
    with pytest.raises(UsageError, match="was taken back"):
        mails.approve_by_code(DAY, code_in(mail), by="Orla")
    app.approvals.approve(DAY, by="Orla")
    app.close()
    assert "Handed over the edition" in " ".join(run(mailed, "2026-06-03 07:00").did)


def test_codes_are_tried_five_times_in_a_while(mailed: Publication) -> None:
    (mail,) = proofs(mailed)
    clock = MovingClock(at("2026-06-02 21:00"))
    app = mailed.open(clock)
    for guess in ("A", "", "B" * 400, "2222-2222", "é"):
        with pytest.raises(UsageError):
            app.proof_mails.approve_by_code(DAY, guess, by="Orla")
    with pytest.raises(TryLater, match="was tried 5 times"):
        app.proof_mails.approve_by_code(DAY, code_in(mail), by="Orla")
    assert app.approvals.find(DAY) is None
    clock.moment = at("2026-06-02 21:15")
    assert app.proof_mails.approve_by_code(DAY, code_in(mail), by="Orla").by == "Orla"
    app.close()


def test_edit_clears_the_approval_and_brings_another_proof(mailed: Publication) -> None:
    (mail,) = proofs(mailed)
    edit(mailed, "How the tables of the tides are made")
    app = mailed.open(MovingClock(at("2026-06-02 21:00")))
    with pytest.raises(Overtaken, match="was edited after the proof with this code"):
        app.proof_mails.approve_by_code(DAY, code_in(mail), by="Orla")
    app.close()
    run(mailed, "2026-06-02 21:01")
    run(mailed, "2026-06-02 21:02")
    again = [one for one in proofs(mailed) if code_in(one) != code_in(mail)]
    assert len(again) == 1
    assert "The edition has changed" in text_of(again[0])
    app = mailed.open(MovingClock(at("2026-06-02 21:03")))
    with pytest.raises(Overtaken, match="was edited after") as told:
        app.proof_mails.approve_by_code(DAY, code_in(mail), by="Orla")
    assert told.value.hint == "Type the code of the proof that was mailed at 2026-06-02 21:01 UTC."
    app.close()
    assert run(mailed, "2026-06-03 07:00").held is not None


def site_of(app: App) -> TestClient:
    """Return a browser of the site, by its public name."""
    return TestClient(application.app(app), base_url="https://brief.example.org")


def test_only_pressing_the_button_of_the_page_approves(mailed: Publication) -> None:
    found = re.search(r"https://\S+(/approve/\S+)", text_of(proofs(mailed)[0]))
    assert found is not None
    app = mailed.open(MovingClock(at("2026-06-02 21:00")))
    with site_of(app) as browser:
        for method in ("GET", "HEAD", "GET"):
            answer = browser.request(method, found[1])
            assert answer.status_code == 200
            assert app.approvals.find(DAY) is None
        assert "How the tide tables are made" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        german = browser.get(found[1], headers={"Accept-Language": "de"})
        assert german.headers["Content-Language"] == "de"
        assert "Mittwoch, 3. Juni 2026" in german.text
        assert "Diese Nachricht freigeben" in german.text
        assert browser.post(f"{found[1]}x").status_code == 409
        for _twice in range(2):  # as an impatient finger does
            assert browser.post(found[1]).status_code == 200
        approval = app.approvals.find(DAY)
        assert approval is not None
        assert approval.by == EDITOR
        app.approvals.withdraw(DAY)
        assert "was taken back" in browser.get(found[1]).text
        again = browser.post(found[1], headers={"Accept-Language": "ar"})
        assert again.status_code == 409
        assert 'dir="rtl"' in again.text
        assert "ثم سُحبت الموافقة" in again.text
        assert app.approvals.find(DAY) is None
    app.close()


@pytest.mark.parametrize(
    ("mode", "is_held"), [("none", False), ("required", True), ("unless-errors", False)]
)
def test_modes_of_approval(publication: Publication, mode: str, is_held: bool) -> None:
    publication.environment["NEWSLETTER_SCHEDULE__APPROVAL"] = mode
    assert (run(publication, "2026-06-03 07:00").held is not None) is is_held


def test_accepted_error_needs_an_approval_where_errors_do(publication: Publication) -> None:
    publication.environment["NEWSLETTER_SCHEDULE__APPROVAL"] = "unless-errors"
    with (publication.root / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[checks]\nstory-short = "error"\n')
    story = publication.root / "content" / "stories" / "tides.md"
    story.write_text(STORY.partition("\n\nThe promise")[0], encoding="utf-8")
    run(publication, "2026-06-02 20:00")
    file = publication.root / "editions" / str(DAY) / "edition.toml"
    with file.open("a", encoding="utf-8") as edition:
        edition.write('\n[accepted]\nstory-short = "It is all there is."\n')
    held = run(publication, "2026-06-03 07:00").held
    assert held is not None
    assert "Nobody has approved" in held


def test_standing_story_goes_out_when_it_is_due_without_another(publication: Publication) -> None:
    publication.environment["NEWSLETTER_SCHEDULE__APPROVAL"] = "none"
    publication.environment["NEWSLETTER_EDITION__FALLBACK"] = "content/standing"
    story = publication.root / "content" / "stories" / "tides.md"
    standing = publication.root / "content" / "standing"
    standing.mkdir()
    story.rename(standing / "tides.md")
    assert "no lead story" in str(run(publication, "2026-06-03 06:59").held)
    assert "Handed over the edition" in " ".join(run(publication, "2026-06-03 07:00").did)
