"""Read what SendGrid's answer means for an attempt; the table of sendgrid.md 2. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import orjson

from newsletter.core.errors import (
    AccountRefused,
    DeliveryError,
    MessageRefused,
    NotSubmitted,
    RecipientRefused,
    Throttled,
    TooLarge,
    Uncertain,
    Unreachable,
)
from newsletter.core.http.answer import Answer, HttpFailure, NeverSent, NoAnswer
from newsletter.core.model import Submission
from newsletter.core.sentences import said

LONGEST_WAIT = timedelta(minutes=15)
_LONGEST_QUOTE = 300
_PERSON = re.compile(r"personalizations[.\[](\d{1,4})\b\]?(?:\.(\w+))?")
_OF_A_PERSON = frozenset({None, "to", "substitutions", "headers", "custom_args"})
_WORD = re.compile(r"[^\s\"'<>,;:()\[\]{}\\]+")
_KEY = re.compile(r"SG\.[\w.-]+")
_MESSAGE_ID = re.compile(r"[\w.=+/-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the answer is an answer to."""

    recipients: int
    key: str  # never quoted
    sender: str  # the From address as configured


def read(answer: Answer, asked: Asked, *, now: datetime) -> Submission:
    """Return the submission of a 202; raise what every other answer means.

    A 202 without X-Message-Id is a submission too: the attempt's id travels in every event, so
    only the look-up by prefix is lost, while a second try would mail everybody twice.
    """
    if answer.status != HTTPStatus.ACCEPTED or not answer.whole_request:
        raise meaning(answer, asked, now=now)
    message_id = answer.headers.get("x-message-id", "").strip()
    return Submission(
        provider_id=message_id if _MESSAGE_ID.fullmatch(message_id) else "",
        status=answer.status,
        pause_until=_reset(answer, now) if _used_up(answer) else None,
    )


def lost(failure: HttpFailure) -> DeliveryError:
    """Return the error for an exchange that had no whole answer."""
    match failure:
        case NeverSent():
            return Unreachable(said("SendGrid was not reached: %(why)s.", why=failure))
        case NoAnswer(status=status):
            return Uncertain(
                said("SendGrid gave no whole answer: %(why)s.", why=failure), status=status
            )
        case _:
            return Uncertain(said("The exchange with SendGrid failed: %(why)s.", why=failure))


def harmless(error: DeliveryError) -> NotSubmitted:
    """Return the same error for a request that could not have sent anything."""
    if isinstance(error, Throttled | AccountRefused):
        return error
    return Unreachable(error.what, status=error.status)


def meaning(answer: Answer, asked: Asked, *, now: datetime) -> DeliveryError:
    """Return the error for an answer that is not the hoped-for one."""
    status, told = answer.status, _told(answer, asked)
    match status:
        case 400:
            return _refused(answer, asked, told)
        case 401:
            return AccountRefused(
                said(
                    "SendGrid does not accept the API key, or its credits are used up%(told)s",
                    told=told,
                ),
                hint="Look at SENDGRID_API_KEY, and at the account's credits.",
                status=status,
            )
        case 403:
            return AccountRefused(
                said(
                    "SendGrid does not let this account or key send from %(sender)s%(told)s",
                    sender=asked.sender,
                    told=told,
                ),
                hint="Verify the From address or its domain with SendGrid ([publication] "
                "sender.email), and give the key the permission Mail Send.",
                status=status,
            )
        case 404 | 405 | 415:
            return AccountRefused(
                said("This is not the address of SendGrid's API%(told)s", told=told),
                hint="Look at [sendgrid] base_url; it is https://api.sendgrid.com, or "
                "https://api.eu.sendgrid.com for accounts in the EU.",
                status=status,
            )
        case 413:
            return TooLarge(
                said("The request is too large for SendGrid%(told)s", told=told), status=status
            )
        case 429:
            return _throttled(answer, now)
        case _ if not answer.whole_request and status >= 500:
            return Unreachable(
                said("SendGrid answered before it had the whole request%(told)s", told=told),
                status=status,
            )
        case _:
            return Uncertain(
                said("SendGrid’s answer does not tell yes or no%(told)s", told=told), status=status
            )


# --- 400: who or what is at fault ------------------------------------------------------------


def _refused(answer: Answer, asked: Asked, told: str) -> RecipientRefused | MessageRefused:
    """Blame the first recipient that is named; but when all are, it is not one of them."""
    named = list(dict.fromkeys(_named(answer, asked.recipients)))
    if not named or 1 < asked.recipients == len(named):
        return MessageRefused(
            said("SendGrid refuses the request%(told)s", told=told), status=answer.status
        )
    return RecipientRefused(
        said("SendGrid refuses this recipient%(told)s", told=told),
        index=named[0],
        status=answer.status,
    )


def _named(answer: Answer, recipients: int) -> Iterator[int]:
    for field, message in _faults(answer):
        # A field without a number leaves it to the message to say which one (sendgrid.md 1.2).
        found = _PERSON.search(field) or _PERSON.search(message)
        if found and found[2] in _OF_A_PERSON and int(found[1]) < recipients:
            yield int(found[1])


def _faults(answer: Answer) -> list[tuple[str, str]]:
    """List (field, message) of the errors in a body, whatever its form."""
    try:
        body: Any = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return []
    errors = body.get("errors") if isinstance(body, dict) else None
    entries = errors if isinstance(errors, list) else []
    return [
        (str(one.get("field") or ""), str(one.get("message") or ""))
        for one in entries
        if isinstance(one, dict)
    ]


# --- when to go on -----------------------------------------------------------------------------


def asked_to_wait(answer: Answer, now: datetime) -> datetime | None:
    """Return the later of two moments an answer may name, within reason; None: it names none."""
    asked_for = [moment for moment in (_reset(answer, now), _retry_after(answer, now)) if moment]
    return max(asked_for, default=None)


def _throttled(answer: Answer, now: datetime) -> Throttled:
    until = asked_to_wait(answer, now)
    what = said("SendGrid asks to wait for a time it does not name (429).")
    if until:
        what = said("SendGrid asks to wait until %(at)s UTC (429).", at=f"{until:%H:%M:%S}")
    return Throttled(what, until=until, status=answer.status)


def _used_up(answer: Answer) -> bool:
    return answer.headers.get("x-ratelimit-remaining", "").strip() == "0"


def _reset(answer: Answer, now: datetime) -> datetime | None:
    """Read X-RateLimit-Reset, in Unix seconds."""
    seconds = _seconds(answer.headers.get("x-ratelimit-reset", ""))
    return None if seconds is None else _within_reason(seconds - now.timestamp(), now)


def _retry_after(answer: Answer, now: datetime) -> datetime | None:
    """Read Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is not None:
        return _within_reason(seconds, now)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _within_reason((moment - now).total_seconds(), now)


def _seconds(text: str) -> float | None:
    """Read a number of seconds, decimals allowed; None for anything else."""
    found = re.fullmatch(r"(\d{1,15})(?:\.\d{1,9})?", text.strip(), re.ASCII)
    return float(found[0]) if found else None


def _within_reason(seconds: float, now: datetime) -> datetime | None:
    """Forget what is past, and wait for nothing longer than `LONGEST_WAIT` at a time."""
    if seconds <= 0:
        return None
    return now + min(timedelta(seconds=min(seconds, 1e6)), LONGEST_WAIT)


# --- quoting -----------------------------------------------------------------------------------


def _told(answer: Answer, asked: Asked) -> str:
    """End a sentence with the status and what SendGrid said, without keys and addresses."""
    messages = "; ".join(
        f"{message} [{field}]" if field else message for field, message in _faults(answer)
    )
    text = messages or answer.body.decode("utf-8", "replace")
    quoted = quotable(text, key=asked.key)
    return f" ({answer.status}): {quoted}" if quoted else f" ({answer.status})."


def quotable(text: str, *, key: str) -> str:
    """Make a foreign text fit to be printed: one short line, no key, no e-mail address."""
    masked = _KEY.sub("[key]", text.replace(key, "[key]") if key else text)
    masked = _WORD.sub(lambda word: "[address]" if _has_at(word[0]) else word[0], masked)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in masked).split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]} …"


def _has_at(word: str) -> bool:
    return "@" in word or "%40" in word
