"""A publication that the release before made opens, and goes on where it was left.

Recorded with release 0.1.0: 22 readers imported, an edition edited and approved, and its send
stopped after two of five batches.
"""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsletter.core.model import Part
from newsletter.delivery.preconditions import SendRequest
from tests.support.ledger import MovingClock
from tests.support.publication import Publication

RECORDED = Path(__file__).parents[2] / "recorded" / "release-0.1.0"
DAY = date(2026, 6, 1)
AT_NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """Lay the recorded publication down as it lay there."""
    root = tmp_path / "brief"
    shutil.copytree(RECORDED, root)
    with sqlite3.connect(root / "newsletter.db") as connection:
        connection.executescript((root / "database.sql").read_text(encoding="utf-8"))
    connection.close()
    return Publication(root=root, environment={"NEWSLETTER_SECRET_KEY": "k" * 40})


def mailed(publication: Publication) -> set[str]:
    """Name the mails that lie in the outbox by now, by edition and recipient."""
    outbox = publication.root / "outbox"
    return {path.relative_to(outbox).as_posix() for path in outbox.rglob("*.eml")}


def test_its_send_goes_on_with_whom_it_had_not_reached(publication: Publication) -> None:
    before = set((RECORDED / "outbox.txt").read_text(encoding="utf-8").split())
    found = publication.json("send", "--date", str(DAY), "--late")
    assert (found["status"], found["submitted"], found["recipients"]) == ("complete", 22, 22)
    mails = mailed(publication)
    assert len(mails) == 12
    assert not mails & before
    audit = publication.json("audit", "--date", str(DAY))
    assert (audit["complete"], audit["states"]) == (True, {"submitted": 22})


def test_its_edition_and_its_approval_are_known(publication: Publication) -> None:
    app = publication.open(MovingClock(AT_NINE))
    edition = app.assembler.assemble(DAY).edition
    assert edition.fact is not None
    assert edition.fact.text == "Bees can count up to four."
    approval = app.approvals.find(DAY)
    assert approval is not None
    frozen = app.ledger.message(1)
    assert approval.digest == frozen.digest
    used = [key for key, _ in app.used_content.uses(Part.FACT, day=date(2026, 6, 2))]
    app.close()
    assert used == ["bees can count up to four"]


def test_its_message_is_the_frozen_one_whatever_the_templates_say_by_now(
    publication: Publication,
) -> None:
    app = publication.open(MovingClock(AT_NINE))
    message, frozen = app.proofs.prove(DAY).message, app.ledger.message(1)
    app.close()
    story = "The old bridge turns on a single bearing of bronze."
    assert message.subject == frozen.subject
    assert story in message.text
    assert story in frozen.text


def test_its_readers_are_told_and_the_next_edition_goes_to_them(publication: Publication) -> None:
    shown = publication.json("subscribers", "show", "reader12@example.org")
    known = (shown["name"], shown["zone"], shown["state"])
    assert known == ("Reader 12", "Asia/Tokyo", "active")
    gone = publication.run("subscribers", "show", "gone@example.org", "--json")
    assert '"active"' not in gone.stdout
    story = publication.root / "content" / "stories" / "2026-06-02.md"
    shutil.copy(publication.root / "content" / "stories" / "2026-06-01.md", story)
    text = story.read_text(encoding="utf-8")
    story.write_text(text.replace("How the harbour bridge turns", "Who oils the crane"), "utf-8")
    app = publication.open(MovingClock(datetime(2026, 6, 2, 9, tzinfo=UTC)))
    done = app.sends.start(SendRequest(day=date(2026, 6, 2), at_once=True))
    app.close()
    assert done.view.send.recipients == 22
