"""A send that is asked for after its hour: it begins ten seconds later, and can be taken back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.app import App
from newsletter.core.errors import NewsletterError, NothingToDo
from newsletter.delivery.preconditions import SendRequest
from newsletter.web.desk.error_words import hint, what
from newsletter.web.desk.handing_over import HandingOver
from newsletter.web.desk.session import Opener, with_app
from newsletter.web.desk.words import _

GRACE = 10.0  # seconds in which it can be taken back
_pause = asyncio.sleep  # by name, so that a test decides how long the grace is


@dataclass(frozen=True, slots=True)
class Asked:
    """A send that was asked for, and has not begun."""

    begins_at: datetime
    task: asyncio.Task[None]


class Starting:
    """The sends that were asked for here; where the desk ends before its time, nothing goes out."""

    def __init__(self, opened: Opener, handing_over: HandingOver, *, grace: float = GRACE) -> None:
        self._opened = opened
        self._handing_over = handing_over
        self._grace = grace
        self._asked: dict[date, Asked] = {}
        self._failed: dict[date, str] = {}
        self._beginning: set[date] = set()  # from here on it is no more to be taken back

    def begins_at(self, day: date) -> datetime | None:
        """Say when a send begins that was asked for; None where none was, or it began."""
        found = self._asked.get(day)
        return found.begins_at if found else None

    def failed(self, day: date) -> str:
        """Say why a send that was asked for did not begin."""
        return self._failed.get(day, "")

    async def ask(self, day: date, *, by: str, digest: str) -> datetime:
        """Let the send of an edition begin after the grace; say when."""
        now = await with_app(self._opened, lambda app: app.clock.now())
        if day in self._asked:
            return self._asked[day].begins_at
        begins_at = now + timedelta(seconds=self._grace)
        task = asyncio.create_task(self._begin(day, by=by, digest=digest))
        self._asked[day] = Asked(begins_at, task)
        self._failed.pop(day, None)
        return begins_at

    def take_back(self, day: date) -> bool:
        """Take a send back that was asked for; say whether there was one.

        Raises `NothingToDo` for one that begins at this very moment.
        """
        if day in self._beginning:
            raise NothingToDo(_("It begins at this moment."), hint=_("Stop it from going on."))
        found = self._asked.pop(day, None)
        return found is not None and found.task.cancel()

    async def correct(self, day: date, *, by: str, note: str) -> None:
        """Send the edition as it is now to those who do not have it, and go on."""

        def put_right(app: App) -> None:
            app.corrections.correct(day, note, today=app.today())
            digest = app.ledger.message(app.control.view(day).send.id).digest
            app.approvals.record(day, by=by, digest=digest)
            app.control.resume(day)

        await with_app(self._opened, put_right)
        self._handing_over.go_on(day)

    async def go_on(self, day: date) -> None:
        """Go on with a send that was stopped."""
        await with_app(self._opened, lambda app: app.control.resume(day))
        self._handing_over.go_on(day)

    async def _begin(self, day: date, *, by: str, digest: str) -> None:
        await _pause(self._grace)
        self._beginning.add(day)
        try:
            await with_app(
                self._opened, lambda app: app.approvals.approve(day, by=by, digest=digest)
            )
            await with_app(self._opened, lambda app: _frozen(app, day))
        except NewsletterError as error:
            self._failed[day] = f"{what(error)} {hint(error)}"
            return
        finally:
            self._beginning.discard(day)
            self._asked.pop(day, None)
        self._handing_over.go_on(day)


def _frozen(app: App, day: date) -> None:
    """Freeze the send, so that the page shows it at once; what is refused is told here."""
    if app.sends.find(day) is not None:
        raise NothingToDo(_("It went out already."))
    app.sends.freeze(SendRequest(day=day, at_once=True))
