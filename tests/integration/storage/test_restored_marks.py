"""What a mark of a copy does to sends that were under way, of every kind."""

from __future__ import annotations

import pytest

from newsletter.core.errors import Held
from newsletter.core.model import SendKind, SendStatus
from newsletter.storage.database import Database
from newsletter.storage.restored import Restoration, Restorations, mark
from tests.support.ledger import DAY, MORNING, frozen_send, make_guard


@pytest.mark.parametrize("kind", [SendKind.EDITION, SendKind.WEEKLY])
@pytest.mark.parametrize("went_out", [True, False])
def test_a_send_under_way_waits_for_the_word_whatever_its_kind(
    database: Database, kind: SendKind, went_out: bool
) -> None:
    ledger, send = frozen_send(database, 3, kind=kind)
    with database.write() as connection:
        mark(connection, Restoration(taken_at=MORNING, restored_at=MORNING))
    guard = make_guard(ledger)
    assert Restorations(database, "main").paused() == (DAY,)
    assert len(guard.waiting()) == 1
    with pytest.raises(Held, match="under way"):
        guard.refuse_resuming(DAY)
    assert guard.say(DAY, went_out=went_out) is not went_out
    status = ledger.view(send.id).send.status
    assert status is (SendStatus.CANCELLED if went_out else SendStatus.PAUSED)
    assert guard.waiting() == ()
    guard.refuse_resuming(DAY)


def test_another_publication_is_not_asked_for_its_word(database: Database) -> None:
    frozen_send(database, 3)
    with database.write() as connection:
        mark(connection, Restoration(taken_at=MORNING, restored_at=MORNING))
    other = Restorations(database, "other")
    assert (other.paused(), other.last() is None) == ((), False)
    assert other.settle(DAY, went_out=True) is False
