"""May an edition go now, is it for the same people, does anything lack? Each no is an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from newsletter.core import segments
from newsletter.core.calendar import Due
from newsletter.core.errors import Held, NothingToDo, TryLater, UsageError
from newsletter.core.model import BatchState, Message, Send, SendKind, SendStatus
from newsletter.core.model.records import SendView
from newsletter.core.sentences import said
from newsletter.delivery.provider import Provider
from newsletter.message.merge import BEHIND_UNSUBSCRIBE
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.ledger import Ledger

_EVERYBODYS = frozenset({"address", *BEHIND_UNSUBSCRIBE})  # fields that nobody can lack


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """What the caller asks for."""

    day: date
    at_once: bool = False  # --now: without waiting for the due moment
    late: bool = False  # --late: although the date is past, or the catch-up window closed
    goes_on: bool = False  # with what was begun, whatever its date, at its own moments
    kind: SendKind = SendKind.EDITION
    segment: str | None = None  # --segment; empty: everyone; None: what [delivery] says


def named(send: Send, *, begins: bool = True) -> str:
    """Name what a send is of, at the beginning of a sentence or inside one."""
    what = "digest" if send.kind is SendKind.WEEKLY else "edition"
    return f"{'The' if begins else 'the'} {what} of {send.edition}"


def options(send: Send) -> str:
    """Return the options by which commands find a send."""
    kind = f" --kind {send.kind}" if send.kind is SendKind.WEEKLY else ""
    return f"--date {send.edition}{kind}"


def found_send(send: Send | None, day: date, *, hint: str = "") -> Send:
    """Return the send of an edition. Raises `NothingToDo` while it has none; `hint` is its hint."""
    if send is None:
        raise NothingToDo(f"The edition of {day} has no send yet.", hint=hint)
    return send


def refuse_if_not_yet(request: SendRequest, *, due: Due | None, today: date, now: datetime) -> None:
    """Refuse a send whose moment is not now; `due` is None on a day without an edition.

    What was begun may go on at any time. Raises `UsageError` for a past date without `--late`,
    `TryLater` before the due moment, `Held` after the catch-up window.
    """
    if request.goes_on:
        return
    if request.day < today and not request.late:
        raise UsageError(
            said(
                "The edition of %(day)s is in the past (today is %(today)s).",
                day=request.day,
                today=today,
            ),
            hint=f"If it really should go out now: newsletter send --date {request.day} --late",
        )
    if request.at_once or request.late:
        return
    if due is None:
        raise NothingToDo(
            f"There is no edition on {request.day}, by [schedule]: `newsletter schedule plan "
            f"--from {request.day}` says why.",
            hint=f"To send one all the same: newsletter send --date {request.day} --now",
        )
    if now < due.begin:
        ahead = f", and handed over from {due.begin:%H:%M} on" if due.begin < due.at else ""
        raise TryLater(
            f"The edition of {request.day} is due at {due.at:%Y-%m-%d %H:%M} UTC{ahead}.",
            hint="`newsletter run` and `newsletter schedule` send it then; --now sends it at once.",
        )
    if now > due.until:
        raise Held(
            said(
                "The catch-up window of %(day)s closed at %(until)s UTC.",
                day=request.day,
                until=f"{due.until:%Y-%m-%d %H:%M}",
            ),
            hint="If it should still go out: newsletter send --late",
        )


def refuse_other_segment(send: Send | None, wished: str | None, ledger: Ledger) -> None:
    """Refuse to send an edition to others than it was frozen for. Raises `UsageError`.

    `wished` is a segment, empty for everyone; None goes on with whatever was frozen.
    """
    if send is None or wished is None or segments.are_same(send.segment, wished):
        return
    raise UsageError(
        f"{named(send)} was frozen for {_whom(send)}, {send.recipients:,} "
        f"recipients, and an edition has one send.{_told_outside(send, ledger)}",
        hint=f"Without --segment the same command goes on with it: newsletter send {options(send)}",
    )


def _whom(send: Send) -> str:
    return f"the segment {send.segment}" if send.segment else "everyone"


def _told_outside(send: Send, ledger: Ledger) -> str:
    """Tell how many who want the edition do not get it, and why."""
    outside = ledger.outside(send)
    if not outside:
        return ""
    why = "they were not in that segment or over its cap, or came"
    why = why if send.segment else "they were over the cap of that day, or came"
    return (
        f" {outside:,} active subscriber(s) who want it are not in it, because {why} after the "
        "freeze; they do not get it."
    )


def refuse_if_done(send: Send | None, ledger: Ledger) -> None:
    """Refuse to send an edition again, or one that an operator stopped.

    Raises `NothingToDo` with the numbers, `Held` for a send that is paused.
    """
    if send is not None and send.status is SendStatus.PAUSED:
        raise Held(
            f"The send of {named(send, begins=False)} is paused.",
            hint=f"newsletter send resume {options(send)}",
        )
    if send is not None and send.status is SendStatus.CANCELLED:
        raise NothingToDo(
            f"The send of {named(send, begins=False)} was cancelled.",
            hint=f"See who got it before: newsletter audit {options(send)}",
        )
    if send is None or send.status is not SendStatus.COMPLETE:
        return
    view = ledger.view(send.id)
    refused = view.refused + view.given_up
    left_out = f" {refused} could not be mailed; `newsletter audit` says why." if refused else ""
    others = f" It was for {_whom(send)}.{_told_outside(send, ledger)}" if send.segment else ""
    raise NothingToDo(
        f"{named(send)} went to its {send.recipients} recipients already "
        f"(send {send.id}); nobody gets it twice.{_told_deferred(view)}{left_out}{others}",
        hint=f"See who got what: newsletter audit {options(send)}",
    )


def _told_deferred(view: SendView) -> str:
    if view.next_retry is None:
        return ""
    return (
        f" {view.tally(BatchState.DEFERRED).recipients} of them wait: the mail server asked to "
        f"try them again later, from {view.next_retry:%Y-%m-%d %H:%M} UTC on."
    )


def refuse_missing_values(message: Message, audience: Audience, ledger: Ledger) -> None:
    """Refuse a message that asks for a value which some of its readers lack. Raises `Held`."""
    for field in message.fields:
        if field.fallback is not None or field.name in _EVERYBODYS:
            continue
        count, first = ledger.lacking(field.name, audience, limit=10)
        if count:
            raise Held(
                f"The template asks for {field.name} without a fallback, and {count} of its "
                f"readers have none: {', '.join(first)}{' …' if count > len(first) else ''}",
                hint=f'Give a fallback in the template, merge("{field.name}", "…"), or fill it in.',
            )


def refuse_other_provider(send: Send, provider: Provider) -> None:
    """Refuse to go on with another provider than the send was begun with. Raises `Held`."""
    if send.provider != provider.name:
        raise Held(
            f"This send was begun with the provider {send.provider}, and {provider.name} is "
            "configured now.",
            hint=f'Set [delivery] provider = "{send.provider}" again until it is complete.',
        )
