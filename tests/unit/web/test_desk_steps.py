"""Today's sentence, its four steps, and the one thing to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.core.calendar import Due
from newsletter.core.model import BatchState, Send, SendKind, SendStatus
from newsletter.core.model.content import Approval
from newsletter.core.model.findings import Finding, Place, Severity
from newsletter.core.model.records import SendView, Tally
from newsletter.editions.status import EditionFacts
from newsletter.web.desk.finding_words import field_of, plain
from newsletter.web.desk.morning import (
    Around,
    Configured,
    Morning,
    ProofMailed,
    clock,
    people,
    points,
    span,
)
from newsletter.web.desk.renders import Problem
from newsletter.web.desk.today import screen

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
    assert (shown.kind, shown.rows[0].path) == ("empty", "write")
    assert "until 11:00" in shown.rows[-1].text
    assert "toml" not in str(shown)
    assert states(morning) == ["here", "open", "open", "open"]


def test_what_is_to_be_corrected_is_named_with_a_button_to_its_field() -> None:
    one = screen(replace(MORNING, holding=(HOLD,)))
    assert (one.big, one.rows[0].title) == ("One thing to correct", HOLD.message)
    assert (one.rows[0].path, one.rows[0].look) == ("write#stories-0", "act")
    assert screen(replace(MORNING, holding=(HOLD, HOLD))).big == "2 things to correct"
    assert states(replace(MORNING, holding=(HOLD,))) == ["done", "amber", "open", "open"]


def test_what_waits_for_approval_says_so() -> None:
    shown = screen(MORNING)
    assert shown.big == "Ready, and waiting for you"
    assert shown.when.endswith("to 1,204 readers, but only if you approve it.")
    assert (shown.kind, shown.rows[0].title) == ("ready", "Nothing to correct")
    assert states(MORNING) == ["done", "done", "here", "open"]
    assert screen(replace(MORNING, is_needed=False)).big == "Ready"


def test_what_is_approved_can_be_taken_back_and_asks_for_nothing() -> None:
    known = EditionFacts(has_edition=True, approval=APPROVAL)
    shown = screen(replace(MORNING, known=known))
    assert shown.big == "Approved. Nothing left to do."
    assert shown.rows[0].post == "withdraw"
    assert "act" not in {row.look for row in (*shown.rows, *shown.then)}
    assert shown.number == ("130", "minutes to go")
    assert "Ida approved it at 04:50" in shown.rows[0].title
    changed = screen(replace(MORNING, known=replace(known, has_changed=True)))
    assert changed.big == "It waits for an approval again"


@pytest.mark.parametrize(
    ("status", "big"),
    [
        (SendStatus.OPEN, "Going out now"),
        (SendStatus.PAUSED, "Stopped after 800"),
        (SendStatus.CANCELLED, "Ended after 800"),
        (SendStatus.COMPLETE, "Sent to 800 readers"),
    ],
)
def test_a_send_is_told_with_what_may_be_done_about_it(status: SendStatus, big: str) -> None:
    send = replace(SEND, status=status)
    view = SendView(
        send=send,
        batches={BatchState.SUBMITTED: Tally(8, 800), BatchState.PLANNED: Tally(5, 404)},
        skipped=0,
        refused=0,
        next_due=None,
    )
    known = EditionFacts(has_edition=True, send=send)
    shown = screen(replace(MORNING, known=known, around=Around(view=view)))
    assert shown.big == big
    done = {row.post or row.path for row in (*shown.rows, *shown.then) if row.button}
    assert done == {
        SendStatus.OPEN: {"../sends/2027-03-09", "stop"},
        SendStatus.PAUSED: {"write", "go-on"},
    }.get(status, {"../sends/2027-03-09", "../sends/2027-03-09/correct", "../2027-03-10/today"})


def test_a_late_send_counts_down_and_can_be_taken_back() -> None:
    around = Around(begins_at=NOW + timedelta(seconds=9.4))
    shown = screen(replace(MORNING, around=around))
    assert (shown.kind, shown.number[0], shown.rows[0].post) == ("counting", "10", "withdraw")


def test_a_rehearsal_nobody_to_read_it_and_a_send_that_did_not_begin_are_said() -> None:
    around = Around(configured=Configured(is_rehearsal=True), failed="The connection is gone.")
    shown = screen(replace(MORNING, readers=0, around=around))
    assert [one.title for one in shown.hints] == [
        "It did not begin.",
        "Rehearsal.",
        "Nobody reads you yet.",
    ]
    assert screen(MORNING).hints == ()


def test_the_line_of_the_morning_has_its_moments_in_order_and_no_label_over_another() -> None:
    found = points(replace(MORNING, now=AT - timedelta(hours=1)))
    assert [one.label for one in found] == ["Gathered", "Now", "Goes out", "Latest"]
    assert [one.is_ for one in found] == ["past", "now", "coming", "coming"]
    assert found[0].at == 0
    assert found[-1].at == 100
    soon = points(replace(MORNING, now=AT - timedelta(minutes=5)))
    assert [one.label for one in soon if one.label] == ["Gathered", "Now", "Latest"]
    assert points(replace(MORNING, now=AT - timedelta(days=4))) == ()
    assert points(replace(MORNING, now=AT + timedelta(days=1))) == ()


def test_the_proof_of_the_evening_before_stands_on_the_line() -> None:
    evening = replace(DUE, prepare_at=AT - timedelta(hours=13))
    around = Around(configured=Configured(mails_proof=True))
    night = replace(MORNING, due=evening, around=around, now=AT - timedelta(hours=20))

    def first(morning: Morning) -> tuple[str, str, str]:
        found = next(one for one in points(morning) if "roof" in one.label)
        return found.clock, found.label, found.is_

    assert first(night) == ("18:00", "Proof by mail", "coming")
    later = replace(night, now=AT - timedelta(hours=9))
    assert first(later) == ("18:00", "No proof yet", "past")
    at = AT - timedelta(hours=12, minutes=50)
    went = replace(around, proof=ProofMailed(at=at))
    assert first(replace(later, around=went)) == ("18:10", "Proof mailed", "past")
    at_once = points(replace(MORNING, due=replace(DUE, prepare_at=AT), around=around))
    assert not [one for one in at_once if "roof" in one.label]  # no moment was set for it


def test_a_finding_is_said_in_an_editors_words_and_leads_to_its_field() -> None:
    known = replace(HOLD, code="img-alt")
    assert plain(known).title == "The picture has no description"
    assert field_of(known) == "write#stories-0-image-alt"
    assert plain(HOLD).title == HOLD.message
    assert field_of(replace(HOLD, place=None)) == "write"
    assert field_of(replace(HOLD, place=Place(part="subject"))) == "write#subject"


def test_a_blank_day_a_fault_and_a_missed_one_are_told_apart() -> None:
    blank = Problem("There was no edition on 2027-03-09.", kind="blank")
    assert screen(replace(MORNING, problem=blank)).big == "No brief on Tuesday, 9 March"
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


def test_the_reminder_stands_on_the_line_while_something_is_missing_and_somebody_is_told() -> None:
    told = replace(MORNING, around=Around(configured=Configured(reminds=True)))

    def labels(morning: Morning) -> list[str]:
        return [one.clock for one in points(morning) if one.label == "Reminder"]

    assert labels(told) == ["06:00"]
    assert labels(MORNING) == []  # nobody is told
    assert labels(replace(told, known=EditionFacts(has_edition=True, approval=APPROVAL))) == []
    assert labels(replace(told, now=AT - timedelta(minutes=30))) == []  # it was told
    assert labels(replace(told, is_needed=False)) == []  # it goes by itself
    assert labels(replace(told, is_needed=False, holding=(HOLD,))) == ["06:00"]
