"""Today's sentence, its four steps, and the one thing to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.core.calendar import Due
from newsletter.core.model import Send, SendKind, SendStatus
from newsletter.core.model.content import Approval
from newsletter.core.model.findings import Finding, Place, Severity
from newsletter.editions.status import EditionFacts
from newsletter.web.desk.renders import Problem
from newsletter.web.desk.today import Morning, clock, people, screen, span

DAY = date(2027, 3, 9)
AT = datetime(2027, 3, 9, 6, tzinfo=UTC)  # 07:00 in Berlin
NOW = AT - timedelta(hours=2, minutes=10)
DUE = Due(
    date=DAY,
    prepare_at=AT - timedelta(hours=2),
    begin=AT,
    at=AT,
    until=AT + timedelta(hours=4),
    last=AT,
)
MORNING = Morning(
    day=DAY,
    now=NOW,
    zone="Europe/Berlin",
    known=EditionFacts(has_edition=True),
    due=DUE,
    readers=1204,
    is_needed=True,
    subject="The tide turns the lights on",
)
APPROVAL = Approval(digest="x", by="Ida", at=NOW)
HOLD = Finding(
    "The picture has no description.",
    "Say what it shows.",
    measured="none",
    limit="one",
    place=Place(part="story"),
    code="image-alt",
    severity=Severity.ERROR,
)
SEND = Send(
    id=1,
    publication="brief",
    edition=DAY,
    kind=SendKind.EDITION,
    status=SendStatus.COMPLETE,
    digest="x",
    provider="outbox",
    recipients=1204,
    created_at=AT,
    led_until=None,
    paused_until=None,
)


def states(morning: Morning) -> list[str]:
    """Return the states of the four steps."""
    return [step.state for step in screen(morning).steps]


def test_an_empty_morning_asks_for_a_page_and_names_no_file() -> None:
    problem = Problem("There is no lead story.", "Edit editions/edition.toml.", kind="empty")
    morning = replace(MORNING, known=EditionFacts(), problem=problem)
    shown = screen(morning)
    assert shown.big == "Nothing for this day yet"
    assert shown.when == "Goes out at 07:00, in 2 h 10 min, to 1,204 readers."
    assert (shown.rows[0].button, shown.rows[0].path) == ("Paste a page", "paste")
    assert "until 11:00" in shown.rows[-1].text
    assert "toml" not in str(shown)
    assert states(morning) == ["here", "open", "open", "open"]


def test_what_is_to_be_corrected_is_named_with_a_button_to_its_field() -> None:
    one = screen(replace(MORNING, holding=(HOLD,)))
    assert (one.big, one.rows[0].title) == ("One thing to correct", HOLD.message)
    assert one.rows[0].path == "write#stories-0"
    assert screen(replace(MORNING, holding=(HOLD, HOLD))).big == "2 things to correct"
    assert states(replace(MORNING, holding=(HOLD,))) == ["done", "amber", "open", "open"]


def test_what_waits_for_approval_says_so() -> None:
    shown = screen(MORNING)
    assert shown.big == "Ready, and waiting for you"
    assert shown.when.endswith("to 1,204 readers, but only if you approve it.")
    assert shown.rows[0].button == "Look and approve"
    assert states(MORNING) == ["done", "done", "here", "open"]
    assert screen(replace(MORNING, is_needed=False)).big == "Ready"


def test_what_is_approved_can_be_taken_back_and_asks_for_nothing() -> None:
    known = EditionFacts(has_edition=True, approval=APPROVAL)
    shown = screen(replace(MORNING, known=known))
    assert (shown.big, shown.has_main) == ("Approved. Nothing left to do.", False)
    assert shown.rows[0].is_undo
    assert "Ida approved it at 04:50" in shown.rows[0].title
    changed = screen(replace(MORNING, known=replace(known, has_changed=True)))
    assert changed.big == "Changed since it was approved"


@pytest.mark.parametrize(
    ("status", "big"),
    [
        (SendStatus.OPEN, "Going out now"),
        (SendStatus.PAUSED, "Stopped on its way"),
        (SendStatus.CANCELLED, "Cancelled"),
        (SendStatus.COMPLETE, "Sent to 1,204 readers"),
    ],
)
def test_a_send_is_told_and_leads_to_tomorrow(status: SendStatus, big: str) -> None:
    known = EditionFacts(has_edition=True, send=replace(SEND, status=status))
    shown = screen(replace(MORNING, known=known))
    assert shown.big == big
    assert shown.rows[0].path == "../2027-03-10/today"


def test_a_blank_day_a_fault_and_a_missed_one_are_told_apart() -> None:
    blank = Problem("There was no edition on 2027-03-09.", kind="blank")
    assert screen(replace(MORNING, problem=blank)).big == "A day without an edition"
    fault = Problem("“storry” is undefined.", place="email/brief.mjml.j2, line 4")
    assert screen(replace(MORNING, problem=fault)).big == "The mail cannot be made"
    missed = EditionFacts(has_edition=True, is_over=True)
    assert screen(replace(MORNING, known=missed)).big == "It did not go out"


def test_after_its_moment_it_says_until_when() -> None:
    late = screen(replace(MORNING, now=AT + timedelta(minutes=5))).when
    assert late.startswith("It was to go out at 07:00, and still can until 11:00")
    assert "no edition on this day" in screen(replace(MORNING, due=None)).when


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=-1), "0 min"),
        (timedelta(minutes=47), "47 min"),
        (timedelta(hours=26), "26 h 0 min"),
        (timedelta(days=3, hours=5), "3 days"),
    ],
)
def test_spans_are_written_short(left: timedelta, words: str) -> None:
    assert span(left) == words


def test_people_are_counted_in_words() -> None:
    assert [people(n) for n in (0, 1, 1204)] == [
        "nobody yet",
        "1 reader",
        "1,204 readers",
    ]
    assert clock(AT, "America/New_York") == "01:00"
