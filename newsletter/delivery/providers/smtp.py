"""Hands each reader's copy to a mail server, over kept-open and pipelined connections.

Every copy is a transaction of its own, so a server answers for each person. An attempt goes
through its people in order on one connection and ends at the first thing that is not one person's
fault: what was taken until then is submitted, what was not handed over is planned again, and a
copy whose answer was lost is a doubt of its own (docs/providers.md).
"""

from __future__ import annotations

import queue
import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import (
    AccountRefused,
    ConfigError,
    DeliveryError,
    RecipientRefused,
    Uncertain,
    Unreachable,
)
from newsletter.core.model import Attempt, SetAside, Submission
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers import _mail, _recipients
from newsletter.delivery.providers._smtp import Copy, Session, answer

PASSWORD = "NEWSLETTER_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
SECRETS = (PASSWORD,)
_PAUSE = timedelta(seconds=30)  # after the server ended an attempt in the middle


def make(settings: Settings, clock: Clock) -> Provider:
    """Return the provider. Raises `ConfigError` for a user without a password."""
    password = settings.secret(PASSWORD)
    if settings.smtp.user and not password:
        raise ConfigError(
            f"[smtp] user is set, and {PASSWORD} is not.",
            hint=f"Set {PASSWORD}, or name a file that holds it as {PASSWORD}_FILE.",
        )
    return _Smtp(settings, clock, password=password or "")


@dataclass
class _Progress:
    """How far an attempt has come."""

    taken: int = 0
    refused: list[SetAside] = field(default_factory=list)
    last_status: int | None = None


class _Smtp:
    """The provider `smtp`."""

    name = "smtp"
    max_recipients = 100  # one durable record for so many copies; a server's session seldom ends

    def __init__(self, settings: Settings, clock: Clock, *, password: str) -> None:
        self._options = settings.smtp
        self._timeout = settings.delivery.timeout
        self._clock = clock
        self._password = password
        self._idle: queue.LifoQueue[Session] = queue.LifoQueue()
        self._pacing = threading.Lock()
        self._next_at: datetime | None = None

    def problems(self, attempt: Attempt) -> dict[int, str]:
        """Say whose mail nobody could deliver, by their index, and why. Pure."""
        return _recipients.problems(attempt.recipients)

    def fits(self, attempt: Attempt) -> bool:  # noqa: ARG002 - each copy goes alone
        """Say yes: what is too large for the server is so for one copy as for all."""
        return True

    def submit(self, attempt: Attempt) -> Submission:
        """Hand over the copies in order; the answer says of each person what is known.

        Raises `NotSubmitted` when the server took nobody's copy, and `Uncertain` when the only
        one it may have taken is in doubt.
        """
        session = self._session()
        progress = _Progress()
        copies = self._copies(attempt, seven_bit=session.seven_bit)
        answers = session.hand_over(copies, sender=attempt.envelope.sender_email)
        for index, (person, told) in enumerate(zip(attempt.recipients, answers, strict=False)):
            progress.last_status = told.status
            if told.error is not None:
                session.close()
                return self._ended(attempt, index, told.error, progress)
            if told.refuses_person:
                refusal = SetAside(
                    position=person.position, outcome="refused", reason=told.sentence
                )
                progress.refused.append(refusal)
            else:
                progress.taken += 1
        self._idle.put(session)
        return _submission(attempt, progress)

    def close(self) -> None:
        """Say goodbye on every connection; harmless when called twice."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().quit()

    def _copies(self, attempt: Attempt, *, seven_bit: bool) -> Iterator[Copy]:
        """Write each person's copy when its turn has come."""
        letter = _mail.letter(attempt.envelope, attempt.message)
        for person in attempt.recipients:
            self._pace()
            now = self._clock.now()
            yield Copy(person.address, letter.copy(person, date=now, seven_bit=seven_bit))

    def _ended(
        self, attempt: Attempt, index: int, error: DeliveryError, progress: _Progress
    ) -> Submission:
        """Say what is known when an attempt ended at one of its people."""
        people = attempt.recipients
        following = people[index + 1].position if index + 1 < len(people) else None
        doubtful = isinstance(error, Uncertain)
        if not progress.taken and progress.refused and not doubtful:
            return _submission(attempt, progress)  # names a person; nothing was taken
        if not progress.taken and (not doubtful or following is None):
            raise error
        here = people[index].position
        return Submission(
            provider_id=_id(attempt),
            status=progress.last_status,
            refused=tuple(progress.refused),
            pause_until=self._clock.now() + _PAUSE,
            doubt=here if doubtful else None,
            rest=following if doubtful else here,
        )

    def _session(self) -> Session:
        """Return a connection that answers: an idle one, or a new one."""
        while True:
            try:
                session = self._idle.get_nowait()
            except queue.Empty:
                return self._connect()
            if session.is_alive():
                return session
            session.close()

    def _connect(self) -> Session:
        options = self._options
        where = f"The mail server {options.host}, port {options.port},"
        try:
            return Session.open(options, password=self._password, timeout=self._timeout)
        except smtplib.SMTPAuthenticationError as error:
            raise AccountRefused(
                f"{where} refuses user and password ({error.smtp_code}).",
                hint=f"Look at [smtp] user and {PASSWORD}; then run the same command again.",
                status=error.smtp_code,
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise AccountRefused(
                f"{where} does not offer what is configured: {error}",
                hint="Look at [smtp] security and user. Nothing is sent unprotected instead.",
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise AccountRefused(
                f"{where} cannot prove who it is: {error.verify_message}.",
                hint="Look at [smtp] host: it must be the name in the server's certificate.",
            ) from error
        except smtplib.SMTPResponseException as error:
            raise Unreachable(f"{where} turns us away: {answer(error)}.") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(f"{where} cannot be reached: {error}.") from error

    def _pace(self) -> None:
        """Wait for the next copy's turn, over all connections of this process."""
        if not self._options.rate:
            return
        gap = timedelta(seconds=1 / self._options.rate)
        with self._pacing:
            now = self._clock.now()
            turn = max(now, self._next_at or now)
            self._next_at = turn + gap
        if turn > now:
            self._clock.sleep((turn - now).total_seconds())


def _submission(attempt: Attempt, progress: _Progress) -> Submission:
    """Tell of a finished attempt; one in which all were refused names the first of them."""
    if not progress.taken:
        first = progress.refused[0]
        index = next(
            n for n, one in enumerate(attempt.recipients) if one.position == first.position
        )
        raise RecipientRefused(first.reason, index=index, status=progress.last_status)
    return Submission(
        provider_id=_id(attempt),
        status=progress.last_status,
        refused=tuple(progress.refused),
    )


def _id(attempt: Attempt) -> str:
    return f"smtp-{attempt.id}"
