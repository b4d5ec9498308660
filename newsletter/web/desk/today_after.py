"""Today from the moment somebody said yes: it begins, goes out, was stopped, is over. Pure."""

from __future__ import annotations

from newsletter.editions.status import EditionStatus
from newsletter.web.desk import sends
from newsletter.web.desk.header import steps
from newsletter.web.desk.morning import Morning, clock, people
from newsletter.web.desk.screens import Row, Screen, hints, next_day
from newsletter.web.desk.words import _, counted


def counting(morning: Morning) -> Screen:
    """Show a send that was asked for and begins in a moment."""
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


def sent(morning: Morning, status: EditionStatus) -> Screen:
    """Show a send that has begun."""
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
            *_comments(morning.around.comments),
            Row(
                title=_("Who has it"),
                text=_("Everybody once: counted, and to be read."),
                button=_("Show"),
                path=f"../sends/{morning.day}",
            ),
            Row(
                title=_("Found a mistake?"),
                text=_("The mail cannot be changed; a correction can stand in it."),
                button=_("Correct it"),
                path=f"../sends/{morning.day}/correct",
            ),
        ),
        then=(next_day(morning, is_main=True),),
        steps=steps(done=4),
        hints=hints(morning),
    )


def _comments(waiting: int) -> tuple[Row, ...]:
    """Return the line about comments, where any wait."""
    if not waiting:
        return ()
    return (
        Row(
            title=counted("%(count)s comment waits", "%(count)s comments wait", waiting),
            text=_("Nobody reads it before you let it through."),
            button=_("Read"),
            path="../readers/answers/",
        ),
    )


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
            Row(
                title=_("Who has it"),
                text=_("So far, with the minute."),
                button=_("Show"),
                path=f"../sends/{morning.day}",
            ),
            Row(
                title=_("Something wrong?"),
                button=_("Stop"),
                post="stop",
                look="red",
                text=counted(
                    "Stop keeps it from the %(count)s without it. What is sent stays sent.",
                    "Stop keeps it from the %(count)s without it. What is sent stays sent.",
                    sums.not_sent if sums else 0,
                ),
            ),
        ),
        steps=steps(done=4),
        hints=hints(morning),
    )


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
            Row(
                title=_("Correct it first"),
                text=_("What you change goes to those who do not have it."),
                button=_("Correct it first"),
                path="write",
                look="act",
            ),
            Row(
                title=_("It was right"),
                text=_("It goes on where it stopped."),
                button=_("Go on with %(count)s", count=f"{left:,}"),
                post="go-on",
            ),
        ),
        progress=(done, max(done + left, 1)),
        steps=steps(done=1, is_amber=True),
        hints=hints(morning),
    )
