"""Send marked copies of an edition to addresses that were named: a send of its own kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import Held, NotSubmitted, Uncertain, UsageError
from newsletter.core.model import (
    Attempt,
    Claim,
    Message,
    Recipient,
    Recipients,
    Send,
    SendKind,
    SendStatus,
)
from newsletter.core.sentences import said
from newsletter.delivery import owner
from newsletter.delivery.attempts import screened
from newsletter.delivery.provider import Provider
from newsletter.editions import proofs
from newsletter.editions.proofs import Proofs
from newsletter.message import merge, sample_readers
from newsletter.message.sample_readers import SampleReader
from newsletter.storage.sends.attempts import Attempts
from newsletter.storage.sends.audiences import Audience
from newsletter.storage.sends.freezing import Freeze
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.subscribers.store import Subscribers
from newsletter.subscribers import addresses

MARK = "[Test] "
MOST = 20  # a test is for the people who make the brief, not a way around the list
_LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What became of some test copies."""

    send_id: int
    submitted: int
    refused: tuple[str, ...]  # why each of the others was not taken


@dataclass(frozen=True, kw_only=True)
class TestSends:
    """The test copies of one publication's editions; nothing is used up by them."""

    settings: Settings
    ledger: Ledger
    attempts: Attempts
    clock: Clock
    proofs: Proofs
    subscribers: Subscribers
    provider: Callable[[], Provider]  # made when it is needed first

    def send(
        self, day: date, to: Sequence[str], *, reader: str = sample_readers.ROBIN.key
    ) -> Copies:
        """Freeze a test send and hand it over, once.

        Raises `UsageError` for what is no address, `Held` for a suppressed one or where it stays
        uncertain whether the provider took it, `NotSubmitted` when it took nothing.
        """
        named = self._checked(to)
        someone = _reader(reader)
        message = marked(self.proofs.prove_best(day).message)
        send = self._frozen(day, message, named)
        claim = self.attempts.claim(
            send.id,
            owner=owner.this_process(),
            attempt_id=uuid.uuid4().hex,
            now=self.clock.now(),
            lease=_LEASE,
        )
        if claim is None:
            raise Held(said("The test copies cannot be claimed."), hint=said("Try again."))
        return self._hand_over(claim, message, someone, day)

    def _checked(self, to: Sequence[str]) -> tuple[str, ...]:
        if not 1 <= len(to) <= MOST:
            raise UsageError(
                said(
                    "A test copy goes to 1 to %(most)s addresses, not to %(count)s.",
                    most=MOST,
                    count=len(to),
                )
            )
        found: dict[str, str] = {}
        for text in to:
            read = addresses.parse(text)
            if isinstance(read, addresses.Refused):
                raise UsageError(
                    said("“%(text)s” cannot be mailed. %(reason)s", text=text, reason=read.reason)
                )
            if self.subscribers.status_of(read.canonical).suppressed:
                raise Held(
                    said(
                        "%(address)s is suppressed and must never be mailed.", address=read.address
                    ),
                    hint=said(
                        "Lift it, if its owner asks for mail: "
                        "newsletter subscribers lift %(address)s",
                        address=read.address,
                    ),
                )
            found.setdefault(read.canonical, read.address)
        return tuple(found.values())

    def _frozen(self, day: date, message: Message, named: tuple[str, ...]) -> Send:
        now = self.clock.now()
        return self.ledger.freeze(
            Freeze(
                audience=Audience(publication=self.settings.publication.id, edition=day),
                kind=SendKind.TEST,
                message=message,
                provider=self.provider().name,
                batch_size=MOST,
                due_at=now,
                named=named,
            ),
            now=now,
        )

    def _hand_over(self, claim: Claim, message: Message, reader: SampleReader, day: date) -> Copies:
        built = screened(self._attempt(claim, message, reader, day), self.provider())
        self.attempts.set_aside(claim.send_id, built.aside)
        people = built.attempt.recipients
        refused = tuple(one.reason for one in built.aside)
        if not people:
            self.attempts.drop(claim, reason="nobody left to be mailed", now=self.clock.now())
            return Copies(send_id=claim.send_id, submitted=0, refused=refused)
        more = self._submitted(claim, built.attempt)
        self.ledger.complete(claim.send_id, now=self.clock.now())
        submitted = len(people) - len(more)
        return Copies(send_id=claim.send_id, submitted=submitted, refused=(*refused, *more))

    def _submitted(self, claim: Claim, attempt: Attempt) -> tuple[str, ...]:
        """Call the provider once and record its answer; give why it refused some."""
        try:
            submission = self.provider().submit(attempt)
        except Uncertain as error:
            now = self.clock.now()
            self.attempts.uncertain(claim, reason=error.what, status=error.status, now=now)
            raise Held(
                said(
                    "It is not known whether the provider took the test copies: %(what)s",
                    what=error.what,
                ),
                hint=said("Look into the inbox before you send another one."),
            ) from error
        except NotSubmitted as error:
            now = self.clock.now()
            self.attempts.release(claim, reason=error.what, status=error.status, now=now)
            self.ledger.steer(claim.send_id, SendStatus.CANCELLED)
            raise
        self.attempts.set_aside(claim.send_id, submission.refused)
        self.attempts.submitted(claim, submission, now=self.clock.now())
        return tuple(one.reason for one in submission.refused)

    def _attempt(self, claim: Claim, message: Message, reader: SampleReader, day: date) -> Attempt:
        url = proofs.unsubscribe_url(self.settings, day)
        people = self.attempts.people(claim)
        return Attempt(
            id=claim.attempt_id,
            send_id=claim.send_id,
            batch=claim.batch,
            envelope=replace(proofs.envelope(self.settings.publication, day), kind=SendKind.TEST),
            message=message,
            recipients=Recipients.of(
                Recipient(
                    position=position,
                    address=address,
                    name=reader.name,
                    substitutions=sample_readers.substitutions(
                        replace(reader, address=address), message, unsubscribe_url=url
                    ),
                    unsubscribe_url=url,
                )
                for position, address in zip(people.positions, people.addresses, strict=True)
            ),
        )


def marked(message: Message) -> Message:
    """Mark a message as a test, so that nobody takes it for the edition."""
    return merge.with_digest(replace(message, subject=f"{MARK}{message.subject}"))


def _reader(key: str) -> SampleReader:
    found = sample_readers.find(key)
    if found is None:
        keys = ", ".join(one.key for one in sample_readers.SAMPLES)
        raise UsageError(
            said("There is no sample reader “%(key)s”.", key=key),
            hint=said("There are: %(keys)s.", keys=keys),
        )
    return found
