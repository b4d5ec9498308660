"""What stands on the desk while renders succeed and fail."""

from __future__ import annotations

import asyncio
import threading

from newsletter.core.errors import InputError, TemplateError, Where
from newsletter.core.model.findings import Finding, Severity
from newsletter.editions.proofs import Preview
from newsletter.web.desk.renders import Problem, Soon, Stage, View
from tests.support.desk import Renders, finish, make_preview
from tests.support.time import PATIENCE


def refreshed(stage: Stage) -> Stage:
    """Render once."""
    finish(stage.refresh())
    return stage


def test_the_same_render_is_no_new_version() -> None:
    stage = refreshed(Stage(Renders(make_preview())))
    first = stage.view
    assert (first.version, first.preview) == (1, make_preview())
    assert refreshed(stage).view == first
    assert not first.is_busy


def test_a_failure_keeps_the_last_good_render() -> None:
    renders = Renders(make_preview())
    stage = refreshed(Stage(renders))
    renders.answer = TemplateError("Line 4 is broken.", hint="Mend it.")
    view = refreshed(stage).view
    assert view.problem == Problem("Line 4 is broken.", "Mend it.")
    assert (view.version, view.preview) == (2, make_preview())


def test_file_and_line_stand_apart_from_the_message_where_they_lead_it() -> None:
    where = Where(file="email/brief.mjml.j2", line=4)
    placed = TemplateError("“storry” is undefined.", hint="Mend it.", where=where)
    assert refreshed(Stage(Renders(placed))).view.problem == Problem(
        "“storry” is undefined.", "Mend it.", place="email/brief.mjml.j2, line 4"
    )
    where = Where(file="list.csv", line=4, leads=False)
    named = InputError("Line 4 of list.csv is too long.", where=where)
    assert refreshed(Stage(Renders(named))).view.problem == Problem(named.what)


def test_the_problem_goes_when_the_render_succeeds_again() -> None:
    renders = Renders(TemplateError("Line 4 is broken."))
    stage = refreshed(Stage(renders))
    assert stage.view.preview is None
    renders.answer = make_preview()
    assert refreshed(stage).view.problem is None


def test_a_fault_of_the_program_is_shown_like_any_problem() -> None:
    stage = refreshed(Stage(Renders(ZeroDivisionError("by zero"))))
    assert stage.view.problem == Problem(
        "This is a fault of the program: ZeroDivisionError('by zero')", ""
    )


def test_a_render_under_way_is_told_before_it_is_done() -> None:
    may_end = threading.Event()

    def slow(soon: Soon) -> Preview:
        del soon
        may_end.wait(PATIENCE)
        return make_preview()

    async def seen() -> list[tuple[int, bool]]:
        stage = Stage(slow)
        refreshing = asyncio.create_task(stage.refresh())
        first = await stage.after(stage.view, seconds=PATIENCE)
        may_end.set()
        second = await stage.after(first, seconds=PATIENCE)
        await refreshing
        return [(view.version, view.is_busy) for view in (first, second)]

    assert finish(seen()) == [(0, True), (1, False)]


def test_waiting_ends_without_a_change_too() -> None:
    stage = Stage(Renders(make_preview()))
    assert finish(stage.after(stage.view, seconds=0.01)).version == 0


def test_who_knows_another_view_does_not_wait() -> None:
    stage = refreshed(Stage(Renders(make_preview())))
    assert finish(stage.after(None, seconds=PATIENCE)).version == 1


def test_a_mail_is_shown_before_it_is_checked() -> None:
    finding = Finding(code="subject", severity=Severity.WARNING, message="It is long.")
    checked = make_preview(findings=(finding,))
    may_end = threading.Event()

    def render(soon: Soon) -> Preview:
        soon(make_preview())
        may_end.wait(PATIENCE)
        return checked

    async def seen() -> list[View]:
        stage = Stage(render)
        refreshing = asyncio.create_task(stage.refresh())
        unchecked = stage.view
        while not unchecked.mails:
            unchecked = await stage.after(unchecked, seconds=PATIENCE)
        may_end.set()
        await refreshing
        once = stage.view
        await stage.refresh()
        return [unchecked, once, stage.view]

    unchecked, once, again = finish(seen())
    assert (unchecked.mails, unchecked.mail, unchecked.preview) == (1, make_preview(), None)
    assert (unchecked.version, unchecked.is_busy) == (0, True)
    assert (once.mails, once.version, once.preview) == (1, 1, checked)
    assert again == once  # the same once more is neither a new mail nor news
