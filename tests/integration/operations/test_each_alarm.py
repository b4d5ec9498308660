"""Each alarm seen arriving in a mailbox and at a web hook: once, at growing distances, solved.

One publication lives a few days for each row of the table, in one process and on a clock that is
moved; the heartbeat's server hears how the day went meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from newsletter.delivery.preconditions import SendRequest
from tests.support.alarms import (
    FACTS,
    OUT_OF_ORDER,
    Life,
    broken,
    few_facts,
    full,
    in_doubt,
    led_by_another,
    let_go_on,
    many_facts,
    mended,
    noticed,
    on_order,
    readable,
    resolved,
    told_by,
    two_bounce,
    unreadable,
    with_short_story,
    with_story,
    without_story,
)
from tests.support.http import ScriptedServer, always, response
from tests.support.publication import make_publication
from tests.support.smtp import MailServer, running

TOLD, SILENT = True, False
# How long after it was told first each later tick is, and whether the alarm is told in it again.
Steps = tuple[tuple[str, bool], ...]
GROWING: Steps = (
    ("00:01", SILENT),
    ("00:55", SILENT),
    ("01:02", TOLD),
    ("04:55", SILENT),
    ("05:05", TOLD),
    ("06:30", SILENT),
)


Act = Callable[[Life], object]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One alarm: what brings it about, when it is told, and what ends it."""

    kind: str
    at: str  # of the day: the tick that tells it first
    says: str  # a pattern: what was foreseen is said otherwise when it is so
    first: str = ""  # is in what is told first; `DATE` is the day
    cause: Act = lambda life: None
    before: tuple[str, ...] = ()  # ticks in which it is not told yet
    steps: Steps = GROWING
    end: Act = lambda life: None
    solved: str = "06:31"  # how long after it was told first the tick is that says so
    pings: tuple[str, ...] = ()  # what the heartbeat heard until then
    settings: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.kind


ROWS = (
    Row(
        kind="no-story",
        before=("05:59",),
        at="06:00",
        first="The edition of DATE is due at 07:00 UTC and has no lead story: `",
        says="no lead story",
        cause=without_story,
        end=with_story,
        pings=("/4",),
    ),
    Row(
        kind="errors",
        before=("05:00", "05:59"),
        at="06:00",
        first="The edition of DATE is due at 07:00 UTC and its checks found errors: `",
        says="checks found (1 )?error",
        cause=with_short_story,
        end=mended,
        pings=("/start", "/4"),
    ),
    Row(
        kind="no-approval",
        before=("05:00", "05:59"),
        at="06:00",
        first="nobody has approved it: `newsletter approve --date DATE`",
        says="[Nn]obody has approved",
        end=lambda life: life.app.approvals.approve(life.day, by="Orla"),
        pings=("/start", "/4"),
        settings=(("SCHEDULE__APPROVAL", "required"),),
    ),
    Row(
        kind="held",
        at="11:01",
        says="its catch-up window closed",
        end=lambda life: life.app.sends.start(SendRequest(day=life.day, late=True)),
        pings=("/4",),
        settings=(("SCHEDULE__CATCH_UP", "11:00"),),
    ),
    Row(
        kind="doubts",
        at="07:00",
        says="uncertain",
        cause=in_doubt,
        end=resolved,
        pings=("/start", "/4"),
    ),
    Row(
        kind="deferred",
        before=("07:00", "07:59"),
        at="08:01",
        first="1 recipient of the edition of DATE asked",
        says="of 1 recipient of .* asked to be tried again later",
        cause=lambda life: life.refuse("reader0001"),
        solved="10:00",
        end=on_order,
        pings=("/start", ""),
    ),
    Row(
        kind="limit",
        before=("07:01",),
        at="08:30",
        first="newsletter send resume --date DATE goes on all the same",
        says="is paused: 2 of ",
        cause=two_bounce,
        end=let_go_on,
        pings=("/start", "", "/4"),
    ),
    Row(
        kind="set-aside",
        at="00:30",
        says="1 reports of the provider could not be taken",
        cause=unreadable,
        end=readable,
        pings=("/start", ""),
    ),
    Row(
        kind="space",
        at="00:30",
        says="Only 5 MB are free",
        cause=full,
        end=on_order,
        pings=("/start", ""),
    ),
    Row(
        kind="fault",
        at="07:00",
        says=OUT_OF_ORDER,
        cause=broken,
        end=on_order,
        pings=("/start", "/1"),
    ),
    Row(
        kind="late",
        before=("07:01", "07:14"),
        at="07:30",
        says="recipients? do(es)? not have it yet",  # of whoever the rows before left on the list
        cause=led_by_another,
        end=on_order,
        pings=("/start", "/75"),
    ),
    Row(
        kind="late",
        at="08:10",
        says="is late; it was due at",
        steps=(),
        solved="00:01",
        pings=("/start", ""),
    ),
    Row(
        kind="runway",
        before=("04:59",),
        at="05:00",
        says="fact",
        cause=few_facts,
        steps=(("00:01", SILENT), ("24:00", TOLD), ("48:00", TOLD)),
        end=many_facts,
        solved="72:00",
        settings=(("SOURCES__FACT", FACTS),),
    ),
    Row(
        kind="notice",
        at="00:30",
        says="Machines are filling in the join form.",
        cause=noticed,
        steps=(("00:01", SILENT), ("24:00", SILENT), ("47:00", SILENT)),
        pings=("/4",),
        solved="48:31",
    ),
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Run the servers and the publication for all rows."""
    mail = MailServer()
    hook, heart = ScriptedServer(always(response(200))), ScriptedServer(always(response(200)))
    with pytest.MonkeyPatch.context() as patch, running(mail), hook, heart:
        told = told_by(mail, hook, heart) | {"NEWSLETTER_SCHEDULE__CATCH_UP": "23:00"}
        root = tmp_path_factory.mktemp("alarms") / "brief"
        publication = make_publication(root, people=3, **told)
        config = root / "config.toml"
        text = config.read_text(encoding="utf-8") + '\n[checks]\nstory-short = "error"\n'
        config.write_text(text, encoding="utf-8")
        life = Life(publication, mail, hook, heart, patch)
        yield life


DAYS = [date(2026, 6, 3) + timedelta(days=7 * number) for number in range(len(ROWS))]


@pytest.mark.parametrize(("day", "row"), list(zip(DAYS, ROWS, strict=True)), ids=str)
def test_an_alarm_is_told_once_then_with_growing_distance_then_solved(
    day: date, row: Row, lived: Life
) -> None:
    life, own = lived, {f"NEWSLETTER_{name}": value for name, value in row.settings}
    before = dict(life.publication.environment)
    life.day = day
    life.clock.moment = life.at("00:00")
    life.publication.environment.update(own)
    life.app = life.publication.open(life.clock)
    try:
        _live(row, life)
    finally:
        on_order(life)
        with_story(life)
        life.app.close()
        life.publication.environment.clear()
        life.publication.environment.update(before)


def _live(row: Row, life: Life) -> None:
    life.forget()
    row.cause(life)
    for time in row.before:
        life.tick(life.at(time))
        assert _heard(row, life) == ([], [])
    first = life.at(row.at)
    life.tick(first)
    _is_told(row, life, begins="", first=row.first.replace("DATE", f"{life.day}"))
    for later, is_told in row.steps:
        life.tick(first + _span(later))
        if is_told:
            _is_told(row, life, begins=f"Still so, since {first:%Y-%m-%d %H:%M} UTC: ")
        else:
            assert _heard(row, life) == ([], []), later
    assert tuple(dict.fromkeys(life.pings())) == row.pings
    row.end(life)
    life.tick(first + _span(row.solved))
    life.tick(first + _span(row.solved) + timedelta(minutes=1))
    _is_told(row, life, begins="Solved: ")


def _span(text: str) -> timedelta:
    hours, minutes = map(int, text.split(":"))
    return timedelta(hours=hours, minutes=minutes)


def _heard(row: Row, life: Life) -> tuple[list[str], list[str]]:
    """Return what hook and mailbox got of a row's alarm since they were looked at last."""
    hooked = [line for line in life.hooked() if re.search(row.says, line)]
    mailed = [mail for mail in life.mailed() if re.search(row.says, mail)]
    life.hook.requests.clear()
    life.mail.taken.clear()
    return hooked, mailed


def _is_told(row: Row, life: Life, *, begins: str, first: str = "") -> None:
    hooked, mailed = _heard(row, life)
    (line,), (mail,) = hooked, mailed
    assert line.startswith(f"The Brief: {begins}")
    word = "Solved" if begins.startswith("Solved") else "Alarm"
    subject = mail.partition("\n")[0]
    assert re.match(rf"\[The Brief\] ({word}|Alarm): .*\b{row.kind}\b", subject)
    assert begins in mail
    assert first in line
    assert first in mail
