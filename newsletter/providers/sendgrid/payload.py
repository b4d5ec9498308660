"""Build the body of POST /v3/mail/send. Pure.

What every batch has in common is built once, with the models of SendGrid's SDK. The people of a
batch are written as plain JSON and spliced in, in the attempt's order: the SDK would keep them
in reverse order, so that an error's `personalizations.N` named somebody else (sendgrid.md 3).
"""

from __future__ import annotations

from functools import lru_cache
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

from newsletter.errors import MessageRefused
from newsletter.model import Attempt, Booking, Envelope, Message, Recipient
from newsletter.providers import _recipients
from newsletter.providers._headers import own_headers, shared_headers

MOST_RECIPIENTS = 1000  # sendgrid.md 1.1, as all below
MOST_BYTES = 29_000_000  # "under 30 MB"; the margin is for what SendGrid may count besides
MOST_SUBSTITUTIONS = 10_000  # of one request
MOST_SUBSTITUTION_BYTES = 10_000  # of one recipient, tags and values
LONGEST_UNSUBSCRIBE = 77  # a longer List-Unsubscribe is encoded and no longer works (0.4)


def payload(attempt: Attempt) -> bytes:
    """Give the request's body. Raises `MessageRefused` for a message that cannot be in one.

    Raises `orjson.JSONEncodeError` for texts that are no UTF-8, which `problem_with` names.
    """
    own = orjson.dumps(
        _booked(attempt.booking)
        | {
            "custom_args": {
                "nl_send": str(attempt.send_id),
                "nl_batch": str(attempt.batch),
                "nl_attempt": attempt.id,
            },
            "personalizations": [_personalization(person) for person in attempt.recipients],
        }
    )
    return _shared(attempt.envelope, attempt.message)[:-1] + b"," + own[1:]


def _booked(booking: Booking | None) -> dict[str, Any]:
    """Say when SendGrid is to let the mail go, and the id that can stop it till then (1.4)."""
    if booking is None:
        return {}
    return {"batch_id": booking.recall_id, "send_at": int(booking.send_at.timestamp())}


def problem_with(attempt: Attempt, index: int) -> str | None:
    """Say why SendGrid would refuse one recipient; None when nothing is known."""
    person = attempt.recipients[index]
    problem = _recipients.problem_with(person)
    if problem:
        return problem
    if _substitution_bytes(person) > MOST_SUBSTITUTION_BYTES:
        return f"the merge values have more than {MOST_SUBSTITUTION_BYTES} bytes"
    if len(person.unsubscribe_url) + len("<>") > LONGEST_UNSUBSCRIBE:
        return f"the List-Unsubscribe header is longer than {LONGEST_UNSUBSCRIBE} bytes"
    return None


def fits(attempt: Attempt) -> bool:
    """Say whether the attempt is within what SendGrid takes in one request.

    What cannot be written at all fits: halving would not mend it, and `payload` says why.
    """
    if len(attempt.recipients) > MOST_RECIPIENTS:
        return False
    if sum(len(person.substitutions) for person in attempt.recipients) > MOST_SUBSTITUTIONS:
        return False
    try:
        bound = len(_shared(attempt.envelope, attempt.message)) + 200
        if bound + sum(map(_most_bytes, attempt.recipients)) <= MOST_BYTES:
            return True
        return len(payload(attempt)) <= MOST_BYTES
    except (MessageRefused, orjson.JSONEncodeError):
        return True


def _personalization(person: Recipient) -> dict[str, Any]:
    to = {"email": person.address}
    if person.name:
        to["name"] = person.name
    one: dict[str, Any] = {"to": [to], "headers": own_headers(person)}
    if person.substitutions:
        one["substitutions"] = dict(person.substitutions)
    one["custom_args"] = {"nl_position": str(person.position)}
    return one


def _substitution_bytes(person: Recipient) -> int:
    values = person.substitutions
    return len("".join((*values, *values.values())).encode(errors="surrogatepass"))


def _most_bytes(person: Recipient) -> int:
    """Give a bound on the bytes of one personalization, without writing it."""
    texts = (person.address, person.name, person.unsubscribe_url)
    values = person.substitutions
    length = sum(map(len, texts)) + sum(map(len, values)) + sum(map(len, values.values()))
    # A character takes six bytes at the most (\u001f); the names and marks of JSON the rest.
    return 6 * length + 8 * len(values) + 200


@lru_cache(maxsize=8)
def _shared(envelope: Envelope, message: Message) -> bytes:
    """Give the part of the body that is the same for every batch, as a JSON object."""
    mail = Mail(
        from_email=From(envelope.sender_email, envelope.sender_name),
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
        raise MessageRefused("The message begins with what looks like an API key.") from error
    except orjson.JSONEncodeError as error:
        raise MessageRefused("The message has half a character (a lone surrogate).") from error
    if len(shared) > MOST_BYTES:
        raise MessageRefused("The message alone is over SendGrid's limit of 30 MB.")
    return shared


def _categories(envelope: Envelope) -> list[str]:
    """Name publication and kind; each once, as a publication may be called "edition"."""
    return list(dict.fromkeys((envelope.publication, "test" if envelope.test else "edition")))


def _no_tracking() -> TrackingSettings:
    """Switch tracking off in so many words: what an account has switched on differs (1.1, 1.8)."""
    return TrackingSettings(
        click_tracking=ClickTracking(enable=False, enable_text=False),
        open_tracking=OpenTracking(enable=False),
        subscription_tracking=SubscriptionTracking(enable=False),
    )
