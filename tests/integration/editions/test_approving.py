"""An approval binds one message; without it nothing goes out where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.app import App, build
from newsletter.core.config import settings as config_settings
from newsletter.core.errors import Held, NothingToDo, Overtaken
from newsletter.core.model.content import Approval
from newsletter.delivery.preconditions import SendRequest
from newsletter.operations import tick
from newsletter.storage.approvals import ApprovalRecords
from newsletter.storage.database import Database
from tests.support.ledger import DAY, MORNING, MovingClock, ScriptedProvider
from tests.support.publication import Publication, make_publication

NEXT = DAY + timedelta(days=1)
WISH = SendRequest(day=DAY, at_once=True)


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """Write a publication of one reader that asks for approval."""
    return make_publication(tmp_path / "brief", people=1, NEWSLETTER_SCHEDULE__APPROVAL="true")


@pytest.fixture
def app(publication: Publication) -> Iterator[App]:
    """Open it, with a provider that takes everything."""
    settings = config_settings.load(publication.root, publication.environment)
    opened = build(settings, clock=MovingClock(), provider=ScriptedProvider())
    yield opened
    opened.close()


def write(app: App, subject: str) -> None:
    """Change the edition by hand."""
    path = app.files.path(DAY)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('subject = ""', f'subject = "{subject}"'), encoding="utf-8")


def test_what_nobody_approved_does_not_go_out(app: App) -> None:
    with pytest.raises(Held, match="Nobody has approved"):
        app.sends.start(WISH)
    assert app.sends.find(DAY) is None


def test_an_approved_message_goes_out_as_it_was_approved(app: App) -> None:
    approved = app.approvals.approve(DAY, by="Ida")
    assert (approved.by, approved.at) == ("Ida", MORNING)
    assert app.sends.start(WISH).send.digest == approved.digest


def test_what_changed_since_it_was_approved_is_held_until_it_is_approved_again(app: App) -> None:
    app.approvals.approve(DAY, by="Ida")
    write(app, "Another subject")
    with pytest.raises(Held, match="has changed since Ida approved it"):
        app.sends.start(WISH)
    app.approvals.approve(DAY, by="Max")
    assert app.ledger.message(app.sends.start(WISH).send.id).subject == "Another subject"


def test_a_template_changed_since_then_is_held_too(app: App, publication: Publication) -> None:
    app.approvals.approve(DAY, by="Ida")
    other = publication.environment | {"NEWSLETTER_TEMPLATE__NAME": "letter"}
    settings = config_settings.load(publication.root, other)
    changed = build(settings, clock=MovingClock(), provider=ScriptedProvider())
    with pytest.raises(Held, match="has changed since"):
        changed.sends.start(WISH)
    changed.close()


def test_the_sources_no_longer_change_what_was_approved(app: App, publication: Publication) -> None:
    digest = app.approvals.approve(DAY, by="Ida").digest
    (publication.root / "content" / "stories" / f"{DAY}.md").write_text(
        '+++\ntitle = "A new story"\n+++\n\nWritten after the approval, with words of its own.\n',
        encoding="utf-8",
    )
    kept = app.assembler.assemble(DAY)
    assert (kept.kept, app.proofs.prove(DAY).message.digest) == ("approved", digest)
    assert app.assembler.look_after(DAY) is None
    assert app.assembler.assemble(DAY, fresh=True).edition.stories[0].headline == "A new story"


def test_a_withdrawn_approval_no_longer_counts(app: App) -> None:
    app.approvals.approve(DAY, by="Ida")
    app.approvals.withdraw(DAY)
    with pytest.raises(Held, match="Nobody has approved"):
        app.sends.start(WISH)
    with pytest.raises(NothingToDo):
        app.approvals.withdraw(DAY)


def test_who_looked_at_another_message_is_told(app: App) -> None:
    seen = app.proofs.prove(DAY).message.digest
    write(app, "Another subject")
    with pytest.raises(Overtaken):
        app.approvals.approve(DAY, by="Ida", digest=seen)
    assert app.approval_records.find(DAY) is None


def test_what_the_checks_find_wrong_is_not_approved(app: App) -> None:
    path = app.files.path(DAY)
    path.parent.mkdir(parents=True)
    path.write_text('[[stories]]\nheadline = "Hi"\ntext = "{{ name }}"\n', encoding="utf-8")
    with pytest.raises(Held, match="error"):
        app.approvals.approve(DAY, by="Ida")


def test_after_the_send_there_is_nothing_to_approve(app: App) -> None:
    app.approvals.approve(DAY, by="Ida")
    app.sends.start(WISH)
    with pytest.raises(NothingToDo, match="has begun"):
        app.approvals.approve(DAY, by="Ida")
    with pytest.raises(NothingToDo, match="has begun"):
        app.approvals.withdraw(DAY)


def test_the_tick_holds_what_is_not_approved_and_sends_it_then(app: App) -> None:
    report = tick.run(app)
    assert report.held is not None
    assert "Nobody has approved" in report.held
    app.approvals.approve(DAY, by="Ida")
    assert tick.run(app).held is None
    assert app.sends.find(DAY) is not None


def test_without_the_setting_no_approval_is_asked_for(tmp_path: Path) -> None:
    publication = make_publication(tmp_path / "free", people=1)
    settings = config_settings.load(publication.root, publication.environment)
    app = build(settings, clock=MovingClock(), provider=ScriptedProvider())
    assert app.sends.start(WISH).view.send.recipients == 1
    app.close()


def test_every_approval_is_kept_and_the_last_one_counts(database: Database) -> None:
    book = ApprovalRecords(database, "main")
    first, second = (Approval(digest=d, by="Ida", at=MORNING) for d in ("a" * 64, "b" * 64))
    book.write(DAY, first)
    book.write(DAY, second)
    book.write(NEXT, first)
    assert book.find(DAY) == second
    assert book.between(DAY, NEXT) == {DAY: second, NEXT: first}
    assert book.withdraw(DAY, now=MORNING)
    assert not book.withdraw(DAY, now=MORNING)
    assert book.between(DAY, NEXT) == {NEXT: first}
    assert ApprovalRecords(database, "other").find(NEXT) is None


def test_approve_command_tells_who_and_when(publication: Publication) -> None:
    told: dict[str, Any] = publication.json("approve", "--date", "2031-05-05", "--by", "Ida")
    assert told["by"] == "Ida"
    assert len(told["digest"]) == 64
    assert date.fromisoformat(told["edition"]) == date(2031, 5, 5)
    again = publication.run("approve", "--date", "2031-05-05", "--withdraw", check=0)
    assert "no longer approved" in again.stdout
