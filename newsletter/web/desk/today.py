"""Today: where an edition stands in four steps, and the one thing to do next. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Finding
from newsletter.editions.status import EditionStatus, status_of
from newsletter.web.desk.error_words import spoken
from newsletter.web.desk.finding_words import field_of, plain
from newsletter.web.desk.header import short_date, steps
from newsletter.web.desk.morning import Morning, clock, goes_out, points
from newsletter.web.desk.renders import Problem
from newsletter.web.desk.screens import Row, Screen, hints, next_day
from newsletter.web.desk.today_after import counting, sent
from newsletter.web.desk.words import _, counted

_MOST_STANDING = 5  # stories of the shelf that are shown; the rest come when these are used
_MOST_NOTES = 3  # that are told here; Look has them all


def screen(morning: Morning) -> Screen:
    """Say where the edition stands, and what comes next."""
    status = status_of(morning.known)
    if morning.around.begins_at is not None:
        return counting(morning)
    if morning.known.send is not None:
        return sent(morning, status)
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
        row = Row(
            title=problem.place or _("What is wrong"),
            text=spoken(problem.message),
            button=_("Look at it"),
            path="./",
            look="act",
        )
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
        rows=(*_from_site(morning), begin, *_from_shelf(morning), *_if_nothing_comes(morning)),
        steps=steps(done=0),
        line=points(morning),
        hints=hints(morning),
    )


def _from_site(morning: Morning) -> Iterator[Row]:
    sites = morning.around.offers.sites
    if sites:
        named = ", ".join(filter(None, sites))
        told = _("Asks %(site)s now. You see what was taken before anything goes out.", site=named)
        yield Row(
            title=_("Take the newest from your site"),
            text=told if named else _("You see what was taken before anything goes out."),
            button=_("Take it"),
            post="take?of=site",
        )


def _from_shelf(morning: Morning) -> Iterator[Row]:
    offers = morning.around.offers
    if not offers.has_shelf:
        return
    standing = offers.standing
    told = counted(
        "%(count)s story stands by; each is used once.",
        "%(count)s stories stand by; each is used once.",
        len(standing),
    )
    yield Row(
        title=_("Use one from the shelf"),
        text=told if standing else _("Nothing is left on it: each is used once."),
    )
    for one in standing[:_MOST_STANDING]:
        yield Row(
            title=one.headline,
            button=_("Use it"),
            post=f"take?of={one.key}",
            look="slim",
            is_named=True,
            is_below=True,
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
        hints=hints(morning),
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
        hints=hints(morning),
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
            "Until it goes out you can take it back. If you change a word, it waits for your "
            "approval again."
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
        then=(next_day(morning),),
        number=number,
        steps=steps(done=4),
        line=points(morning),
        hints=hints(morning),
    )


def _goes_out(morning: Morning, *, once: str = "") -> str:
    due, now, zone = morning.due, morning.now, morning.zone
    return goes_out(due, now=now, zone=zone, readers=morning.readers, once=once)
