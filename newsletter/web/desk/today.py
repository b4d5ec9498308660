"""Today: where an edition stands in four steps, and the one thing to do next. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from newsletter.core.model.findings import Finding
from newsletter.editions.status import EditionStatus, status_of
from newsletter.web.desk import sends
from newsletter.web.desk.finding_words import field_of, plain
from newsletter.web.desk.header import Step, short_date, steps, weekday
from newsletter.web.desk.morning import Figures, Morning, Point, clock, goes_out, people, points
from newsletter.web.desk.renders import Problem
from newsletter.web.desk.words import _, counted

_MOST_NOTES = 3  # that are told here; Look has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something to do or to know: a bold line, a grey one, a button."""

    title: str
    text: str = ""
    button: str = ""
    path: str = ""  # below the date: where the button leads
    post: str = ""  # what it does instead
    look: str = ""  # of the button: "act" is the one to press, "red" stops something
    ring: str = ""  # a sign before the line
    state: str = ""  # of that sign
    is_named: bool = False  # the line is a name or a headline


@dataclass(frozen=True, slots=True)
class Hint:
    """What is so, and what it means."""

    tone: str
    title: str
    text: str = ""
    button: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What the page shows."""

    kind: str
    big: str
    when: str = ""
    rows: tuple[Row, ...] = ()
    then: tuple[Row, ...] = ()  # in a card of their own: what comes after
    steps: tuple[Step, ...] = ()
    line: tuple[Point, ...] = ()
    hints: tuple[Hint, ...] = ()
    number: tuple[str, str] = ("", "")  # set large, and what it counts
    progress: tuple[int, int] = (0, 0)
    figures: Figures = ()

    @property
    def now_at(self) -> float:
        """Say how far along its line the morning is, in percent."""
        return next((one.at for one in self.line if one.is_ == "now"), 0)


def screen(morning: Morning) -> Screen:
    """Say where the edition stands, and what comes next."""
    status = status_of(morning.known)
    if morning.around.begins_at is not None:
        return _counting(morning)
    if morning.known.send is not None:
        return _sent(morning, status)
    if morning.problem is not None:
        return _unmade(morning, morning.problem)
    if status is EditionStatus.MISSED:
        look = Row(
            title=_("Look at it"),
            text=_("The mail as it would be."),
            button=_("Look at it"),
            path="./",
        )
        return Screen(
            kind="missed",
            big=_("It did not go out"),
            when=_("Its time is over. Whoever runs the newsletter can still send it late."),
            rows=(look,),
            steps=steps(done=2),
        )
    if morning.holding:
        return _to_correct(morning)
    return _ready(morning, status)


def _unmade(morning: Morning, problem: Problem) -> Screen:
    if problem.kind == "blank":
        day = short_date(morning.day)
        return Screen(
            kind="blank", big=_("No brief on %(day)s", day=day), when=_("That day is over.")
        )
    if problem.kind == "fault":
        row = Row(title=problem.place or _("What is wrong"), text=problem.message, button=_("Look at it"),
                  path="./", look="act")  # fmt: skip
        return Screen(
            kind="fault", big=_("The mail cannot be made"), when=_goes_out(morning), rows=(row,)
        )
    begin = Row(
        title=_("Write it here"),
        text=_("An empty sheet, with headline, text and picture."),
        button=_("Begin"),
        path="write",
    )
    return Screen(
        kind="empty",
        big=_("Nothing for this day yet"),
        when=_goes_out(morning),
        rows=(begin, *_if_nothing_comes(morning)),
        steps=steps(done=0),
        line=points(morning),
        hints=_hints(morning),
    )


def _if_nothing_comes(morning: Morning) -> Iterator[Row]:
    due = morning.due
    if due is not None:
        at, until = clock(due.at, morning.zone), clock(due.until, morning.zone)
        told = _(
            "Nothing goes out at %(at)s. You can still send until %(until)s.", at=at, until=until
        )
        yield Row(title=_("If nothing comes"), text=told)


def _to_correct(morning: Morning) -> Screen:
    count = len(morning.holding)
    once = _("once it is put right") if count == 1 else _("once they are")
    rows = tuple(_correcting(one, number) for number, one in enumerate(morning.holding, start=1))
    return Screen(
        kind="correct",
        big=_("One thing to correct")
        if count == 1
        else counted("%(count)s thing to correct", "%(count)s things to correct", count),
        when=_goes_out(morning, once=once),
        rows=(*rows, Row(title="", text=_("Then you look at the mail and approve it."))),
        steps=steps(done=1, is_amber=True),
        line=points(morning),
        hints=_hints(morning),
    )


def _correcting(one: Finding, number: int) -> Row:
    said = plain(one)
    return Row(
        title=said.title,
        text=said.text,
        button=said.button,
        path=field_of(one),
        look="act" if number == 1 else "",
        ring=f"{number}",
        state="amber",
        is_named=True,
    )


def _ready(morning: Morning, status: EditionStatus) -> Screen:
    if status is EditionStatus.APPROVED and morning.known.approval is not None:
        return _approved(morning)
    is_changed = status is EditionStatus.CHANGED
    if is_changed:
        big, once = _("It waits for an approval again"), _("once you approve it as it is now")
    elif morning.is_needed:
        big, once = _("Ready, and waiting for you"), _("but only if you approve it")
    else:
        big, once = _("Ready"), ""
    return Screen(
        kind="ready",
        big=big,
        when=_goes_out(morning, once=once),
        rows=(*_notes(morning),),
        number=(morning.subject, morning.preheader),
        steps=steps(done=2),
        line=points(morning),
        hints=_hints(morning),
    )


def _notes(morning: Morning) -> Iterator[Row]:
    seen = _("Pictures, links, sizes and the words of all mail apps were looked at.")
    yield Row(title=_("Nothing to correct"), text=seen, state="done")
    for one in morning.around.notes[:_MOST_NOTES]:
        said = plain(one)
        yield Row(title=said.title, text=said.text, ring="i")
    left = len(morning.around.notes) - _MOST_NOTES
    if left > 0:
        told = counted("%(count)s more is worth a look", "%(count)s more are worth a look", left)
        yield Row(title=told, ring="i")


def _approved(morning: Morning) -> Screen:
    approval, due = morning.known.approval, morning.due
    by, at = (approval.by, clock(approval.at, morning.zone)) if approval else ("", "")
    left = int((due.at - morning.now).total_seconds() // 60) if due else 0
    back = Row(
        title=_("%(by)s approved it at %(at)s.", by=by, at=at),
        text=_(
            "Until it goes out you can take it back. If you change a word, it waits for your approval again."
        ),
        button=_("Take it back"),
        post="withdraw",
    )
    number = (f"{left}", _("minutes to go")) if 0 < left < 180 else ("", "")
    return Screen(
        kind="approved",
        big=_("Approved. Nothing left to do."),
        when=_goes_out(morning) + " " + _("You may close this page."),
        rows=(back, Row(title=morning.subject, text=morning.preheader, is_named=True)),
        then=(_next(morning),),
        number=number,
        steps=steps(done=4),
        line=points(morning),
        hints=_hints(morning),
    )


def _counting(morning: Morning) -> Screen:
    begins = morning.around.begins_at
    left = max(int((begins - morning.now).total_seconds()) + 1, 0) if begins else 0
    back = Row(
        title=_("Not yet?"),
        text=_("Nobody has it. Take it back, and nothing goes out."),
        button=_("Take it back"),
        post="withdraw",
        look="red",
    )
    return Screen(
        kind="counting",
        big=_("It begins in a moment"),
        when=_("To %(whom)s.", whom=people(morning.readers)),
        number=(f"{left}", _("seconds, then it goes out")),
        rows=(back,),
        steps=steps(done=4),
    )


def _sent(morning: Morning, status: EditionStatus) -> Screen:
    if status is EditionStatus.OPEN:
        return _going(morning)
    if status is EditionStatus.PAUSED:
        return _stopped(morning)
    send, view = morning.known.send, morning.around.view
    done = sends.sums(view).have_it if view else 0
    at = clock(send.created_at, morning.zone) if send else ""
    if status is EditionStatus.CANCELLED:
        big, when = (
            counted("Ended after %(count)s", "Ended after %(count)s", done),
            _("Whoever does not have it does not get it."),
        )
    else:
        big = _("Sent to %(whom)s", whom=people(done))
        when = _("Begun at %(at)s. Everybody once, nobody twice.", at=at)
    return Screen(
        kind="over",
        big=big,
        when=when,
        figures=morning.around.figures,
        rows=(
            Row(title=_("Who has it"), text=_("Everybody once: counted, and to be read."), button=_("Show"),
                path=f"../sends/{morning.day}"),
            Row(title=_("Found a mistake?"), text=_("The mail cannot be changed; a correction can stand in it."),
                button=_("Correct it"), path=f"../sends/{morning.day}/correct"),
        ),
        then=(_next(morning, is_main=True),),
        steps=steps(done=4),
        hints=_hints(morning),
    )  # fmt: skip


def _going(morning: Morning) -> Screen:
    view = morning.around.view
    sums = sends.sums(view) if view else None
    done, whole = (sums.settled, sums.all) if sums else (0, 0)
    begun = clock(view.send.created_at, morning.zone) if view else ""
    return Screen(
        kind="going",
        big=_("Going out now"),
        when=_("Since %(at)s, to %(whom)s.", at=begun, whom=people(whole)),
        number=(f"{done:,}", _("of %(all)s sent", all=f"{whole:,}")),
        progress=(done, max(whole, 1)),
        rows=(
            Row(title=_("Who has it"), text=_("So far, with the minute."), button=_("Show"),
                path=f"../sends/{morning.day}"),
            Row(title=_("Something wrong?"), button=_("Stop"), post="stop", look="red",
                text=counted("Stop keeps it from the %(count)s who does not have it yet. What is sent stays sent.",
                             "Stop keeps it from the %(count)s who do not have it yet. What is sent stays sent.",
                             sums.not_sent if sums else 0)),
        ),
        steps=steps(done=4),
        hints=_hints(morning),
    )  # fmt: skip


def _stopped(morning: Morning) -> Screen:
    view = morning.around.view
    sums = sends.sums(view) if view else None
    done, left = (sums.have_it, sums.not_sent) if sums else (0, 0)
    without = counted(
        "%(count)s reader does not have it.", "%(count)s readers do not have it.", left
    )
    doubt = ""
    if sums and sums.uncertain:
        doubt = " " + counted(
            "%(count)s is not certain.", "%(count)s are not certain.", sums.uncertain
        )
    return Screen(
        kind="stopped",
        big=_("Stopped after %(count)s", count=f"{done:,}"),
        when=f"{without}{doubt} {_('Nobody gets it twice, whatever you choose.')}",
        rows=(
            Row(title=_("Correct it first"), text=_("What you change goes to those who do not have it."),
                button=_("Correct it first"), path="write", look="act"),
            Row(title=_("It was right"), text=_("It goes on where it stopped."),
                button=_("Go on with %(count)s", count=f"{left:,}"), post="go-on"),
        ),
        progress=(done, max(done + left, 1)),
        steps=steps(done=1, is_amber=True),
        hints=_hints(morning),
    )  # fmt: skip


def _next(morning: Morning, *, is_main: bool = False) -> Row:
    """Lead to the day after."""
    day = morning.day + timedelta(days=1)
    has = morning.around.next_has_story
    return Row(
        title=_("Next: %(day)s", day=short_date(day)),
        text=_("It has a story by now.") if has else _("You can prepare it now."),
        button=_("Prepare %(weekday)s", weekday=weekday(day)),
        path=f"../{day}/today",
        look="act" if is_main else "",
    )


def _hints(morning: Morning) -> tuple[Hint, ...]:
    return tuple(_told(morning))


def _told(morning: Morning) -> Iterator[Hint]:
    around = morning.around
    if around.failed:
        yield Hint("bad", _("It did not begin."), around.failed)
    if around.is_rehearsal:
        yield Hint("plain", _("Rehearsal."), _("Mails are written to a folder on this machine; nobody gets them."),
                   _("Change this"), "../settings/")  # fmt: skip
    if morning.readers == 0 and morning.known.send is None:
        yield Hint("warn", _("Nobody reads you yet."), _("Bring in a list you have, or put the form on your site."),
                   _("Bring in a list"), "../readers/")  # fmt: skip


def _goes_out(morning: Morning, *, once: str = "") -> str:
    due, now, zone = morning.due, morning.now, morning.zone
    return goes_out(due, now=now, zone=zone, readers=morning.readers, once=once)
