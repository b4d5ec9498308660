"""An example's addresses may be tried out, and never reach a reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsletter.core.web_addresses import is_example_host, is_this_machine
from newsletter.editions.proofs import prove
from newsletter.message.checks import postal_address
from tests.support.edition import TEMPLATES, make_edition, make_settings

ROOT = Path(__file__).parents[3]
OWN = {
    "url": "https://brief.harbour-press.eu",
    "sender": {"name": "The Brief", "email": "brief@harbour-press.eu"},
    "contact": "desk@harbour-press.eu",
    "postal_address": "The Brief, 4 Quay Street, Saltmouth",
}
REAL = {"provider": "sendgrid"}, {"base_url": "https://api.sendgrid.com"}


def held(tmp_path: Path, **settings: Any) -> set[tuple[str, str]]:
    made = make_settings(tmp_path, **settings)
    proof = prove(make_edition(), made, folders=[TEMPLATES])
    codes = {"placeholder-left", "postal-address"}
    return {(one.code, one.measured) for one in proof.errors if one.code in codes}


def to_readers(tmp_path: Path, **publication: Any) -> set[tuple[str, str]]:
    delivery, sendgrid = REAL
    return held(tmp_path, **OWN | publication, delivery=delivery, sendgrid=sendgrid)


def test_a_publications_own_addresses_hold_nothing(tmp_path):
    assert to_readers(tmp_path) == set()


@pytest.mark.parametrize(
    ("publication", "host"),
    [
        ({"url": "https://news.example.com"}, "news.example.com"),
        ({"url": "http://localhost:8000"}, "localhost"),
        ({"sender": {"name": "The Brief", "email": "brief@paper.example"}}, "paper.example"),
        ({"reply_to": "desk@example.net"}, "example.net"),
    ],
)
def test_an_examples_host_holds_what_would_reach_readers(tmp_path, publication, host):
    assert to_readers(tmp_path, **publication) == {("placeholder-left", host)}


@pytest.mark.parametrize("address", ["9 Example Road, Exampletown", "The Brief, 1 A St, Anytown"])
def test_an_examples_postal_address_holds_it(tmp_path, address):
    assert to_readers(tmp_path, postal_address=address) == {("postal-address", address)}


@pytest.mark.parametrize(
    ("provider", "table"),
    [
        ("outbox", {}),
        ("sendgrid", {"sendgrid": {"base_url": "http://127.0.0.1:8025"}}),
        ("smtp", {"smtp": {"host": "localhost"}}),
        ("smtp", {"smtp": {"host": "::1"}}),
    ],
)
def test_what_stays_on_this_machine_may_have_them(tmp_path, provider, table):
    example = {"url": "https://news.example.com", "postal_address": "9 Example Road, Anytown"}
    assert held(tmp_path, **OWN | example, delivery={"provider": provider}, **table) == set()


def test_a_mail_server_elsewhere_reaches_readers(tmp_path):
    found = held(
        tmp_path,
        **OWN | {"url": "https://news.example.com"},
        delivery={"provider": "smtp"},
        smtp={"host": "mail.harbour-press.eu"},
    )
    assert found == {("placeholder-left", "news.example.com")}


def test_the_bundled_postal_address_is_known():
    import tomllib

    bundled = tomllib.loads((ROOT / "config.toml").read_text())
    assert postal_address._is_example(bundled["publication"]["postal_address"])


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("EXAMPLE.org.", True),
        ("a.b.example", True),
        ("myexample.org", False),
        ("examples.eu", False),
    ],
)
def test_hosts_of_examples_are_known_by_their_end(host, is_one):
    assert is_example_host(host) is is_one


@pytest.mark.parametrize(
    ("host", "is_it"),
    [("LOCALHOST", True), ("127.8.0.1", True), ("[::1]", True), ("10.0.0.1", False), ("", False)],
)
def test_this_machine_is_told_from_others(host, is_it):
    assert is_this_machine(host) is is_it
