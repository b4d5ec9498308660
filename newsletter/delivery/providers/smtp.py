"""Hands each reader's copy to a mail server, over kept-open and pipelined connections.

Every copy is a transaction of its own, so a server answers for each person. An attempt goes
through its people in order and ends at the first thing that is not one person's matter: what was
taken until then is submitted, what was not handed over is planned again, and a copy whose answer
was lost is a doubt of its own. Who is asked to come later is deferred, and the others go on
(docs/providers.md).
"""

from __future__ import annotations

import queue
import smtplib
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import (
    AccountRefused,
    ConfigError,
    DeliveryError,
    RecipientRefused,
    Throttled,
    Uncertain,
    Unreachable,
)
from newsletter.core.model import Attempt, Deferral, Recipient, SetAside, Submission
from newsletter.core.sentences import said
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers import _mail, _recipients
from newsletter.delivery.providers._smtp import Copy, Session, TlsRefusedError
from newsletter.delivery.providers._smtp_answers import Told, answer, not_for_us

PASSWORD = "NEWSLETTER_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
SECRETS = (PASSWORD,)
_PAUSE = timedelta(seconds=30)  # after the server ended an attempt in the middle
# So many people in a row, without one copy taken, are not asked one by one to come later.
_MOST_DEFERRED = 20
_MOST_OF_US = 5  # people in a row, refused for what is our matter, as after a login that lapsed
_MOST_LOST = 3  # connections in a row that ended at once
_ASKS_EVERYBODY = "The mail server asks one after the other to try later."


def _login_refused(error: smtplib.SMTPAuthenticationError, where: str) -> DeliveryError:
    """Say why we are not logged in, and whether the same later may do."""
    if error.smtp_code < 500:  # RFC 4954, 6: 454 is temporary
        return Unreachable(
            said("%(where)s cannot log us in now: %(why)s.", where=where, why=answer(error))
        )
    return AccountRefused(
        said("%(where)s refuses user and password (%(code)s).", where=where, code=error.smtp_code),
        hint=f"Look at [smtp] user and {PASSWORD}; then run the same command again.",
        status=error.smtp_code,
    )


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

    done: int = 0  # people who were told of
    taken: int = 0
    refused: list[SetAside] = field(default_factory=list)
    deferred: list[Deferral] = field(default_factory=list)
    last_status: int | None = None
    deferred_in_a_row: int = 0  # without a copy that was taken
    lost_in_a_row: int = 0  # connections that ended before anybody on them was told of
    of_us: str = ""  # what was answered, where a refusal was about us
    of_us_in_a_row: int = 0  # without a copy that was taken
    before_those: tuple[int, int, int] = (0, 0, 0)  # done, refused and deferred

    def is_over(self, told: Told, is_new: bool) -> bool:  # noqa: FBT001 - of the connection
        """Say whether an end of the connection is more than that of so many mails, or of one."""
        if told.means != "ended" or not is_new:
            return False
        self.lost_in_a_row += 1
        return not told.sentence or self.lost_in_a_row >= _MOST_LOST

    def note(self, person: Recipient, told: Told) -> None:
        """Keep what was told of the next person."""
        if told.of_us:
            if not self.of_us_in_a_row:
                self.before_those = (self.done, len(self.refused), len(self.deferred))
            self.of_us_in_a_row += 1
        self.done += 1
        self.last_status = told.status
        match told.means:
            case "taken":
                self.taken += 1
                self.deferred_in_a_row = self.lost_in_a_row = self.of_us_in_a_row = 0
            case "refused":
                gone = SetAside(position=person.position, outcome="refused", reason=told.sentence)
                self.refused.append(gone)
                self.of_us = self.of_us or told.of_us
            case _:
                self.deferred_in_a_row += 1
                later = Deferral(position=person.position, reason=told.sentence, status=told.status)
                self.deferred.append(later)

    def take_back(self) -> None:
        """Forget what was told since the server began to refuse people for what is our matter."""
        self.done, refused, deferred = self.before_those
        del self.refused[refused:], self.deferred[deferred:]


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
        self._has_taken = False  # the server, somebody's copy

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
        people = sorted(attempt.recipients, key=lambda one: one.position)
        progress = _Progress()
        while progress.done < len(people):
            try:
                session = self._session()
            except DeliveryError as error:
                return self._ended(attempt, people, error, progress)
            end = self._talk(session, attempt, people, progress)
            self._has_taken = self._has_taken or progress.taken > 0
            if end == "all told":
                self._idle.put(session)
                break
            session.close()
            if isinstance(end, DeliveryError):
                return self._ended(attempt, people, end, progress)
        return self._submission(attempt, progress)

    def _submission(self, attempt: Attempt, progress: _Progress) -> Submission:
        """Tell of a finished attempt.

        Where a server that took nobody's copy yet refuses people for what is our matter, it is
        not they who are refused.
        """
        if progress.of_us and not self._has_taken:
            raise not_for_us(progress.last_status, progress.of_us)
        return _submission(attempt, progress)

    def _talk(
        self, session: Session, attempt: Attempt, people: Sequence[Recipient], progress: _Progress
    ) -> Literal["all told", "reconnect"] | DeliveryError:
        """Hand over who is left on one connection; return what ended that.

        A server that takes so many mails on a connection and then ends it is asked again on a
        new one, at once: of a copy that was not handed over completely it has nothing.
        """
        begun, left = progress.done, people[progress.done :]
        copies = self._copies(attempt, left, seven_bit=session.seven_bit)
        answers = session.hand_over(copies, sender=attempt.envelope.sender_email)
        for person, told in zip(left, answers, strict=False):
            is_new = progress.done == begun
            if told.error is not None and (told.means == "stop" or progress.is_over(told, is_new)):
                progress.last_status = told.status
                return told.error
            if told.means == "ended" and not is_new:
                return "reconnect"
            progress.note(person, told)
            if told.means == "ended":
                return "reconnect"
            if progress.of_us_in_a_row >= _MOST_OF_US:
                progress.take_back()
                return not_for_us(told.status, progress.of_us)
            if progress.deferred_in_a_row >= _MOST_DEFERRED and progress.done < len(people):
                return Throttled(_ASKS_EVERYBODY, until=None, status=told.status)
        return "all told"

    def close(self) -> None:
        """Say goodbye on every connection; harmless when called twice."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().quit()

    def _copies(
        self, attempt: Attempt, people: Sequence[Recipient], *, seven_bit: bool
    ) -> Iterator[Copy]:
        """Write each person's copy when its turn has come."""
        letter = _mail.letter(attempt.envelope, attempt.message)
        for person in people:
            self._pace()
            now = self._clock.now()
            yield Copy(person.address, letter.copy(person, date=now, seven_bit=seven_bit))

    def _ended(
        self,
        attempt: Attempt,
        people: Sequence[Recipient],
        error: DeliveryError,
        progress: _Progress,
    ) -> Submission:
        """Say what is known when an attempt ended at one of its people."""
        following = people[progress.done + 1].position if progress.done + 1 < len(people) else None
        doubtful = isinstance(error, Uncertain)
        if not progress.taken and not progress.deferred:
            if progress.refused and not doubtful:
                return self._submission(attempt, progress)  # names a person; none was taken
            if not doubtful or following is None:
                raise error
        here = people[progress.done].position
        return replace(
            _told(attempt, progress),
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
        where = said(
            "The mail server %(host)s, port %(port)s,", host=options.host, port=options.port
        )
        try:
            return Session.open(options, password=self._password, timeout=self._timeout)
        except smtplib.SMTPAuthenticationError as error:
            raise _login_refused(error, where) from error
        except smtplib.SMTPNotSupportedError as error:
            raise AccountRefused(
                said(
                    "%(where)s does not offer what is configured: %(why)s",
                    where=where,
                    why=error,
                ),
                hint="Look at [smtp] security and user. Nothing is sent unprotected instead.",
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise AccountRefused(
                said(
                    "%(where)s cannot prove who it is: %(why)s.",
                    where=where,
                    why=error.verify_message,
                ),
                hint="Look at [smtp] host: it must be the name in the server's certificate.",
            ) from error
        except TlsRefusedError as error:
            what = said(
                "%(where)s does not protect the connection (STARTTLS): %(why)s.",
                where=where,
                why=error,
            )
            if error.code < 500:
                raise Unreachable(
                    said("%(what)s Nothing is sent unprotected instead.", what=what)
                ) from error
            hint = "Look at [smtp] security. Nothing is sent unprotected instead."
            raise AccountRefused(what, hint=hint, status=error.code) from error
        except smtplib.SMTPResponseException as error:
            raise Unreachable(
                said("%(where)s turns us away: %(why)s.", where=where, why=answer(error))
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(
                said("%(where)s cannot be reached: %(why)s.", where=where, why=error)
            ) from error

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
    if not progress.taken and not progress.deferred:
        first = progress.refused[0]
        index = next(
            n for n, one in enumerate(attempt.recipients) if one.position == first.position
        )
        raise RecipientRefused(first.reason, index=index, status=progress.last_status)
    return _told(attempt, progress)


def _told(attempt: Attempt, progress: _Progress) -> Submission:
    return Submission(
        provider_id=_id(attempt),
        status=progress.last_status,
        refused=tuple(progress.refused),
        deferred=tuple(progress.deferred),
        taken=progress.taken > 0,
    )


def _id(attempt: Attempt) -> str:
    return f"smtp-{attempt.id}"
