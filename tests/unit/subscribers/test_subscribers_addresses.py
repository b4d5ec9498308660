"""Addresses: what is taken, in which form, and why the rest is refused."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.subscribers import addresses
from newsletter.subscribers.addresses import Address, Refused, parse
from tests.support.examples import examples


@pytest.mark.parametrize(
    ("text", "address", "canonical"),
    [
        ("ann@example.org", "ann@example.org", "ann@example.org"),
        ("  Ann@Example.ORG\t", "Ann@example.org", "ann@example.org"),
        ("\ufeffann@example.org\u200b", "ann@example.org", "ann@example.org"),
        ("INFO@example.org", "INFO@example.org", "info@example.org"),
        ("a.b+brief@example.org", "a.b+brief@example.org", "a.b+brief@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("A@BÜCHER.example", "A@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@XN--bcher-kva.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("o'neil@mail.test", "o'neil@mail.test", "o'neil@mail.test"),
        ("a@host.invalid", "a@host.invalid", "a@host.invalid"),
        ("a@bücher.invalid", "a@xn--bcher-kva.invalid", "a@xn--bcher-kva.invalid"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_an_address_is_mailed_as_given_and_compared_in_one_form(
    text: str, address: str, canonical: str
) -> None:
    assert parse(text) == Address(address, canonical)


def test_neither_plus_tags_nor_dots_are_folded() -> None:
    forms = ["ann@example.org", "a.nn@example.org", "ann+x@example.org"]
    assert len({parse(form) for form in forms}) == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("ann.example.org", "no @"),
        ("ann@x.example, ben@x.example", "more than one @"),
        ("jörg@example.com", "“ö”"),
        ("a\u200bb@example.com", "invisible"),
        ("ann@example", "period"),
        ("ann@test", "period"),
        ("@example.org", "before the @"),
        ("ann@", "after the @"),
        ("an n@example.org", "SPACE"),
        ("ann@example..org", "periods in a row"),
        ("ann@-example.org", "hyphen"),
        ("ann@printer.local", "special-use"),
        ("ann@127.0.0.1", "top-level"),
        ("ann@\ud800.example", "broken character"),
        ("ann@x\udfff.example", "broken character"),
        (f"{'a' * 65}@example.org", "too long before"),
        (f"a@{'b' * 64}.example", "too many"),
        ("a" * 300 + "@example.org", "312 characters"),
        ('"ann b"@example.org', "Quoting"),
    ],
)
def test_what_cannot_be_mailed_is_refused_with_a_sentence(text: str, word: str) -> None:
    refused = parse(text)
    assert isinstance(refused, Refused)
    assert word in refused.reason
    assert refused.reason.endswith(".")
    assert "\n" not in refused.reason


def test_254_characters_are_the_most() -> None:
    longest = f"{'a' * 64}@{'b' * 63}.{'b' * 63}.{'b' * 57}.org"
    assert parse(longest) == Address(longest, longest)
    refused = parse(longest.replace(".org", ".info"))
    assert refused == Refused("The address has 255 characters; 254 is the most.")


_LETTERS = string.ascii_letters + string.digits + "-+_.!#$%&'*/=?^`{|}~@ xn"
_NEARLY = st.builds(
    "{}@{}.{}".format,
    st.text(_LETTERS, min_size=1, max_size=66),
    st.text(string.ascii_letters + string.digits + "-.", min_size=1, max_size=66),
    st.sampled_from(["org", "example", "test", "local", "onion", "arpa", "c0m", "x1", "co-m", "a"]),
)


@given(st.one_of(st.text(_LETTERS), _NEARLY, st.emails()))
@settings(max_examples=examples(200), deadline=None)
@example("a@ab--c.org")
@example("a@xn--a.org")
@example("a.@example.org")
@example("a@example.org.")
@example("a@x.localhost")
@example(f"a@{'b.' * 126}org")
@example(f"a@{'b' * 63}.org")
@example(f"{'a' * 58}@b.org")
@example("\u212a@example.org")
@example("a@\u212a.org")
def test_the_fast_path_says_what_email_validator_says(text: str) -> None:
    fits, mailed, canonical = addresses.plain([text])
    if fits[0]:
        assert addresses._refused_at_once(text) is None
        assert addresses._examined(text) == Address(mailed[0], canonical[0]) == parse(text)


@given(st.emails())
@settings(deadline=None)
def test_ordinary_addresses_take_the_fast_path_or_are_the_librarys_to_judge(text: str) -> None:
    taken = parse(text)
    assert isinstance(taken, Address) or isinstance(addresses._examined(text), Refused)


@given(st.one_of(st.text(), st.emails(), _NEARLY, st.builds("{}@{}".format, st.text(), st.text())))
@settings(max_examples=examples(150), deadline=None)
def test_any_text_gives_an_address_or_a_reason_and_taking_it_again_changes_nothing(
    text: str,
) -> None:
    found = parse(text)
    if isinstance(found, Address):
        assert parse(found.address) == found
        assert parse(found.canonical) == Address(found.canonical, found.canonical)
        assert found.address.isascii()
        assert not set(found.address) & set(" \r\n\t,<>")
