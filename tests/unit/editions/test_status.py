"""Where the edition of a date stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.model import Send, SendKind, SendStatus
from newsletter.core.model.content import Approval
from newsletter.editions.status import EditionFacts, EditionStatus, status_of
from newsletter.web.desk.approval import LABELS, decision

MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
APPROVAL = Approval(digest="a" * 64, by="Ida", at=MORNING)
SEND = Send(
    id=1,
    publication="main",
    edition=date(2026, 3, 2),
    kind=SendKind.EDITION,
    status=SendStatus.OPEN,
    digest="a" * 64,
    provider="outbox",
    recipients=1204,
    created_at=MORNING,
    led_until=None,
    paused_until=None,
)
THERE = EditionFacts(has_edition=True)


@pytest.mark.parametrize(
    ("known", "status"),
    [
        (EditionFacts(), EditionStatus.NONE),
        (EditionFacts(is_due=False), EditionStatus.FREE),
        (EditionFacts(is_over=True), EditionStatus.FREE),
        (THERE, EditionStatus.ASSEMBLED),
        (EditionFacts(has_edition=True, is_due=False), EditionStatus.ASSEMBLED),
        (EditionFacts(has_edition=True, is_faulty=True, approval=APPROVAL), EditionStatus.HELD),
        (EditionFacts(has_edition=True, is_over=True, approval=APPROVAL), EditionStatus.MISSED),
        (EditionFacts(has_edition=True, approval=APPROVAL), EditionStatus.APPROVED),
        (
            EditionFacts(has_edition=True, approval=APPROVAL, has_changed=True),
            EditionStatus.CHANGED,
        ),
        (EditionFacts(has_edition=True, is_over=True, send=SEND), EditionStatus.OPEN),
    ],
)
def test_where_an_edition_stands(known: EditionFacts, status: EditionStatus) -> None:
    assert status_of(known) is status


@given(status=st.sampled_from(SendStatus), facts=st.tuples(*[st.booleans()] * 5))
def test_once_there_is_a_send_it_alone_tells(status: SendStatus, facts: tuple[bool, ...]) -> None:
    due, over, there, faulty, changed = facts
    known = EditionFacts(
        is_due=due, is_over=over, has_edition=there, is_faulty=faulty, has_changed=changed
    )
    assert status_of(replace(known, send=replace(SEND, status=status))) == status.value


def test_every_standing_has_its_words() -> None:
    assert set(LABELS) == set(EditionStatus)
    assert len(set(LABELS.values())) == len(EditionStatus)


@pytest.mark.parametrize(
    ("known", "may", "sentence"),
    [
        (THERE, (True, False), "It only goes out approved."),
        (
            replace(THERE, approval=APPROVAL),
            (False, True),
            "Ida approved this very mail at 08:00 on 2 March.",
        ),
        (
            replace(THERE, approval=APPROVAL, has_changed=True),
            (True, True),
            "This is not the mail Ida approved at 08:00 on 2 March.",
        ),
        (
            replace(THERE, is_faulty=True),
            (False, False),
            "Put right what holds it, or leave it with a reason.",
        ),
        (
            replace(THERE, send=SEND),
            (False, False),
            "1,204 readers, since 08:00 on 2 March.",
        ),
    ],
)
def test_what_may_be_done_follows_from_it(
    known: EditionFacts, may: tuple[bool, bool], sentence: str
) -> None:
    found = decision(known, is_needed=True, zone="Europe/Berlin")
    assert ((found.can_approve, found.can_withdraw), found.sentence) == (may, sentence)


def test_without_the_setting_the_sentence_says_so() -> None:
    found = decision(THERE, is_needed=False, zone="UTC")
    assert found.sentence == "It goes out without approval, too."
