"""Build the body of POST /v3/mail/send. Pure.

What every batch has in common is built once, with the models of SendGrid's SDK. The people of a
batch are written as plain JSON and spliced in, in the attempt's order: the SDK would keep them
in reverse order, so that an error's `personalizations.N` named somebody else (sendgrid.md 3).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

import orjson
from sendgrid.helpers.mail import (
    ApiKeyIncludedException,
    Category,
    ClickTracking,
    Content,
    From,
    Header,
    Mail,
    MimeType,
    OpenTracking,
    ReplyTo,
    Subject,
    SubscriptionTracking,
    TrackingSettings,
)

from newsletter.core.errors import MessageRefused
from newsletter.core.model import Attempt, Booking, Envelope, Message, Recipient, Recipients
from newsletter.core.model.recipients import digits, length, lines, longest
from newsletter.core.sentences import said
from newsletter.delivery.providers import _recipients
from newsletter.delivery.providers._headers import shared_headers
from newsletter.delivery.providers.sendgrid.folding import folded
from newsletter.delivery.providers.sendgrid.splicing import Escaped, Piece, escaped, splice

MOST_RECIPIENTS = 1000  # sendgrid.md 1.1, as all below
MOST_BYTES = 29_000_000  # "under 30 MB"; the margin is for what SendGrid may count besides
MOST_SUBSTITUTIONS = 10_000  # of one request
MOST_SUBSTITUTION_BYTES = 10_000  # of one recipient, tags and values
_TRAPS = re.compile(r"[,;]")
LONGEST_UNSUBSCRIBE = 77  # a longer List-Unsubscribe is encoded and no longer works (0.4)


def payload(attempt: Attempt, *, ip_pool: str | None = None) -> bytes:
    """Return the request's body. Raises `MessageRefused` for a message that cannot be in one.

    Raises `orjson.JSONEncodeError` for texts that are no UTF-8, which `problems` names.
    """
    attempt = folded(attempt)
    own = orjson.dumps(
        _booked(attempt.booking)
        | ({"ip_pool_name": ip_pool} if ip_pool else {})
        | {
            "custom_args": {
                "nl_send": str(attempt.send_id),
                "nl_batch": str(attempt.batch),
                "nl_attempt": attempt.id,
            },
        }
    )
    shared = _shared(attempt.envelope, attempt.message)
    return splice(
        _personalization(attempt.recipients),
        len(attempt.recipients),
        before=b"".join((shared[:-1], b",", own[1:-1], b',"personalizations":[')),
        after=b"]}",
    )


def _booked(booking: Booking | None) -> dict[str, Any]:
    """Say when SendGrid is to let the mail go, and the id that can stop it till then (1.4)."""
    if booking is None:
        return {}
    return {"batch_id": booking.recall_id, "send_at": int(booking.send_at.timestamp())}


def problems(attempt: Attempt) -> dict[int, str]:
    """Say whom SendGrid would refuse, by their index, and why."""
    recipients = attempt.recipients
    found = _recipients.problems(recipients)
    if _most_substitution_bytes(recipients) > MOST_SUBSTITUTION_BYTES:
        for index, person in enumerate(recipients):
            if _substitution_bytes(person) > MOST_SUBSTITUTION_BYTES:
                found.setdefault(
                    index, f"the merge values have more than {MOST_SUBSTITUTION_BYTES} bytes"
                )
    if longest(recipients.unsubscribe_urls) + len("<>") > LONGEST_UNSUBSCRIBE:
        for index, url in enumerate(recipients.unsubscribe_urls):
            if len(url) + len("<>") > LONGEST_UNSUBSCRIBE:
                found.setdefault(
                    index, f"the List-Unsubscribe header is longer than {LONGEST_UNSUBSCRIBE} bytes"
                )
    return found


def fits(attempt: Attempt) -> bool:
    """Say whether the attempt is within what SendGrid takes in one request.

    What cannot be written at all fits: halving would not mend it, and `payload` says why.
    """
    if len(attempt.recipients) > MOST_RECIPIENTS:
        return False
    attempt = folded(attempt)
    if len(attempt.recipients) * len(attempt.recipients.substitutions) > MOST_SUBSTITUTIONS:
        return False
    try:
        bound = len(_shared(attempt.envelope, attempt.message)) + 200
        if bound + _most_bytes(attempt.recipients) <= MOST_BYTES:
            return True
        return len(payload(attempt)) <= MOST_BYTES
    except (MessageRefused, orjson.JSONEncodeError):
        return True


def _personalization(recipients: Recipients) -> list[Piece]:
    """Return the pieces of everybody's personalization."""
    column = Escaped()
    pieces: list[Piece] = [b'{"to":[{"email":"', *column.pieces(recipients.addresses)]
    pieces += _names(column(harmless_names(recipients.names)))
    pieces += [b'"}]']
    links = recipients.unsubscribe_urls
    if longest(links):  # a single mail has what it needs among the headers of its request
        pieces += [b',"headers":{"List-Unsubscribe":"<', *column.pieces(links), b'>"}']
    before = chain([b',"substitutions":{"'], repeat(b'","'))
    for opening, (tag, values) in zip(before, recipients.substitutions.items(), strict=False):
        pieces += [opening + escaped([tag])[0] + b'":"', *column.pieces(values)]
    closing = b'"}' if recipients.substitutions else b""
    return [
        *pieces,
        closing + b',"custom_args":{"nl_position":"',
        digits(recipients.positions),
        b'"}}',
    ]


def harmless_names(names: Sequence[str]) -> Sequence[str]:
    """Return names without the signs with which SendGrid takes a request and drops the mail.

    It documents that of `,` and `;` in the names of to, from and reply_to.
    """
    text = lines(names)
    if text is not None and not _TRAPS.search(text):
        return names
    return [harmless_name(name) if "," in name or ";" in name else name for name in names]


def harmless_name(name: str) -> str:
    """Return a name with spaces in place of such signs."""
    return " ".join(_TRAPS.sub(" ", name).split()) if _TRAPS.search(name) else name


def _names(names: Sequence[bytes]) -> list[Piece]:
    """Return the pieces that name people, of whom some have no name."""
    if all(names):
        return [b'","name":"', names]
    return [[b'","name":"' + name if name else b"" for name in names]]


def _substitution_bytes(person: Recipient) -> int:
    values = person.substitutions
    return len("".join((*values, *values.values())).encode(errors="surrogatepass"))


def _most_substitution_bytes(recipients: Recipients) -> int:
    """Return a bound on the bytes of anybody's merge values: no character has more than four."""
    values = recipients.substitutions.items()
    return 4 * sum(len(tag) + longest(column) for tag, column in values)


def _most_bytes(recipients: Recipients) -> int:
    """Return a bound on the bytes of all personalizations, without writing them."""
    values = recipients.substitutions
    columns = (recipients.addresses, recipients.names, recipients.unsubscribe_urls)
    texts = sum(map(length, (*columns, *values.values())))
    tags = len(recipients) * sum(map(len, values))
    # A character takes six bytes at the most (\u001f); the names and marks of JSON the rest.
    return 6 * (texts + tags) + len(recipients) * (8 * len(values) + 200)


@lru_cache(maxsize=8)
def _shared(envelope: Envelope, message: Message) -> bytes:
    """Return the part of the body that is the same for every batch, as a JSON object."""
    mail = Mail(
        from_email=From(envelope.sender_email, harmless_name(envelope.sender_name)),
        subject=Subject(message.subject),
    )
    if envelope.reply_to:
        mail.reply_to = ReplyTo(envelope.reply_to)
    for name, value in shared_headers(envelope).items():
        mail.add_header(Header(name, value))
    for category in reversed(_categories(envelope)):  # the SDK puts each one before the others
        mail.add_category(Category(category))
    mail.tracking_settings = _no_tracking()
    try:
        mail.add_content(Content(MimeType.text, message.text))
        mail.add_content(Content(MimeType.html, message.html))
        shared = orjson.dumps(mail.get())
    except ApiKeyIncludedException as error:
        raise MessageRefused(said("The message begins with what looks like an API key.")) from error
    except orjson.JSONEncodeError as error:
        raise MessageRefused(
            said("The message has half a character (a lone surrogate).")
        ) from error
    if len(shared) > MOST_BYTES:
        raise MessageRefused(said("The message alone is over SendGrid's limit of 30 MB."))
    return shared


def _categories(envelope: Envelope) -> list[str]:
    """Name publication and kind; each once, as a publication may be called "edition"."""
    return list(dict.fromkeys((envelope.publication, envelope.kind)))


def _no_tracking() -> TrackingSettings:
    """Switch tracking off in so many words: what an account has switched on differs (1.1, 1.8)."""
    return TrackingSettings(
        click_tracking=ClickTracking(enable=False, enable_text=False),
        open_tracking=OpenTracking(enable=False),
        subscription_tracking=SubscriptionTracking(enable=False),
    )
