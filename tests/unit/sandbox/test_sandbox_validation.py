"""Every documented limit of mail/send: what is over it is refused, what is at it is taken."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.sandbox.exchange import as_document
from newsletter.sandbox.validate import Known, validate
from tests.support.sandbox import NOW, make_block, make_body

KNOWN = Known(now=NOW, batch_ids={"b1"}, groups={7}, pools={"morning"}, templates={"d-1", "t-1"})
LONG_DOMAIN = ".".join(["d" * 63] * 4)
ADDRESS_320 = f"{'a' * 64}@{LONG_DOMAIN}"
HOUR = 3600


def fields(body: Any, *, strict: bool = True) -> list[str | None]:
    return [problem.field for problem in validate(body, KNOWN, strict=strict)]


def one(**changes: Any) -> dict[str, Any]:
    """A request to one reader whose personalization is changed."""
    return make_body(personalizations=[make_block(**changes)])


def to(*addresses: Any) -> dict[str, Any]:
    return make_body(
        personalizations=[{"to": [{"email": address}]} for address in addresses],
    )


ACCEPTED = {
    "the smallest request": make_body(),
    "1,000 personalizations": make_body(1000),
    "1,000 recipients in one personalization": one(
        to=[{"email": f"r{n}@example.org"} for n in range(1000)]
    ),
    "an address of 320 characters": to(ADDRESS_320),
    "a name with signs": one(to=[{"email": "a@example.org", "name": 'Jürgen "J" O\'Neil 株'}]),
    "a domain in A-labels": to("a@xn--bcher-kva.example"),
    "cc and bcc": one(cc=[{"email": "c@example.org"}], bcc=[{"email": "b@example.org"}]),
    "a subject in every personalization": make_body(
        subject=..., personalizations=[make_block(0, subject="One"), make_block(1, subject="Two")]
    ),
    "a template instead of subject and content": make_body(
        subject=..., content=..., template_id="d-1"
    ),
    "10,000 bytes of substitutions": one(substitutions={"-ab-": "x" * 9996}),
    "10,000 substitutions": make_body(
        personalizations=[
            make_block(n, substitutions={f"-{tag}-": "" for tag in range(10)}) for n in range(1000)
        ]
    ),
    "custom_args of 10,000 bytes in all": make_body(
        custom_args={"a": "x" * 5000},
        personalizations=[make_block(custom_args={"b": "x" * (10_000 - 5_015)})],
    ),
    "own headers": make_body(headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}),
    "10 categories": make_body(categories=[f"c{n}" for n in range(10)]),
    "a category of 255 characters": make_body(categories=["c" * 255]),
    "send_at 72 hours ahead": make_body(send_at=int(NOW) + 72 * HOUR),
    "send_at in the past": make_body(send_at=1),
    "a personal send_at": one(send_at=int(NOW) + HOUR),
    "a known batch": make_body(batch_id="b1"),
    "a known group": make_body(asm={"group_id": 7, "groups_to_display": [7] * 25}),
    "a known pool": make_body(ip_pool_name="morning"),
    "one reply_to": make_body(reply_to={"email": "desk@example.org"}),
    "1,000 reply_to addresses": make_body(
        reply_to_list=[{"email": f"r{n}@example.org"} for n in range(1000)]
    ),
    "sandbox mode as a boolean": make_body(mail_settings={"sandbox_mode": {"enable": False}}),
    "tracking settings": make_body(tracking_settings={"click_tracking": {"enable": False}}),
    "an attachment": make_body(attachments=[{"content": "aGk=", "filename": "a.txt"}]),
    "a third content type at the end": make_body(
        content=[
            {"type": "text/html", "value": "<p>x</p>"},
            {"type": "text/calendar", "value": "BEGIN:VCALENDAR"},
        ]
    ),
}


ACCEPTED |= {
    "150 substitutions in one personalization": one(
        substitutions={f"-{n}-": "" for n in range(150)}
    ),
    "substitutions beside a template of the old kind": make_body(
        template_id="t-1", personalizations=[make_block(substitutions={"-a-": "b"})]
    ),
    "sections": make_body(sections={":a:": "text"}),
    "an attachment inside the mail": make_body(
        attachments=[
            {
                "content": "aGk=",
                "filename": "view from the quay.png",
                "type": "image/png",
                "disposition": "inline",
                "content_id": "quay@example.org",
            }
        ]
    ),
}


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_within_every_limit_is_taken(body: dict[str, Any]) -> None:
    assert validate(body, KNOWN) == ()


REFUSED: dict[str, tuple[Any, str | None]] = {
    "no personalizations": (make_body(personalizations=...), "personalizations"),
    "an empty list of personalizations": (make_body(0), "personalizations"),
    "1,001 personalizations": (make_body(1001), "personalizations"),
    "1,001 recipients in one personalization": (
        one(to=[{"email": f"r{n}@example.org"} for n in range(1001)]),
        "personalizations",
    ),
    "no to": (make_body(personalizations=[{"subject": "x"}]), "personalizations.0.to"),
    "an empty to": (one(to=[]), "personalizations.0.to"),
    "an empty cc": (one(cc=[]), "personalizations.0.cc"),
    "a personalization that is empty": (make_body(personalizations=[{}]), "personalizations.0.to"),
    "an address of 321 characters": (to("a" + ADDRESS_320), "personalizations.0.to.0.email"),
    "an empty address": (to(""), "personalizations.0.to.0.email"),
    "no address": (one(to=[{"name": "Ann"}]), "personalizations.0.to.0.email"),
    "an address of null": (to(None), "personalizations.0.to.0.email"),
    "an address without a dot": (to("a@example"), "personalizations.0.to.0.email"),
    "an address with a space": (to("a b@example.org"), "personalizations.0.to.0.email"),
    "an address with a line end": (to("a@example.org\n"), "personalizations.0.to.0.email"),
    "a local part that is not ASCII": (to("jörg@example.org"), "personalizations.0.to.0.email"),
    "a domain that is not ASCII": (to("a@bücher.example"), "personalizations.0.to.0.email"),
    "the 501st address": (
        to(*(f"r{n}@example.org" for n in range(500)), "nobody"),
        "personalizations.500.to.0.email",
    ),
    "a name that is a number": (
        one(to=[{"email": "a@example.org", "name": 5}]),
        "personalizations.0.to.0.name",
    ),
    "a name with a line end": (
        one(to=[{"email": "a@example.org", "name": "A\r\nBcc: x"}]),
        "personalizations.0.to.0.name",
    ),
    "an address twice in to": (
        one(to=[{"email": "a@example.org"}, {"email": "A@Example.org "}]),
        "personalizations",
    ),
    "an address in to and cc": (
        one(to=[{"email": "a@example.org"}], cc=[{"email": "A@example.org"}]),
        "personalizations",
    ),
    "an address in two personalizations": (
        to("ann@example.org", "Ann@Example.org"),
        "personalizations",
    ),
    "no from": (make_body(**{"from": ...}), "from.email"),
    "a from that is not ASCII": (make_body(**{"from": {"email": "ä@example.org"}}), "from.email"),
    "no subject": (make_body(subject=...), "subject"),
    "a subject in some personalizations only": (
        make_body(subject=..., personalizations=[make_block(0, subject="One"), make_block(1)]),
        "subject",
    ),
    "an empty subject": (make_body(subject=""), "subject"),
    "an empty personal subject": (one(subject=""), "personalizations.0.subject"),
    "a subject of two lines": (make_body(subject="a\r\nBcc: x"), "subject"),
    "no content": (make_body(content=...), "content"),
    "an empty list of content": (make_body(content=[]), "content"),
    "an empty part": (
        make_body(content=[{"type": "text/html", "value": ""}]),
        "content.0.value",
    ),
    "a part without a type": (make_body(content=[{"value": "x"}]), "content.0.type"),
    "a type with a charset": (
        make_body(content=[{"type": "text/html; charset=utf-8", "value": "x"}]),
        "content.0.type",
    ),
    "HTML before text": (
        make_body(
            content=[{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}]
        ),
        "content",
    ),
    "two parts of one type": (
        make_body(content=[{"type": "text/plain", "value": "x"}] * 2),
        "content",
    ),
    "a substitution that is a number": (
        one(substitutions={"-n-": 5}),
        "personalizations.0.substitutions.-n-",
    ),
    "a substitution that is null": (
        one(substitutions={"-n-": None}),
        "personalizations.0.substitutions.-n-",
    ),
    "empty substitutions": (one(substitutions={}), "personalizations.0.substitutions"),
    "10,001 bytes of substitutions": (
        one(substitutions={"-ab-": "x" * 9997}),
        "personalizations.0.substitutions",
    ),
    "10,001 bytes of substitutions in two-byte letters": (
        one(substitutions={"-ab-": "ä" * 4999}),
        "personalizations.0.substitutions",
    ),
    "10,001 substitutions": (
        make_body(
            personalizations=[
                make_block(n, substitutions={f"-{t}-": "" for t in range(11 if n == 0 else 10)})
                for n in range(1000)
            ]
        ),
        "personalizations",
    ),
    "a custom_arg that is a number": (make_body(custom_args={"n": 5}), "custom_args.n"),
    "empty custom_args": (make_body(custom_args={}), "custom_args"),
    "empty personal custom_args": (one(custom_args={}), "personalizations.0.custom_args"),
    "custom_args of 10,001 bytes in all": (
        make_body(
            custom_args={"a": "x" * 5000},
            personalizations=[make_block(custom_args={"b": "x" * (10_001 - 5_015)})],
        ),
        "personalizations.0.custom_args",
    ),
    "empty headers": (make_body(headers={}), "headers"),
    "empty personal headers": (one(headers={}), "personalizations.0.headers"),
    "a header that is a number": (make_body(headers={"X-N": 5}), "headers.X-N"),
    "a header name with a space": (make_body(headers={"X N": "x"}), "headers.X N"),
    "a header name that is not ASCII": (make_body(headers={"X-Ä": "x"}), "headers.X-Ä"),
    "a header with a line end": (make_body(headers={"X-N": "a\r\nBcc: b"}), "headers.X-N"),
    "a header twice": (make_body(headers={"X-N": "1", "x-n": "2"}), "headers.X-N"),
    "11 categories": (make_body(categories=[f"c{n}" for n in range(11)]), "categories"),
    "a category of 256 characters": (make_body(categories=["c" * 256]), "categories.0"),
    "a category twice": (make_body(categories=["a", "a"]), "categories"),
    "a category that is not ASCII": (make_body(categories=["ä"]), "categories.0"),
    "a category that is a number": (make_body(categories=[5]), "categories.0"),
    "send_at over 72 hours ahead": (make_body(send_at=int(NOW) + 72 * HOUR + 1), "send_at"),
    "send_at as text": (make_body(send_at="1800000000"), "send_at"),
    "send_at with a fraction": (make_body(send_at=NOW + 0.5), "send_at"),
    "send_at as a boolean": (make_body(send_at=True), "send_at"),
    "a personal send_at too far ahead": (
        one(send_at=int(NOW) + 73 * HOUR),
        "personalizations.0.send_at",
    ),
    "an unknown batch": (make_body(batch_id="b2"), "batch_id"),
    "an asm without a group": (make_body(asm={}), "asm.group_id"),
    "an unknown group": (make_body(asm={"group_id": 8}), "asm.group_id"),
    "26 groups to display": (
        make_body(asm={"group_id": 7, "groups_to_display": [7] * 26}),
        "asm.groups_to_display",
    ),
    "a pool's name of one character": (make_body(ip_pool_name="m"), "ip_pool_name"),
    "an unknown pool": (make_body(ip_pool_name="evening"), "ip_pool_name"),
    "reply_to beside reply_to_list": (
        make_body(reply_to={"email": "a@example.org"}, reply_to_list=[{"email": "b@example.org"}]),
        "reply_to",
    ),
    "1,001 reply_to addresses": (
        make_body(reply_to_list=[{"email": f"r{n}@example.org"} for n in range(1001)]),
        "reply_to_list",
    ),
    "a reply_to address twice": (
        make_body(reply_to_list=[{"email": "a@example.org"}, {"email": "A@example.org"}]),
        "reply_to_list",
    ),
    "sandbox mode as text": (
        make_body(mail_settings={"sandbox_mode": {"enable": "true"}}),
        "mail_settings.sandbox_mode.enable",
    ),
    "empty mail_settings": (make_body(mail_settings={}), "mail_settings"),
    "an attachment that is not base64": (
        make_body(attachments=[{"content": "hello!", "filename": "a.txt"}]),
        "attachments.0.content",
    ),
    "an attachment without a name": (
        make_body(attachments=[{"content": "aGk="}]),
        "attachments.0.filename",
    ),
    "a local part of 65 characters": (
        to(f"{'a' * 65}@example.org"),
        "personalizations.0.to.0.email",
    ),
    "a type with a comma": (
        make_body(content=[{"type": "text/html, text/plain", "value": "x"}]),
        "content.0.type",
    ),
    "a type that is a list": (
        make_body(content=[{"type": ["text/html"], "value": "x"}]),
        "content.0.type",
    ),
    "151 substitutions in one personalization": (
        one(substitutions={f"-{n}-": "" for n in range(151)}),
        "personalizations.0.substitutions",
    ),
    "substitutions beside a dynamic template": (
        make_body(template_id="d-1", personalizations=[make_block(substitutions={"-a-": "b"})]),
        "personalizations.0.substitutions",
    ),
    "an unknown template": (make_body(template_id="d-2"), "template_id"),
    "an unknown template without content": (
        make_body(content=..., template_id="d-2"),
        "template_id",
    ),
    "a group to display that is not the account's": (
        make_body(asm={"group_id": 7, "groups_to_display": [7, 8]}),
        "asm.groups_to_display",
    ),
    "a section that is a number": (make_body(sections={":a:": 5}), "sections.:a:"),
    "an empty template_id": (make_body(template_id=""), "template_id"),
    "an unknown key": (make_body(idempotency_key="x"), "idempotency_key"),
    "an unknown personal key": (one(unsubscribe="x"), "personalizations.0.unsubscribe"),
    "a body that is a list": ([], None),
    "personalizations that are an object": (make_body(personalizations={}), None),
    "a to that is a text": (one(to="a@example.org"), None),
    "substitutions that are a list": (one(substitutions=["-n-"]), None),
}


@pytest.mark.parametrize(("body", "field"), REFUSED.values(), ids=REFUSED)
def test_what_is_over_a_limit_is_refused_by_name(body: Any, field: str | None) -> None:
    assert field in fields(body)


@pytest.mark.parametrize(
    "name",
    [
        "x-sg-id",
        "X-SG-EID",
        "Received",
        "DKIM-Signature",
        "Content-Type",
        "Content-Transfer-Encoding",
        "To",
        "FROM",
        "Subject",
        "Reply-To",
        "CC",
        "Bcc",
    ],
)
def test_reserved_headers_are_refused_in_any_case(name: str) -> None:
    assert fields(make_body(headers={name: "x"})) == [f"headers.{name}"]


def test_problems_are_collected_and_not_only_the_first_told() -> None:
    body = to("nobody", "a@example.org", "no one")
    del body["subject"]

    found = fields(body)

    assert found == ["personalizations.0.to.0.email", "personalizations.2.to.0.email", "subject"]


def test_a_wrong_container_gives_a_bare_refusal_whose_cause_only_the_sandbox_tells() -> None:
    (problem,) = validate(one(to="a@example.org"), KNOWN)

    assert as_document([problem]) == {
        "errors": [{"message": "Bad Request", "field": None, "help": None}]
    }
    assert "personalizations.0.to is a string, not a list" in problem.cause


@pytest.mark.parametrize(
    "body",
    [to("ann@example.org", "Ann@Example.org"), make_body(idempotency_key="x")],
    ids=["an address in two personalizations", "an unknown key"],
)
def test_a_lenient_sandbox_takes_what_the_real_one_is_not_known_to_refuse(body: Any) -> None:
    assert fields(body, strict=False) == []


def test_an_address_twice_in_one_personalization_is_refused_even_when_lenient() -> None:
    twice = one(to=[{"email": "a@example.org"}, {"email": "A@example.org"}])

    assert fields(twice, strict=False) == ["personalizations"]


def test_without_batches_groups_and_pools_none_is_known() -> None:
    body = make_body(batch_id="b1", asm={"group_id": 7}, ip_pool_name="morning")

    found = [problem.field for problem in validate(body, Known(now=NOW))]

    assert sorted(str(field) for field in found) == ["asm.group_id", "batch_id", "ip_pool_name"]
