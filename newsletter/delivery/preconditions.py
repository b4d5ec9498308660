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
    day = send.edition
    if send.kind is SendKind.WEEKLY:
        return (
            said("The digest of %(day)s", day=day)
            if begins
            else said("the digest of %(day)s", day=day)
        )
    return (
        said("The edition of %(day)s", day=day)
        if begins
        else said("the edition of %(day)s", day=day)
    )


def options(send: Send) -> str:
    """Return the options by which commands find a send."""
    kind = f" --kind {send.kind}" if send.kind is SendKind.WEEKLY else ""
    return f"--date {send.edition}{kind}"


def found_send(send: Send | None, day: date, *, hint: str = "") -> Send:
    """Return the send of an edition. Raises `NothingToDo` while it has none; `hint` is its hint."""
    if send is None:
        raise NothingToDo(said("The edition of %(day)s has no send yet.", day=day), hint=hint)
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
            said(
                "There is no edition on %(day)s, by [schedule]: `newsletter schedule plan "
                "--from %(day)s` says why.",
                day=request.day,
            ),
            hint=f"To send one all the same: newsletter send --date {request.day} --now",
        )
    if now < due.begin:
        ahead = (
            said(", and handed over from %(begin)s on", begin=f"{due.begin:%H:%M}")
            if due.begin < due.at
            else ""
        )
        raise TryLater(
            said(
                "The edition of %(day)s is due at %(at)s UTC%(ahead)s.",
                day=request.day,
                at=f"{due.at:%Y-%m-%d %H:%M}",
                ahead=ahead,
            ),
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
        said(
            "%(named)s was frozen for %(whom)s, %(recipients)s recipients, and an "
            "edition has one send.%(told_outside)s",
            named=named(send),
            whom=_whom(send),
            recipients=f"{send.recipients:,}",
            told_outside=_told_outside(send, ledger),
        ),
        hint=f"Without --segment the same command goes on with it: newsletter send {options(send)}",
    )


def _whom(send: Send) -> str:
    return (
        said("the segment %(segment)s", segment=send.segment) if send.segment else said("everyone")
    )


def _told_outside(send: Send, ledger: Ledger) -> str:
    """Tell how many who want the edition do not get it, and why."""
    outside = ledger.outside(send)
    if not outside:
        return ""
    if send.segment:
        return said(
            " %(count)s active subscriber(s) who want it are not in it, because they were not in "
            "that segment or over its cap, or came after the freeze; they do not get it.",
            count=f"{outside:,}",
        )
    return said(
        " %(count)s active subscriber(s) who want it are not in it, because they were over the "
        "cap of that day, or came after the freeze; they do not get it.",
        count=f"{outside:,}",
    )


def refuse_if_done(send: Send | None, ledger: Ledger) -> None:
    """Refuse to send an edition again, or one that an operator stopped.

    Raises `NothingToDo` with the numbers, `Held` for a send that is paused.
    """
    if send is not None and send.status is SendStatus.PAUSED:
        raise Held(
            said("The send of %(named)s is paused.", named=named(send, begins=False)),
            hint=f"newsletter send resume {options(send)}",
        )
    if send is not None and send.status is SendStatus.CANCELLED:
        raise NothingToDo(
            said("The send of %(named)s was cancelled.", named=named(send, begins=False)),
            hint=f"See who got it before: newsletter audit {options(send)}",
        )
    if send is None or send.status is not SendStatus.COMPLETE:
        return
    view = ledger.view(send.id)
    refused = view.refused + view.given_up
    left_out = f" {refused} could not be mailed; `newsletter audit` says why." if refused else ""
    others = (
        said(
            " It was for %(whom)s.%(told_outside)s",
            whom=_whom(send),
            told_outside=_told_outside(send, ledger),
        )
        if send.segment
        else ""
    )
    raise NothingToDo(
        said(
            "%(named)s went to its %(recipients)s recipients already (send %(id)s); "
            "nobody gets it twice.%(told_deferred)s%(left_out)s%(others)s",
            named=named(send),
            recipients=send.recipients,
            id=send.id,
            told_deferred=_told_deferred(view),
            left_out=left_out,
            others=others,
        ),
        hint=f"See who got what: newsletter audit {options(send)}",
    )


def _told_deferred(view: SendView) -> str:
    if view.next_retry is None:
        return ""
    return said(
        " %(count)s of them wait: the mail server asked to try them again later, from %(at)s UTC "
        "on.",
        count=view.tally(BatchState.DEFERRED).recipients,
        at=f"{view.next_retry:%Y-%m-%d %H:%M}",
    )


def refuse_missing_values(message: Message, audience: Audience, ledger: Ledger) -> None:
    """Refuse a message that asks for a value which some of its readers lack. Raises `Held`."""
    for field in message.fields:
        if field.fallback is not None or field.name in _EVERYBODYS:
            continue
        count, first = ledger.lacking(field.name, audience, limit=10)
        if count:
            raise Held(
                said(
                    "The template asks for %(name)s without a fallback, and %(count)s of its "
                    "readers have none: %(first)s%(more)s",
                    name=field.name,
                    count=count,
                    first=", ".join(first),
                    more=" …" if count > len(first) else "",
                ),
                hint=said(
                    'Give a fallback in the template, merge("%(name)s", "…"), or fill it in.',
                    name=field.name,
                ),
            )


def refuse_other_provider(send: Send, provider: Provider) -> None:
    """Refuse to go on with another provider than the send was begun with. Raises `Held`."""
    if send.provider != provider.name:
        raise Held(
            said(
                "This send was begun with the provider %(provider)s, and %(name)s is "
                "configured now.",
                provider=send.provider,
                name=provider.name,
            ),
            hint=f'Set [delivery] provider = "{send.provider}" again until it is complete.',
        )
