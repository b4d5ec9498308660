"""`[schedule]` and `[delivery]`: when an edition goes out, and how it is handed over."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from newsletter.core import holidays, segments
from newsletter.core.calendar import Weekday
from newsletter.core.config.values import Section, TimeOfDay
from newsletter.core.errors import UsageError

_LONGEST_TIMEOUT = 120
_EVENING = time(15, 0)  # what is prepared later than `at` and then is meant for the next day
_EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _segment(text: str) -> str:
    try:
        return segments.as_written(text)
    except UsageError as error:
        raise ValueError(f"is no segment. {error.what}") from error


def _approval(given: object) -> object:
    """Read what was a switch in earlier versions."""
    switch: dict[object, str] = {
        True: "required",
        False: "none",
        "true": "required",
        "false": "none",
    }
    return switch.get(given, given) if isinstance(given, bool | str) else given


Region = Annotated[str, AfterValidator(holidays.region)]
Approval = Annotated[Literal["none", "required", "unless-errors"], BeforeValidator(_approval)]


class Schedule(Section):
    """`[schedule]`: when an edition is prepared, due, and too late."""

    at: TimeOfDay = time(7, 0)
    zone: Literal["publication", "reader"] = "publication"  # whose clock shows `at`
    days: tuple[Weekday, ...] = _EVERY_DAY
    skip: tuple[date, ...] = ()
    holidays: tuple[Region, ...] = ()  # countries such as "GB" or "DE-BY", whose days have none
    starts: date | None = None  # no edition before
    also: tuple[date, ...] = ()  # dates with an edition whatever weekday or holiday they are
    weekly: Weekday | Literal["off"] = "sat"  # when weekly readers have their digest
    prepare_at: TimeOfDay | None = None
    catch_up: TimeOfDay | None = None
    approval: Approval = "none"  # whether anything goes out that nobody approved
    look_every: Annotated[int, Field(ge=1, le=1440)] = 10  # minutes between two looks

    @property
    def has_digest(self) -> bool:
        """Say whether weekly readers have a digest of their own."""
        return self.weekly != "off"

    @model_validator(mode="after")
    def _in_order(self) -> Schedule:
        both = sorted({*self.also} & {*self.skip})
        if both:
            raise ValueError(f"{both[0]} must not be in `also` and in `skip`")
        if self.catch_up is not None and self.catch_up <= self.at:
            raise ValueError(f"`catch_up` must be later than `at` ({self.at:%H:%M})")
        if self.prepare_at is not None and self.prepare_at > self.at and not self.evening_before:
            raise ValueError(
                f"`prepare_at` must not be later than `at` ({self.at:%H:%M}), except for the "
                f"evening before, from {_EVENING:%H:%M} on"
            )
        return self

    @property
    def evening_before(self) -> bool:
        """Say whether an edition is prepared on the day before its own."""
        return self.prepare_at is not None and self.prepare_at > max(self.at, _EVENING)


class Canary(Section):
    """`[delivery.canary]`: who goes first, and which reports pause a send."""

    share: Annotated[float, Field(ge=0, le=0.5)] = 0.0  # of the audience; 0: all at once
    wait: Annotated[int, Field(ge=1, le=1440)] = 30  # minutes until the others follow
    most_bounced: Annotated[float, Field(gt=0, le=1)] = 0.05
    most_complained: Annotated[float, Field(gt=0, le=1)] = 0.003
    most_blocked: Annotated[float, Field(gt=0, le=1)] = 0.2


class Delivery(Section):
    """`[delivery]`: how the mail is handed over."""

    provider: str = "sendgrid"
    mode: Literal["immediate", "scheduled"] = "immediate"
    lead: Annotated[int, Field(ge=20, le=1440)] = 30  # minutes; for mode = "scheduled"
    canary: Canary = Canary()
    daily_cap: Annotated[int, Field(ge=1)] | None = None  # recipients of an edition
    warm_up_from: date | None = None
    warm_up: tuple[Annotated[int, Field(ge=1)], ...] = ()  # by day; empty: SendGrid's ramp
    batch_size: Annotated[int, Field(ge=1, le=1000)] = 1000
    parallel: Annotated[int, Field(ge=1, le=64)] = 4
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0  # seconds for one whole request
    give_up_after: Annotated[float, Field(ge=0, le=86_400)] = 900.0  # seconds of waiting in all
    segment: Annotated[str, AfterValidator(_segment)] = ""  # for whom editions are; empty: everyone

    @model_validator(mode="after")
    def _in_time_to_recall(self) -> Delivery:
        if self.mode == "scheduled" and self.timeout > _LONGEST_TIMEOUT:
            raise ValueError(
                f'`timeout` must be at most {_LONGEST_TIMEOUT} with mode = "scheduled": what is '
                "in doubt is recalled ten minutes before its moment at the latest"
            )
        return self
