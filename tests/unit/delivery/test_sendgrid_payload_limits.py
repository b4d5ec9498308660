"""What SendGrid is sure to refuse is known before any request."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import MessageRefused
from newsletter.core.model import Recipient
from newsletter.delivery.providers.sendgrid import payload as form
from tests.support.delivery import NAME, make_attempt, make_envelope, make_message, make_recipient

SITE = "https://brief.example.org/u/"


def problem(person: Recipient) -> str | None:
    other = make_recipient(99, substitutions=dict.fromkeys(person.substitutions, "-"))
    return form.problems(make_attempt(other, person)).get(1)


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.com",
        "ann+tag@example.com",
        "o'neil.b_c@mail.example.co.uk",
        "a@xn--bcher-kva.example",
        "x" * 64 + "@example.com",
        "ann@" + ".".join(["d" * 63, "d" * 63, "d" * 63, "d" * 63]),
    ],
)
def test_deliverable_addresses_have_no_problem(address: str) -> None:
    assert problem(make_recipient(address=address)) is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "not an address"),
        ("ann", "not an address"),
        ("@example.com", "not an address"),
        ("ann@", "not an address"),
        ("jörg@example.com", "outside ASCII"),
        ("ann@bücher.example", "domain"),
        ("ann@localhost", "domain"),
        ("ann@-a.example", "domain"),
        ("ann@a..example", "domain"),
        ("ann@a.example.", "domain"),
        ("an n@example.com", "before the @"),
        ("ann..b@example.com", "before the @"),
        ("ann@bob@example.com", "before the @"),
        ("ann\r\nBcc: bob@example.com", "before the @"),
        ("ann@example.com\n", "domain"),
        ("x" * 65 + "@example.com", "longer than 64"),
        ("ann@" + "d." * 126 + "examples", "longer than 255"),
        ("x" * 64 + "@" + "d." * 124 + "examples", "longer than 320"),
    ],
)
def test_undeliverable_addresses_are_named(address: str, why: str) -> None:
    assert why in (problem(make_recipient(address=address)) or "")


@pytest.mark.parametrize(
    "name",
    [
        'Jürgen "J" O’Neil, 株式会社',
        "👩‍👩‍👧 family",
        "\u200fשלום",
        "no-break\u00a0space",
        "n" * 500,
        "",
    ],
)
def test_names_of_all_kinds_have_no_problem(name: str) -> None:
    assert problem(make_recipient(name=name)) is None


@pytest.mark.parametrize("sign", ["\0", "\r\n", "\n", "\t", "\x1b", "\x7f", "\x85"])
def test_control_characters_are_a_problem(sign: str) -> None:
    assert "control" in (problem(make_recipient(name=f"Ann{sign}Lee")) or "")
    values = {NAME.text_tag: f"Ann{sign}Lee"}
    assert "control" in (problem(make_recipient(substitutions=values)) or "")


@pytest.mark.parametrize("half", ["\ud800", "Ann \udcff", "\udfff\ud800"])
def test_half_characters_are_a_problem(half: str) -> None:
    assert "surrogate" in (problem(make_recipient(name=half)) or "")
    assert "surrogate" in (problem(make_recipient(substitutions={"-a-": half})) or "")


def test_merge_values_are_counted_in_bytes_of_utf8() -> None:
    tag, value = "-tag-", "é" * 4997
    assert problem(make_recipient(substitutions={tag: value + "x"})) is None
    assert "10000 bytes" in (problem(make_recipient(substitutions={tag: value + "é"})) or "")


def test_endless_name_is_a_problem() -> None:
    assert problem(make_recipient(name="n" * 900)) is None
    assert "longer than 900" in (problem(make_recipient(name="n" * 901)) or "")


def test_unsubscribe_header_may_have_77_bytes() -> None:
    longest = SITE + "k" * (77 - len("<>") - len(SITE))
    assert problem(make_recipient(unsubscribe_url=longest)) is None
    assert "77" in (problem(make_recipient(unsubscribe_url=longest + "k")) or "")


@pytest.mark.parametrize("url", ["http://localhost:8000/u/a", "http://127.0.0.1/u/a"])
def test_plain_http_is_for_this_machine(url: str) -> None:
    assert problem(make_recipient(unsubscribe_url=url)) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "brief.example.org/u/a",
        "http://brief.example.org/u/a",
        "mailto:leave@brief.example.org",
        "https:///u/a",
        "https://[half/u/a",
        "https://brief.example.org/u/a>,<mailto:x@y.example",
        "https://brief.example.org/u/a\r\nBcc: x",
        "https://brief.example.org/u/é",
        "https://brief.example.org/u/a b",
        "http://localhost.example.org/u/a",
    ],
)
def test_one_click_needs_an_https_address(url: str) -> None:
    assert "unsubscribe address" in (
        problem(make_recipient(unsubscribe_url=url, substitutions={})) or ""
    )


ANY = st.text(max_size=40)


@given(
    address=ANY | st.just("ann@example.com"),
    name=ANY,
    value=ANY,
    url=ANY | st.just(f"{SITE}a"),
)
def test_whoever_has_no_problem_can_be_written(
    address: str, name: str, value: str, url: str
) -> None:
    person = make_recipient(
        address=address, name=name, substitutions={"-t-": value}, unsubscribe_url=url
    )
    if problem(person) is None:
        (one,) = orjson.loads(form.payload(make_attempt(person)))["personalizations"]
        assert one["to"][0].get("name", "") == form.harmless_name(name)
        assert one["substitutions"] == {"-t-": value}


def test_thousand_ordinary_readers_fit() -> None:
    assert form.fits(make_attempt(count=1000))
    assert not form.fits(make_attempt(count=1001))


def test_request_may_have_10000_substitutions() -> None:
    values = {f"-t{n:04d}-": "v" for n in range(500)}
    people = [make_recipient(n, substitutions=values) for n in range(20)]
    assert form.fits(make_attempt(*people))
    assert not form.fits(make_attempt(*people, make_recipient(21, substitutions=values)))


def test_body_stays_under_30_megabytes() -> None:
    message = make_message(html="<p>" + "é" * 14_000_000)
    assert form.fits(make_attempt(count=1, message=message))
    people = [make_recipient(n, substitutions={"-t-": "v" * 9_000}) for n in range(200)]
    assert not form.fits(make_attempt(*people, message=message))


def test_message_that_is_too_large_alone_is_refused_as_a_message() -> None:
    attempt = make_attempt(message=make_message(html="<p>" + "y" * 30_000_000))
    assert form.fits(attempt)  # halves would not mend it
    with pytest.raises(MessageRefused, match="30 MB"):
        form.payload(attempt)


def test_problem_sentences_do_not_depend_on_others() -> None:
    attempt = make_attempt(make_recipient(1, address="bad"), make_recipient(2))
    assert list(form.problems(attempt)) == [0]


def test_sender_is_the_configured_one() -> None:
    envelope = make_envelope(sender_name="Ünited", sender_email="a@b.example")
    body = orjson.loads(form.payload(make_attempt(envelope=envelope)))
    assert body["from"] == {"name": "Ünited", "email": "a@b.example"}
