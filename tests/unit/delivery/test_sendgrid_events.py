"""SendGrid's posts: genuine or refused, and read with everything that may be missing."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.config.secrets import Secrets
from newsletter.core.errors import ConfigError, InputError
from newsletter.core.model import SubscriberState
from newsletter.core.model.events import EventKind
from newsletter.delivery.providers.sendgrid import events
from newsletter.sandbox.events import public_text
from tests.support.edition import make_settings
from tests.support.events import NOW, PUBLIC_KEY, make_entry, make_post, signed

BODY = make_post(make_entry())


def make_parser(key: str | None = PUBLIC_KEY):
    settings = make_settings(Path("/nowhere"))
    secrets = Secrets({events.KEY: key}) if key else Secrets()
    return events.make_parser(settings.model_copy(update={"secrets": secrets}))


def read(*entries):
    return make_parser().parse(make_post(*entries), received_at=NOW)


def test_a_post_with_its_signature_is_genuine():
    make_parser().verify(BODY, signed(BODY), now=NOW)


def test_header_names_may_be_written_in_any_case():
    headers = {name.upper(): value for name, value in signed(BODY).items()}
    make_parser().verify(BODY, headers, now=NOW)


@pytest.mark.parametrize(
    "body",
    [BODY.rstrip(), BODY.replace(b"0001", b"0002"), BODY[:-1], b"", BODY + b" "],
    ids=["stripped", "altered", "cut", "empty", "longer"],
)
def test_a_body_that_is_not_byte_for_byte_the_signed_one_is_refused(body):
    with pytest.raises(InputError, match="signature"):
        make_parser().verify(body, signed(BODY), now=NOW)


@pytest.mark.parametrize("value", ["", "x", "AAAA", "not base64 at all", "é"])
def test_a_signature_that_is_none_is_refused(value):
    headers = {**signed(BODY), "X-Twilio-Email-Event-Webhook-Signature": value}
    with pytest.raises(InputError, match="signature"):
        make_parser().verify(BODY, headers, now=NOW)


def test_another_timestamp_than_the_signed_one_is_refused():
    other = signed(BODY, at=NOW + timedelta(seconds=1))
    headers = signed(BODY) | {events.TIMESTAMP: other["X-Twilio-Email-Event-Webhook-Timestamp"]}
    headers.pop("X-Twilio-Email-Event-Webhook-Timestamp")
    with pytest.raises(InputError, match="signature"):
        make_parser().verify(BODY, headers, now=NOW)


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=30), -timedelta(minutes=30)])
def test_a_retry_of_a_day_ago_and_a_clock_that_is_off_are_taken(age):
    make_parser().verify(BODY, signed(BODY, at=NOW - age), now=NOW)


@pytest.mark.parametrize("age", [timedelta(days=3), -timedelta(hours=2)])
def test_what_is_far_too_old_or_new_is_refused(age):
    with pytest.raises(InputError, match="too far from now"):
        make_parser().verify(BODY, signed(BODY, at=NOW - age), now=NOW)


@pytest.mark.parametrize("headers", [{}, {events.TIMESTAMP: "soon"}, {events.TIMESTAMP: "-1"}])
def test_a_post_without_a_timestamp_is_refused(headers):
    with pytest.raises(InputError, match="timestamp"):
        make_parser().verify(BODY, headers, now=NOW)


def test_without_a_key_everything_is_refused():
    with pytest.raises(InputError, match="No verification key"):
        make_parser(None).verify(BODY, signed(BODY), now=NOW)


@pytest.mark.parametrize(
    "key",
    [
        "nonsense!",
        base64.b64encode(b"nonsense").decode(),
        public_text(ec.generate_private_key(ec.SECP384R1())),
    ],
)
def test_a_key_that_is_none_is_told(key):
    with pytest.raises(ConfigError, match="not a verification key"):
        make_parser(key)


def test_an_entry_becomes_an_event():
    (event,) = read(make_entry(response="250 ok for reader0001@example.org"))
    assert event.kind is EventKind.DELIVERED
    assert event.canonical == "reader0001@example.org"
    assert (event.attempt_id, event.position, event.provider_id) == ("a1", 1, "m1")
    assert event.at == NOW
    assert event.reason == "250 ok for (address)"


@pytest.mark.parametrize(
    ("kind", "extra", "expected"),
    [
        ("bounce", {"type": "bounce"}, EventKind.BOUNCED),
        ("bounce", {"type": "blocked"}, EventKind.BLOCKED),
        ("spamreport", {}, EventKind.COMPLAINED),
        ("group_unsubscribe", {}, EventKind.UNSUBSCRIBED),
        ("group_resubscribe", {}, EventKind.OTHER),
        ("account_status_change", {"email": ...}, EventKind.OTHER),
    ],
)
def test_events_are_told_in_the_words_of_the_house(kind, extra, expected):
    (event,) = read(make_entry(kind, **extra))
    assert (event.kind, event.name) == (expected, kind)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("Bounced Address", SubscriberState.BOUNCED),
        ("Invalid", SubscriberState.BOUNCED),
        ("Spam Reporting Address", SubscriberState.COMPLAINED),
        ("Unsubscribed Address", SubscriberState.UNSUBSCRIBED),
        ("Invalid SMTPAPI header", None),
        ("Recipient List over Package Quota", None),
        (..., None),
    ],
)
def test_a_drop_tells_what_is_known_of_the_person(reason, cause):
    assert read(make_entry("dropped", reason=reason))[0].cause == cause


@pytest.mark.parametrize("category", ["main", ["main", "edition"], ..., 7])
def test_case_30_a_category_may_be_a_text_a_list_or_missing(category):
    assert read(make_entry(category=category))[0].kind is EventKind.DELIVERED


def test_an_asynchronous_bounce_has_only_its_address():
    (event,) = read(make_entry("bounce", sg_message_id=..., nl_attempt=..., nl_position=...))
    assert (event.canonical, event.attempt_id, event.provider_id) == (
        "reader0001@example.org",
        None,
        None,
    )


def test_the_key_is_the_same_under_another_id_and_another_order():
    entry = make_entry()
    other = dict(reversed((entry | {"sg_event_id": "new", "reason": "x"}).items()))
    assert read(entry)[0].key == read(other)[0].key


@pytest.mark.parametrize(
    "changes",
    [
        {"event": "open"},
        {"timestamp": 1_800_000_000},
        {"url": "https://brief.example.org/a"},
        {"attempt": "2"},
        {"sg_message_id": "m1.recv-2"},
        {"sg_message_id": ...},
    ],
)
def test_the_key_differs_for_what_is_another_event(changes):
    assert read(make_entry())[0].key != read(make_entry(**changes))[0].key


@pytest.mark.parametrize("stamp", ["soon", None, -5, 1e300, ...])
def test_a_moment_that_is_none_is_the_one_of_arrival(stamp):
    assert read(make_entry(timestamp=stamp))[0].at == NOW


def test_entries_that_are_no_events_harm_no_others():
    assert len(read(make_entry(), 7, "x", None, [], make_entry(number=2))) == 2


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b'"x"', b"\xff[]"])
def test_what_is_no_list_is_refused(body):
    with pytest.raises(InputError):
        make_parser().parse(body, received_at=NOW)


@given(
    st.dictionaries(
        st.sampled_from(list(make_entry(type="", url="", reason="", status="", attempt=""))),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_no_entry_whatever_is_in_it_ends_the_reading(changes):
    try:
        found = read(make_entry() | changes)
    except InputError:  # a lone surrogate is no JSON
        return
    assert len(found) == 1
    assert found[0].at <= datetime(5200, 1, 1, tzinfo=UTC)
