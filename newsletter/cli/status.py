"""`newsletter status`: what was, what is and what comes next, on one screen."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.operations.overview import Coming, Overview, Past

app = _shell.group("What was, what is, what comes next.")

_WORDS = {
    "free": "no edition",
    "none": "nothing yet",
    "assembled": "assembled",
    "held": "held",
    "missed": "missed",
    "approved": "approved",
    "changed": "changed since approved",
    "open": "under way",
    "paused": "paused",
    "cancelled": "cancelled",
    "complete": "handed over",
}
_SIGNS = {
    "free": "–",
    "complete": "✓",
    "missed": "✗",
    "held": "!",
    "paused": "!",
    "open": "→",
    "cancelled": "×",
}


@app.command()
def status(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Show on one screen what was, what is and what comes next.

    Exit 4 when something waits for a person.
    """
    from newsletter.operations.overview import overview

    with _shell.publication(config) as publication:
        found = overview(publication)
        name = publication.settings.publication.name
    if as_json:
        document = asdict(found)
        document["days"] = [{"date": day, "status": status} for day, status in found.days]
        _shell.print_json(document)
    else:
        _show(found, name)
    if found.attention:
        _shell.end(ExitCode.HELD)


def _show(found: Overview, name: str) -> None:
    from rich.markup import escape

    zone = ZoneInfo(found.zone)
    _shell.say(f"[bold]{escape(name)}[/]  {_moment(found.now, zone)}")
    _shell.say("\n[bold]Was[/]")
    _past(found.past)
    _week(found)
    _shell.say("\n[bold]Is[/]")
    for sentence in found.attention:
        _shell.hanging("  !", sentence, sign_style="yellow")
    if not found.attention:
        _shell.hanging("  ✓", "Nothing waits for a person.", sign_style="green")
    people = ", ".join(f"{count:,} {state}" for state, count in sorted(found.subscribers.items()))
    _shell.hanging(" ", f"Readers: {people or 'none yet'}")
    backup = _ago(found.last_backup, found.now) or "never"
    event = _ago(found.last_event, found.now) or "never"
    _shell.hanging(" ", f"Last backup: {backup}. Last event of {found.provider}: {event}.")
    _shell.say("\n[bold]Comes next[/]")
    _next(found.coming, found.now, zone)


def _past(past: Past | None) -> None:
    if past is None:
        _shell.hanging(" ", "No edition was sent yet.")
        return
    proved = "audit complete" if past.complete else "audit NOT complete"
    word = _WORDS.get(past.status, past.status)
    _shell.hanging(" ", f"{past.edition}: {word} to {past.recipients:,} recipients, {proved}")
    if past.lag is not None:
        took = f", done in {_span(past.duration)}" if past.duration is not None else ""
        late = "ahead of" if past.lag < 0 else "after"
        _shell.hanging(" ", f"Handed over {_span(abs(past.lag))} {late} its moment{took}")
    if past.reported:
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(past.reported.items()))
        _shell.hanging(" ", f"Reported: {told}")


def _week(found: Overview) -> None:
    """Show a sign a day, and say what those mean that are not in order."""
    signs = [f"{day:%a}\N{NO-BREAK SPACE}{_SIGNS.get(status, '·')}" for day, status in found.days]
    _shell.hanging(" ", "  ".join(signs))
    odd = {status for _, status in found.days if status in _SIGNS and status != "complete"}
    told = [f"{_SIGNS[status]} {_WORDS[status]}" for status in sorted(odd)]
    if told:
        _shell.hanging(" ", ", ".join(told), style="dim")


def _next(coming: Coming | None, now: datetime, zone: ZoneInfo) -> None:
    if coming is None:
        _shell.hanging(" ", "No edition is to come.")
        return
    left = _span((coming.due_at - now).total_seconds())
    due = _moment(coming.due_at, zone)
    _shell.hanging(" ", f"{coming.edition}: due {due}, in {left}")
    word = _WORDS.get(coming.status, coming.status)
    _shell.hanging(" ", f"{word}, for {coming.readers:,} readers")
    if coming.headline:
        _shell.hanging(" ", f"“{coming.headline}”")


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %Y, %H:%M %Z}"


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{_span((now - moment).total_seconds())} ago" if moment else ""


def _span(seconds: float | None) -> str:
    """Write a duration as a person says it."""
    whole = timedelta(seconds=max(0, round(seconds or 0)))
    hours, minutes = divmod(whole.seconds // 60, 60)
    if whole.days:
        return f"{whole.days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{whole.seconds} s"
