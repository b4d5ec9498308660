"""Mails to one person each, outside any edition: what somebody did, or the operator has to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from newsletter.core.model.recipients import People
from newsletter.core.model.sends import Send


class MailKind(StrEnum):
    """What a single mail is about; decides who must not get it any more when it is sent."""

    CONFIRMATION = "confirmation"
    WELCOME = "welcome"  # with the latest edition in it, where there is one
    COPY = "copy"  # an edition for somebody who joined after its freeze, and before its moment
    UNDO = "undo"  # "you left": how to come back
    LOST_LINK = "lost-link"
    ADDRESS_CHANGE = "address-change"
    DATA = "data"  # what is held on a person, or that it is erased
    NOTICE = "notice"  # to the editor or the operator
    ALARM = "alarm"  # to the operator

    @property
    def is_for_the_list(self) -> bool:
        """Say whether only an active subscriber may get it."""
        return self in {MailKind.WELCOME, MailKind.COPY}

    @property
    def is_for_the_house(self) -> bool:
        """Say whether it goes to those who make the brief, whom no list of readers concerns."""
        return self in {MailKind.NOTICE, MailKind.ALARM}


class MailState(StrEnum):
    """What is known of a single mail; as of a batch, there is no "sent"."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SUBMITTED = "submitted"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"  # opted out since, or what it was about is no more
    EXPIRED = "expired"  # nobody could take it in time


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleMail:
    """A mail to one address. Its kind and key together are in the outbox once, for good."""

    kind: MailKind
    key: str  # no address in it: it is kept when the person is forgotten
    to: str
    subject: str = ""
    html: str = ""
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # ASCII, one line each
    expires_at: datetime  # not handed over from then on
    not_before: datetime | None = None  # None: at once
    subscriber_id: int | None = None
    send_id: int | None = None  # whose message it carries, as corrected last
    greeting: str = ""  # a sentence above that; its own words are for when it carries none


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeWords:
    """What a welcome says, in the reader's language."""

    subject: str  # of one that carries no edition
    html: str  # the whole mail then
    text: str
    greeting: str  # a sentence or two above an edition; plain text


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedEdition:
    """The edition that a single mail carries, and to whom."""

    send: Send  # with the digest that this mail carries
    reader: People  # one person


@dataclass(frozen=True, slots=True, kw_only=True)
class MailClaim:
    """A single mail that this process alone may now hand to the provider."""

    id: int
    attempt_id: str  # travels to the provider; evidence names the mail by it
    mail: SingleMail
    created_at: datetime
    tries: int  # before this one
    obstacle: str  # why the person must not be mailed any more; empty: they may be
    edition: CarriedEdition | None = None  # None: it has its own words


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecord:
    """What the outbox tells of a single mail; never its words."""

    id: int
    kind: MailKind
    key: str
    to: str
    state: MailState
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    tries: int
    provider_id: str | None
    reason: str
    reported: str  # the last the provider told of it; empty: nothing
