"""Take off what `[retention]` keeps no longer, a few steps at a time, when nothing is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from newsletter.app import App

_STEPS = 40  # of each kind in one tick: 200,000 rows, which takes seconds


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same moment some months ago; a day that month does not have is its last."""
    count = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(count, 12)
    if year < 1:
        return datetime.min.replace(tzinfo=moment.tzinfo)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=year, month=month + 1, day=min(day, moment.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def tidy(app: App, *, wants_to_stop: Callable[[], bool] = lambda: False) -> int:
    """Take off old rows; return how many. The next tick goes on where this one stopped."""
    keep, now = app.settings.retention, app.clock.now()
    app.retention.make_room(now=now)
    steps: list[Callable[[], int]] = []
    if keep.recipients is not None:
        before = months_before(now, keep.recipients)
        steps.append(lambda: app.retention.take_off_recipients(before=before, now=now))
    if keep.events is not None:
        old = months_before(now, keep.events)
        steps.append(lambda: app.retention.take_off_events(before=old))
    return sum(_repeat(step, wants_to_stop) for step in steps)


def _repeat(step: Callable[[], int], wants_to_stop: Callable[[], bool]) -> int:
    done = 0
    for _ in range(_STEPS):
        if wants_to_stop():
            break
        more = step()
        done += more
        if not more:
            break
    return done
