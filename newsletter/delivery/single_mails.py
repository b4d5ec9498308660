"""Hand over single mails that are due, each at most once, through the publication's provider.

A claim and its attempt's id are durable before the provider is called. Where it asks to come
later, that is done until the mail is of no use any more; what it may have taken stays in doubt
until evidence or a person settles it.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Publication
from newsletter.core.errors import DeliveryError, NewsletterError, RecipientRefused, Unreachable
from newsletter.core.logs import without_addresses
from newsletter.core.model import Attempt, Envelope, Message, Recipient, Recipients, Submission
from newsletter.core.model.message import Single
from newsletter.core.model.single_mails import CarriedEdition, MailClaim, MailState
from newsletter.core.sentences import said
from newsletter.delivery import owner
from newsletter.delivery.attempts import Content, ready, screened
from newsletter.delivery.provider import Provider, Witness
from newsletter.delivery.recording import durably
from newsletter.delivery.single_outcomes import Outcome, judge
from newsletter.editions import proofs
from newsletter.message import merge
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.single_mails import SingleMails

LEASE = timedelta(minutes=10)  # longer than any provider takes to answer for one mail
_WITHIN = timedelta(seconds=20)  # of one call: there is more that is due
_ASK_AGAIN = timedelta(hours=1)  # after the provider did not know of a doubt
_MOST_TROUBLES = 3  # in a row, before the others are left to the next call
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
log = logging.getLogger(__name__)


def _never() -> bool:
    return False


@dataclass(kw_only=True)
class Handed:
    """What became of the mails of one call."""

    submitted: int = 0
    uncertain: int = 0
    refused: int = 0
    skipped: int = 0
    later: int = 0  # put back, to be tried again
    troubles: int = 0  # in a row
    stop: NewsletterError | None = None  # why nothing else could go either; the mails wait


@dataclass(frozen=True, kw_only=True)
class SingleMailDelivery:
    """Hands over the single mails of one publication. Any number may be at work at once."""

    publication: Publication
    mails: SingleMails
    ledger: Ledger  # of the editions that some of them carry
    provider: Callable[[], Provider]  # opened when there is something to hand over
    clock: Clock
    is_gone: Callable[[str], bool] = owner.is_gone
    name: str = field(default_factory=owner.this_process)

    def is_due(self) -> bool:
        """Say whether there is anything to hand over."""
        return self.mails.is_due(self.clock.now())

    def send_due(
        self, *, within: timedelta = _WITHIN, wants_to_stop: Callable[[], bool] = _never
    ) -> Handed:
        """Hand over what is due, for so long at most; what is left is for the next call.

        Raises `StorageError` where the outbox cannot be read.
        """
        begun, handed = self.clock.now(), Handed()
        self.tidy()
        while self._goes_on(handed, begun + within) and not wants_to_stop():
            claim = self._claim()
            if claim is None:
                break
            self._hand_over(claim, handed)
        return handed

    def tidy(self) -> None:
        """Put in doubt what nobody will answer for, and end what came too late."""
        gone = [one for one in self.mails.owners() if self.is_gone(one)]
        self.mails.tidy(gone=gone, now=self.clock.now())

    def look_up(self) -> int:
        """Ask a provider that can tell whether it took what is in doubt; count what is settled."""
        now = self.clock.now()
        doubts = self.mails.doubtful(asked_before=now - _ASK_AGAIN)
        if not doubts or not isinstance(witness := self.provider(), Witness):
            return 0
        settled = 0
        for attempt_id, mail_id in doubts.items():
            found = None
            with suppress(DeliveryError):
                found = witness.look_up(attempt_id)
            if found is None:
                self.mails.asked(mail_id, now=now)
            else:
                settled += self.mails.prove(attempt_id, provider_id=found, now=now)
        return settled

    def _goes_on(self, handed: Handed, until: datetime) -> bool:
        if handed.stop or handed.troubles >= _MOST_TROUBLES:
            return False
        return self.clock.now() < until

    def _claim(self) -> MailClaim | None:
        now, attempt_id = self.clock.now(), uuid.uuid4().hex
        return self.mails.claim(owner=self.name, attempt_id=attempt_id, now=now, lease=LEASE)

    def _hand_over(self, claim: MailClaim, handed: Handed) -> None:
        if claim.obstacle:
            outcome = Outcome(state=MailState.SKIPPED, reason=claim.obstacle)
        else:
            until = self.clock.now() + LEASE
            end, begun = self._tried(claim, until=until)
            outcome = judge(end, begun=begun, tries=claim.tries, now=self.clock.now())
        durably(lambda: self._record(claim, outcome), clock=self.clock)
        _count(outcome, handed)
        log.info(
            "Single mail %s (%s): %s%s",
            claim.id,
            claim.mail.kind,
            outcome.state,
            f" ({without_addresses(outcome.reason)})" if outcome.reason else "",
            extra={"event": f"delivery.single.{outcome.state}", "attempt": claim.attempt_id},
        )

    def _tried(self, claim: MailClaim, *, until: datetime) -> tuple[Submission | Exception, bool]:
        """Make the attempt and call the provider once; say whether it was called. Raise nothing.

        A process that stood still finds the moment past: others doubt its claim by then.
        """
        begun = False
        try:
            provider = self.provider()
            built = screened(self._attempt(claim), provider)
            if built.aside:
                return RecipientRefused(built.aside[0].reason, index=0), False
            if self.clock.now() >= until:
                raise Unreachable(said("this process stood still for longer than its lease"))
            begun = True
            return provider.submit(built.attempt), begun
        except Exception as error:  # noqa: BLE001 - `judge` says what it means
            return error, begun

    def _attempt(self, claim: MailClaim) -> Attempt:
        """Make the attempt; raise `RecipientRefused` where a value is missing for the reader."""
        if claim.edition is None:
            return attempt_of(claim, self.publication)
        send = claim.edition.send
        message = self.ledger.message(send.id, digest=send.digest)
        return edition_attempt(claim, claim.edition, message, publication=self.publication)

    def _record(self, claim: MailClaim, outcome: Outcome) -> None:
        reason, status, now = outcome.reason, outcome.status, self.clock.now()
        if outcome.again_at is not None:
            self.mails.release(claim, reason=reason, status=status, again_at=outcome.again_at)
            return
        evidence = {"status": status, "provider_id": outcome.provider_id}
        self.mails.settle(claim, outcome.state, now=now, reason=reason, **evidence)


def attempt_of(claim: MailClaim, publication: Publication) -> Attempt:
    """Make the attempt of a claimed mail. Pure."""
    mail = claim.mail
    someone = Recipient(
        position=claim.id, address=mail.to, name="", substitutions={}, unsubscribe_url=""
    )
    words = Message(subject=mail.subject, preheader="", html=mail.html, text=mail.text)
    return Attempt(
        id=claim.attempt_id,
        send_id=0,
        batch=0,
        envelope=envelope_of(claim, publication),
        message=merge.with_digest(words),
        recipients=Recipients.of([someone]),
    )


def edition_attempt(
    claim: MailClaim, carried: CarriedEdition, message: Message, *, publication: Publication
) -> Attempt:
    """Make the attempt of a mail that carries an edition. Pure.

    Raises `RecipientRefused` where the reader has no value that the message cannot do without.
    """
    own = Single(key=claim.mail.key, is_of_list=True)
    usual = proofs.envelope(publication, carried.send.edition)
    content = Content(
        envelope=replace(usual, kind=claim.mail.kind, single=own),
        message=greeted(message, claim.mail.greeting),
        unsubscribe_base=publication.url,
    )
    recipients, lacking = ready(carried.reader, content)
    if lacking:
        raise RecipientRefused(lacking[0], index=0)
    return Attempt(
        id=claim.attempt_id,
        send_id=0,
        batch=0,
        envelope=content.envelope,
        message=content.message,
        recipients=recipients,
    )


def greeted(message: Message, greeting: str) -> Message:
    """Put a sentence above a message, as the first thing in both its parts. Pure."""
    if not greeting:
        return message
    line = f'<p style="margin:0; padding:16px 24px; text-align:center">{escape(greeting)}</p>'
    html, found = _BODY.subn(lambda tag: tag.group() + line, message.html, count=1)
    return merge.with_digest(
        replace(
            message,
            html=html if found else line + message.html,
            text=f"{greeting}\n\n{message.text}",
            trial=None,
        )
    )


def envelope_of(claim: MailClaim, publication: Publication) -> Envelope:
    """Say who a single mail comes from. Pure."""
    own = Single(key=claim.mail.key, headers=tuple(claim.mail.headers.items()))
    usual = proofs.envelope(publication, claim.created_at.date())
    return replace(usual, kind=claim.mail.kind, single=own)


def _count(outcome: Outcome, handed: Handed) -> None:
    names = {MailState.PLANNED: "later"}
    name = names.get(outcome.state, str(outcome.state))
    setattr(handed, name, getattr(handed, name) + 1)
    handed.troubles = handed.troubles + 1 if outcome.is_trouble else 0
    handed.stop = outcome.stop
