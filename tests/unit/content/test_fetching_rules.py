"""Which addresses may be asked, how long they are left alone, and how much is unpacked."""

from __future__ import annotations

import gzip
import ipaddress
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.web import politeness
from newsletter.content.web.unpacking import unpacked
from newsletter.core.errors import SourceError
from newsletter.core.http import addresses

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::",
        "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "nonsense", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_open_internet_are_refused(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_addresses_of_the_open_internet_are_allowed(address: str) -> None:
    assert addresses.is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_inside_ipv6(address: ipaddress.IPv4Address) -> None:
    assert addresses.is_public(f"::ffff:{address}") == addresses.is_public(str(address))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://Site.Example/a b?q=ü#part", "https://site.example/a%20b?q=%C3%BC"),
        ("http://site.example:80", "http://site.example/"),
        ("https://müller.example/100%", "https://xn--mller-kva.example/100%25"),
        ("https://[2606:4700::1111]/x", "https://[2606:4700::1111]/x"),
    ],
)
def test_an_address_is_written_in_ascii(url: str, asked: str) -> None:
    assert addresses.normal(url, any_port=False) == asked


@pytest.mark.parametrize(
    "url",
    [
        "ftp://site.example/", "file:///etc/passwd", "site.example", "https://", "http://[::1",
        "https://me:secret@site.example/", "https://site.example:8080/", "https://a:x/",
    ],
)  # fmt: skip
def test_what_is_no_public_web_address_is_refused(url: str) -> None:
    with pytest.raises(SourceError) as caught:
        addresses.normal(url, any_port=False)
    assert "secret" not in str(caught.value)


def test_another_port_is_allowed_where_the_operator_says_so() -> None:
    assert addresses.normal("http://site.example:8080/", any_port=True).endswith(":8080/")


def test_sentences_show_no_query_because_it_may_hold_a_key() -> None:
    assert addresses.shown("https://me@api.example/word?api_key=k") == "https://api.example/word"


@pytest.mark.parametrize("host", ["en.wikipedia.org", "api.wikimedia.org", "en.wiktionary.org"])
def test_wikimedia_is_recognised(host: str) -> None:
    assert addresses.is_wikimedia(f"https://{host}/w")
    assert not addresses.is_wikimedia(f"https://{host}.example/w")


@pytest.mark.parametrize(
    ("header", "hours"),
    [("", 1), ("max-age=60", 1), ("public, max-age=7200", 2), ("max-age=999999999", 24)],
)
def test_an_answer_holds_an_hour_or_as_long_as_it_says_but_a_day_at_most(
    header: str, hours: int
) -> None:
    assert politeness.after_success({"cache-control": header}) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("status", "header", "minutes"),
    [
        (404, "", 5),
        (410, "600", 365 * 24 * 60),
        (429, "", 60),
        (429, "600", 10),
        (503, "Sun, 01 Mar 2026 06:30:00 GMT", 30),
        (503, "soon", 5),
        (503, "99999999999999999999", 24 * 60),
    ],
)
def test_a_server_that_says_no_is_left_alone_as_long_as_it_asks(
    status: int, header: str, minutes: int
) -> None:
    found = politeness.after_refusal(status, {"retry-after": header}, now=NOW)
    assert found == timedelta(minutes=minutes)


@given(st.text(max_size=40))
def test_no_retry_after_breaks_anything(text: str) -> None:
    found = politeness.retry_after({"retry-after": text}, now=NOW)
    assert found is None or found >= timedelta(0)


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=300))
def test_every_packing_is_undone(data: bytes) -> None:
    packings = {"gzip": gzip.compress(data), "deflate": zlib.compress(data), "identity": data}
    for name, packed in packings.items():
        assert unpacked(packed, name, most_bytes=300) == data
    assert unpacked(gzip.compress(zlib.compress(data)), "deflate, gzip", most_bytes=900) == data


def test_a_deflate_stream_without_its_header_is_understood() -> None:
    assert unpacked(bare_deflate(b"tide " * 9), "deflate", most_bytes=99) == b"tide " * 9


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(20_000_000))
    with pytest.raises(SourceError, match="longer than 1000 bytes when it is unpacked"):
        unpacked(bomb, "gzip", most_bytes=1000)


@pytest.mark.parametrize(
    ("packed", "name"),
    [
        (b"no gzip", "gzip"),
        (gzip.compress(b"x" * 99, mtime=0)[:-9], "gzip"),
        (b"x", "br"),
        (b"x", "gzip, gzip, gzip"),
    ],
)
def test_a_damaged_or_strange_body_is_refused(packed: bytes, name: str) -> None:
    with pytest.raises(SourceError):
        unpacked(packed, name, most_bytes=1000)


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("/caf\u00c3\u00a9", "https://quay.example/caf%C3%A9"),  # UTF-8, read as Latin-1
        ("/caf\u00e9", "https://quay.example/caf%E9"),
        ("//b\u00c3\u00bccher.example/?a=%E4", "https://xn--bcher-kva.example/?a=%E4"),
        ("?a b", "https://quay.example/x?a%20b"),
    ],
)
def test_the_bytes_of_a_redirect_stay_what_they_were(target: str, asked: str) -> None:
    place = addresses.from_header(target)
    assert addresses.normal(place, any_port=False, base="https://quay.example/x") == asked
