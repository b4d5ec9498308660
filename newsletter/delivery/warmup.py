"""How many an edition may go to: a cap, and the ramp of a sender whom mailboxes get to know.

The ramp is SendGrid's for a new dedicated IP, in mails an hour by day (sendgrid.md 4.4, and between
its days 1.4 times as many as the day before): an edition goes out within the hour. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

RAMP = (
    *(20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810),
    *(1_000, 1_587, 2_222, 3_111, 4_356, 6_098, 8_538, 11_953),
    *(16_734, 23_427, 32_798, 45_917, 64_284, 89_998, 125_997),
)


def cap(
    day: date, *, daily: int | None, warm_up_from: date | None, ramp: Sequence[int] = RAMP
) -> int | None:
    """Return the most recipients an edition may have; None: any number.

    Before the warm-up begins and after its last day only the daily cap holds.
    """
    steps = ramp or RAMP
    number = -1 if warm_up_from is None else (day - warm_up_from).days
    caps = [steps[number]] if 0 <= number < len(steps) else []
    return min([*caps, *([daily] if daily else [])], default=None)
