"""SendGrid's own count: requests of this publication's category, day by day.

GET /v3/categories/stats. In which time zone its days begin, and how late they are counted, is
written nowhere; whoever reads the count allows for both.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import AccountRefused, Throttled, Unreachable
from newsletter.core.http.answer import Answer, HttpFailure
from newsletter.delivery.provider import Statistics
from newsletter.delivery.providers.sendgrid import answers
from newsletter.delivery.providers.sendgrid.client import api_key, connect, open_wire

_METRIC = "requests"


def make_statistics(settings: Settings, clock: Clock) -> Statistics:
    """Return the account's count. Raises `ConfigError` when the key is missing or cannot be one."""
    return _Statistics(settings, clock)


class _Statistics:
    """`Statistics` for SendGrid."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._wire = open_wire(settings, connections=1)
        self._sdk = connect(
            key=api_key(settings),
            base_url=settings.sendgrid.base_url,
            wire=self._wire,
            timeout=settings.delivery.timeout,
            on_behalf_of=settings.sendgrid.on_behalf_of,
        )
        self._category = settings.publication.id
        self._clock = clock

    def handed_over(self, first: date, last: date) -> int:
        """Add up the requests of some days, both included."""
        query = {
            "categories": self._category,
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "aggregated_by": "day",
        }
        try:
            answer: Answer = self._sdk.client.categories.stats.get(query_params=query)
        except HttpFailure as failure:
            raise Unreachable(f"SendGrid's statistics were not reached: {failure}.") from failure
        self._refuse(answer)
        try:
            return _total(orjson.loads(answer.body))
        except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError) as error:
            what = "SendGrid's statistics came in a form that is not known."
            raise Unreachable(what) from error

    def close(self) -> None:
        """Close the connection; harmless when called twice."""
        self._wire.close()

    def _refuse(self, answer: Answer) -> None:
        if answer.status in {401, 403}:
            raise AccountRefused(
                f"SendGrid does not show its statistics to this key ({answer.status}).",
                hint="Give the key the permission Stats, Read Access.",
                status=answer.status,
            )
        if answer.status == 429:
            raise Throttled(
                "SendGrid asks to wait before its statistics are read (429).",
                until=answers.asked_to_wait(answer, self._clock.now()),
                status=answer.status,
            )
        if answer.status != 200:
            what = f"SendGrid did not show its statistics ({answer.status})."
            raise Unreachable(what, status=answer.status)


def _total(days: Any) -> int:
    return sum(int(one["metrics"].get(_METRIC, 0)) for day in days for one in day["stats"] if one)
