"""Moments and dates as pages write them: in the publication's zone, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from newsletter.core import calendar
from newsletter.message.render.language import locale

if TYPE_CHECKING:
    from newsletter.web.site.site import Site


def hour(site: Site, language: str) -> str:
    """Write the hour the brief comes at."""
    return format_time(site.settings.schedule.at, format="short", locale=locale(language))


def next_edition(site: Site, language: str) -> str:
    """Write when the next edition comes; empty where none is planned."""
    due = calendar.next_due(site.settings.timetable, site.now())
    if due is None:
        return ""
    local = due.at.astimezone(ZoneInfo(site.publication.zone))
    when = format_time(local, format="short", locale=locale(language))
    return f"{weekday(due.date, language)}, {when}"


def weekday(day: date, language: str) -> str:
    """Write a date with its weekday."""
    return format_date(day, format="full", locale=locale(language))


def moment(site: Site, at: datetime, language: str) -> str:
    """Write a date and an hour."""
    local = at.astimezone(ZoneInfo(site.publication.zone))
    when = format_time(local, format="short", locale=locale(language))
    return f"{format_date(local.date(), format='long', locale=locale(language))}, {when}"
