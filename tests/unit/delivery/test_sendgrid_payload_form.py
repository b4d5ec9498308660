"""The body of POST /v3/mail/send: what is in it, where, and what never is."""

from __future__ import annotations

from dataclasses import replace
from email.header import decode_header, make_header
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import MessageRefused
from newsletter.core.model import Attempt, Booking, Recipient
from newsletter.delivery.providers._headers import feedback_id
from newsletter.delivery.providers.sendgrid import payload as form
from tests.support.delivery import (
    LEAVE,
    NAME,
    NOW,
    make_attempt,
    make_envelope,
    make_message,
    make_recipient,
)

# Everything a name may be: no control characters, no half characters.
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60)
HARMLESS = TEXT.filter(lambda name: not {",", ";"} & set(name))


def body_of(attempt: Attempt) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(form.payload(attempt))
    return found


def every_value(value: Any) -> list[Any]:
    """List all values inside a JSON value, containers included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(found for one in inner for found in every_value(one))]


def test_whole_body_is_this() -> None:
    person = make_recipient(12, name="Ann", address="ann@example.com")
    assert body_of(make_attempt(person)) == {
        "from": {"email": "brief@brief.example.org", "name": "The Harbour Brief"},
        "reply_to": {"email": "desk@brief.example.org"},
        "subject": f"Gulls over the quay, {NAME.text_tag}",
        "content": [
            {"type": "text/plain", "value": make_message().text},
            {"type": "text/html", "value": make_message().html},
        ],
        "headers": {
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": "The Harbour Brief <main.brief.example.org>",
            "Feedback-ID": "20270309:main:edition:briefexampleorg",
        },
        "categories": ["main", "edition"],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
        "custom_args": {"nl_send": "7", "nl_batch": "3", "nl_attempt": "attempt-1"},
        "personalizations": [
            {
                "to": [{"email": "ann@example.com", "name": "Ann"}],
                "headers": {"List-Unsubscribe": f"<{person.unsubscribe_url}>"},
                "substitutions": {
                    NAME.html_tag: "Ann",
                    NAME.text_tag: "Ann",
                    LEAVE.html_tag: person.unsubscribe_url,
                    LEAVE.text_tag: person.unsubscribe_url,
                },
                "custom_args": {"nl_position": "12"},
            }
        ],
    }


def test_people_stand_in_the_attempts_order_one_to_a_personalization() -> None:
    body = body_of(make_attempt(count=1000))
    assert [one["to"] for one in body["personalizations"]] == [
        [{"email": f"reader{n}@example.com", "name": f"Reader {n}"}] for n in range(1, 1001)
    ]


def test_nothing_is_empty_or_null() -> None:
    bare = make_recipient(name="", substitutions={})
    attempt = make_attempt(bare, envelope=make_envelope(reply_to=None))
    values = every_value(body_of(attempt))
    assert all(value not in (None, "", [], {}) for value in values if value is not False)


def test_a_booking_travels_as_batch_id_and_whole_seconds() -> None:
    plain = body_of(make_attempt())
    booked = body_of(make_attempt(booking=Booking(recall_id="b1", send_at=NOW)))
    assert booked.pop("batch_id") == "b1"
    assert booked.pop("send_at") == int(NOW.timestamp())
    assert booked == plain


def test_every_custom_argument_is_a_string() -> None:
    body = body_of(make_attempt())
    arguments = [body["custom_args"], *(one["custom_args"] for one in body["personalizations"])]
    assert all(isinstance(value, str) for one in arguments for value in one.values())


def test_no_address_stands_outside_the_recipients_own_place() -> None:
    body = body_of(make_attempt(make_recipient(1, address="hidden.person@example.com")))
    for one in body["personalizations"]:
        del one["to"]
    assert b"hidden.person" not in orjson.dumps(body)


def test_test_send_has_its_own_category() -> None:
    body = body_of(make_attempt(envelope=make_envelope(kind="test")))
    assert body["categories"] == ["main", "test"]


def test_categories_are_unique_for_a_publication_called_edition() -> None:
    body = body_of(make_attempt(envelope=make_envelope(publication="edition")))
    assert body["categories"] == ["edition"]


def test_no_suppression_is_bypassed_and_no_group_is_named() -> None:
    assert not {"asm", "mail_settings", "template_id", "send_at"} & body_of(make_attempt()).keys()


@pytest.mark.parametrize(
    ("name", "written"),
    [("The Harbour Brief", "The Harbour Brief"), ('Quay "4", daily', '"Quay \\"4\\", daily"')],
)
def test_list_id_of_ascii_letters_is_readable(name: str, written: str) -> None:
    envelope = make_envelope(list_id=f"{name} <main.brief.example.org>")
    headers = body_of(make_attempt(envelope=envelope))["headers"]
    assert headers["List-Id"] == f"{written} <main.brief.example.org>"


@given(name=TEXT.map(str.strip).filter(lambda name: name and not name.isascii()))
def test_list_id_of_other_letters_is_encoded_but_its_id_is_not(name: str) -> None:
    envelope = make_envelope(list_id=f"{name} <main.brief.example.org>")
    written = body_of(make_attempt(envelope=envelope))["headers"]["List-Id"]
    phrase, _, rest = written.rpartition(" ")
    assert written.isascii()
    assert "\n" not in written
    assert rest == "<main.brief.example.org>"
    assert all(len(word) <= 75 for word in phrase.split())  # RFC 2047, 2
    assert str(make_header(decode_header(phrase))) == name


def test_list_id_of_an_international_host_is_written_in_a_labels() -> None:
    envelope = make_envelope(list_id="Brief <main.bücher.example>")
    headers = body_of(make_attempt(envelope=envelope))["headers"]
    assert headers["List-Id"] == "Brief <main.xn--bcher-kva.example>"


@pytest.mark.parametrize(
    ("name", "written"),
    [("Quill, Ann", "Quill Ann"), ("Ben;Dee", "Ben Dee"), (";,", None), ("Eve (x)", "Eve (x)")],
)
def test_no_name_has_the_signs_that_lose_mail(name: str, written: str | None) -> None:
    people = [make_recipient(1, name=name), make_recipient(2, name="Flo")]
    envelope = make_envelope(sender_name=f"Desk, The {name}")
    body = body_of(make_attempt(*people, envelope=envelope))
    assert [one["to"][0].get("name") for one in body["personalizations"]] == [written, "Flo"]
    assert not {",", ";"} & set(body["from"]["name"])
    assert name in body["personalizations"][0]["substitutions"].values()


def test_the_pool_of_addresses_travels_where_one_is_named() -> None:
    plain, pooled = (
        orjson.loads(form.payload(make_attempt(), ip_pool=one)) for one in (None, "news")
    )
    assert pooled.pop("ip_pool_name") == "news"
    assert pooled == plain


@pytest.mark.parametrize("domain", ["b.de", "brief.example.org", "a-long.name.of.a.host.example"])
def test_the_feedback_id_names_who_sends_and_nobody_else(domain: str) -> None:
    envelope = make_envelope(sender_email=f"brief@{domain}", kind="test")
    edition, publication, kind, sender = feedback_id(envelope).split(":")
    assert (edition, publication, kind) == ("20270309", "main", "test")
    assert 5 <= len(sender) <= 15
    assert sender.isalnum()


@given(name=HARMLESS, value=TEXT, subject=TEXT.filter(bool))
def test_unicode_arrives_unchanged(name: str, value: str, subject: str) -> None:
    person = make_recipient(name=name, substitutions={NAME.text_tag: value})
    body = body_of(make_attempt(person, message=make_message(subject=subject)))
    (one,) = body["personalizations"]
    assert one["to"][0].get("name", "") == name
    assert one["substitutions"] == {NAME.text_tag: value}
    assert body["subject"] == subject


@given(st.lists(st.builds(make_recipient, st.integers(1, 10**9), name=TEXT), max_size=20))
def test_splice_is_the_same_as_writing_the_whole(people: list[Recipient]) -> None:
    written = form.payload(make_attempt(*people) if people else make_attempt(count=0))
    assert orjson.dumps(orjson.loads(written)) == written


@given(left=st.text(max_size=30), right=st.text(max_size=30))
def test_shared_part_is_never_another_messages(left: str, right: str) -> None:
    def content(text: str) -> str:
        attempt = make_attempt(message=make_message(text=text or "-"))
        found: str = body_of(attempt)["content"][0]["value"]
        return found

    assert (content(left), content(right)) == (left or "-", right or "-")


def test_attempts_of_one_message_differ_only_in_their_own_part() -> None:
    one, two = (body_of(make_attempt(id=name, batch=n)) for n, name in ((1, "a"), (2, "b")))
    assert two["custom_args"] == {"nl_send": "7", "nl_batch": "2", "nl_attempt": "b"}
    assert one | {"custom_args": None} == two | {"custom_args": None}


@pytest.mark.parametrize(
    ("text", "why"), [("SG.abc.def is a key", "API key"), ("half \ud83d", "half a character")]
)
def test_message_that_cannot_be_written_is_refused(text: str, why: str) -> None:
    attempt = make_attempt(message=replace(make_message(), text=text))
    with pytest.raises(MessageRefused, match=why):
        form.payload(attempt)
    assert form.fits(attempt)  # halves would not mend it
