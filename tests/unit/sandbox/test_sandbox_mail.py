"""From an accepted body to what each reader gets, and when."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any, cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sandbox.compose import compose, subject_of, substitute
from newsletter.sandbox.drafts import Draft, as_json, drafts, from_json, index_entry
from newsletter.sandbox.events import LARGEST_POST, bodies, event
from newsletter.sandbox.ratelimit import RateLimit
from tests.support.sandbox import NOW, make_block, make_body


def draft_all(body: dict[str, Any]) -> tuple[Draft, ...]:
    return drafts(body, message_id="MID", request=1, now=NOW)


def mail_of(body: dict[str, Any]) -> EmailMessage:
    draft = draft_all(body)[0]
    mail = index_entry(draft, number=1, subject=subject_of(draft), now=NOW)
    return cast("EmailMessage", message_from_bytes(compose(draft, mail), policy=default_policy))


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_everyone_in_to_cc_and_bcc_gets_a_mail_of_their_own() -> None:
    body = make_body(
        personalizations=[
            make_block(1, cc=[{"email": "cc@example.org"}], bcc=[{"email": "bcc@example.org"}]),
            make_block(2),
        ]
    )

    found = draft_all(body)

    assert [draft.recipient for draft in found] == [
        "reader1@example.org",
        "cc@example.org",
        "bcc@example.org",
        "reader2@example.org",
    ]
    assert len({draft.sg_message_id for draft in found}) == 4
    assert all(draft.sg_message_id.startswith("MID.") for draft in found)


def test_a_blind_copy_is_named_to_nobody() -> None:
    message = mail_of(
        make_body(personalizations=[make_block(1, bcc=[{"email": "bcc@example.org"}])])
    )

    assert "bcc@example.org" not in message.as_string()


def test_substitutions_reach_subject_and_both_parts_but_no_header() -> None:
    block = make_block(
        substitutions={"-name-": "Zoë & <Co>"},
        headers={"List-Unsubscribe": "<https://b.example/-name->"},
    )
    message = mail_of(
        make_body(
            personalizations=[block],
            subject="For -name-",
            content=[
                {"type": "text/plain", "value": "Hello -name-"},
                {"type": "text/html", "value": "<p>Hello -name-</p>"},
            ],
        )
    )

    assert message["Subject"] == "For Zoë & <Co>"
    assert text_of(message).strip() == "Hello Zoë & <Co>"
    assert "<p>Hello Zoë & <Co></p>" in text_of(message, "html")
    assert message["List-Unsubscribe"] == "<https://b.example/-name->"


def test_a_tag_in_a_value_is_expanded_as_the_real_one_does() -> None:
    assert substitute("Hi -a-", {"-a-": "-b-", "-b-": "oops"}) == "Hi oops"


def test_personal_headers_and_arguments_win_over_those_of_the_message() -> None:
    body = make_body(
        headers={"X-Edition": "all", "X-Shared": "yes"},
        custom_args={"kind": "edition", "who": "all"},
        personalizations=[make_block(headers={"X-Edition": "mine"}, custom_args={"who": "me"})],
    )

    message, draft = mail_of(body), draft_all(body)[0]

    assert (message["X-Edition"], message["X-Shared"]) == ("mine", "yes")
    assert draft.custom_args == {"kind": "edition", "who": "me"}


def test_a_value_with_a_line_end_cannot_add_a_header() -> None:
    message = mail_of(
        make_body(
            subject="For -name-",
            personalizations=[make_block(substitutions={"-name-": "x\r\nBcc: eve@example.org"})],
        )
    )

    assert message["Bcc"] is None
    assert message["Subject"] == "For x Bcc: eve@example.org"


@pytest.mark.parametrize(("length", "readable"), [(77, True), (78, False)])
def test_a_long_unsubscribe_header_is_spoiled(length: int, readable: bool) -> None:
    value = f"<https://b.example/{'t' * (length - 20)}>"
    draft = draft_all(make_body(headers={"List-Unsubscribe": value}))[0]
    mail = index_entry(draft, number=1, subject="x", now=NOW)

    assert len(value) == length
    assert (f"List-Unsubscribe: {value}\r\n".encode() in compose(draft, mail)) is readable


def test_a_header_of_ones_own_replaces_what_the_sandbox_would_say() -> None:
    message = mail_of(make_body(headers={"message-id": "<own@example.org>"}))

    assert message.get_all("Message-ID") == ["<own@example.org>"]


def test_an_attachment_arrives_byte_by_byte() -> None:
    content = {"content": "AAECAwQ=", "filename": "Übersicht.bin", "type": "application/x-test"}

    (part,) = mail_of(make_body(attachments=[content])).iter_attachments()

    assert part.get_payload(decode=True) == bytes(range(5))
    assert part.get_filename() == "Übersicht.bin"


def test_a_message_without_content_still_makes_a_mail() -> None:
    message = mail_of(make_body(subject=..., content=..., template_id="d-1"))

    assert message["Subject"] == "(the template's subject)"
    assert message.get_content_type() == "text/plain"


@given(
    name=st.text(min_size=1, max_size=80).filter(lambda text: text.isprintable()),
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=3000),
)
def test_names_and_texts_arrive_unchanged_in_short_lines(name: str, text: str) -> None:
    body = make_body(
        personalizations=[make_block(to=[{"email": "a@example.org", "name": name}])],
        content=[{"type": "text/plain", "value": text}],
    )
    draft = draft_all(body)[0]
    source = compose(draft, index_entry(draft, number=1, subject="x", now=NOW))
    _, _, content = source.partition(b"\r\n\r\n")

    assert b"\n" not in source.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 76
    message = cast("EmailMessage", message_from_bytes(source, policy=default_policy))
    assert text_of(message).rstrip("\r\n") == text


def test_a_personal_send_time_wins_and_the_past_is_now() -> None:
    ahead = int(NOW) + 600
    body = make_body(
        send_at=ahead,
        personalizations=[
            make_block(1),
            make_block(2, send_at=5),
            make_block(3, send_at=ahead + 1),
        ],
    )

    assert [draft.due for draft in draft_all(body)] == [ahead, NOW, ahead + 1]


def test_an_index_entry_survives_its_file() -> None:
    body = make_body(custom_args={"attempt": "a1"}, categories=["daily"], batch_id="b1")
    draft = draft_all(body)[0]
    mail = index_entry(draft, number=3, subject=subject_of(draft), now=NOW)

    assert from_json(orjson.loads(orjson.dumps(as_json(mail)))) == mail


# --- events ------------------------------------------------------------------------------------


def test_an_event_carries_the_arguments_but_its_own_fields_win() -> None:
    body = make_body(
        custom_args={"attempt": "a1", "email": "x", "event": "y"}, categories=["daily"]
    )

    found = event("delivered", draft_all(body)[0], at=NOW + 0.9, event_id="E1")

    assert found["attempt"] == "a1"
    assert found["email"] == "reader0@example.org"
    assert found["event"] == "delivered"
    assert found["timestamp"] == int(NOW)
    assert found["sg_message_id"].startswith("MID.")
    assert found["category"] == ["daily"]
    assert found["response"].startswith("250")


def test_a_scheduled_mail_is_processed_with_its_time() -> None:
    ahead = int(NOW) + 600

    found = event("processed", draft_all(make_body(send_at=ahead))[0], at=NOW, event_id="E1")

    assert found["send_at"] == ahead
    assert "response" not in found


@given(st.lists(st.integers(min_value=0, max_value=2000), max_size=40))
def test_posts_hold_every_event_in_order_and_end_in_crlf(sizes: list[int]) -> None:
    events = [{"n": n, "pad": "x" * size * 100} for n, size in enumerate(sizes)]

    posts = list(bodies(events))

    assert [entry for post in posts for entry in orjson.loads(post)] == events
    assert all(post.endswith(b"]\r\n") and len(post) < LARGEST_POST + 10 for post in posts)


# --- the rate limit ----------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "allowed"), [(0, False), (9.9, False), (10, True)])
def test_a_used_up_window_opens_again_at_its_end(after: float, allowed: bool) -> None:
    limit = RateLimit(2, 10)
    first, second = limit.take(NOW), limit.take(NOW)

    assert (first.remaining, second.remaining) == (1, 0)
    assert second.allowed
    assert second.reset == int(NOW) + 10
    assert limit.take(NOW + after).allowed is allowed
