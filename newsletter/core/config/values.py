"""What values of config.toml are made of: addresses, zones, single lines, and tables of them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from newsletter.core.web_addresses import as_carried

_DATE, _STAND_IN = "{date}", "0date0"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is not an IANA time zone such as Europe/Berlin") from error
    return name


def _address(text: str) -> str:
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


Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Section(BaseModel):
    """A table of config.toml: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
