"""What values of config.toml are made of: addresses, zones, single lines, and tables of them."""

from __future__ import annotations

import re
import zoneinfo
from datetime import time
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from newsletter.core.config.wording import nearest_zone
from newsletter.core.web_addresses import as_carried

_TIME = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", re.ASCII)
_DATE, _STAND_IN = "{date}", "0date0"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        near = nearest_zone(name, zoneinfo.available_timezones)
        meant = f"; did you mean {near}?" if near else ""
        raise ValueError(f"is not an IANA time zone such as Europe/Berlin{meant}") from error
    return name


def _time_of_day(given: object) -> object:
    """Refuse what pydantic would read as seconds since midnight, and half a time."""
    if isinstance(given, time):
        return given
    if isinstance(given, str) and _TIME.fullmatch(given):
        return time.fromisoformat(given.zfill(5) if given.count(":") == 1 else given.zfill(8))
    raise ValueError('is not a time of day such as "07:00"')


def _address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).ascii_email or text
    except EmailNotValidError as error:
        raise ValueError(f"is not a usable e-mail address: {error}") from error


def _web_address(text: str) -> str:
    # `{date}` is filled in later, and braces would be encoded.
    carried = as_carried(text.replace(_DATE, _STAND_IN))
    if carried is None:
        raise ValueError("is not a web address such as https://brief.example.org")
    parts = urlsplit(carried)
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("must begin with https://")
    return carried.replace(_STAND_IN, _DATE).rstrip("/")


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Section(BaseModel):
    """A table of config.toml: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
