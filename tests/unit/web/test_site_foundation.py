"""What stands before every page of the site: hosts, proxies, bounds, languages, headers."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message

from newsletter.web.site import languages, routing, security
from newsletter.web.site.networks import asker, network_of, networks
from newsletter.web.site.site import Site
from tests.support.site import Browser, awaited, client, open_app

LANGUAGES = ("en-GB", "ar", "de", "pt", "pt-BR")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    app = open_app(tmp_path_factory.mktemp("site") / "p")
    yield client(app)
    app.close()


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en-GB"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-US", "en-GB"),
        ("fr;q=1, pt-BR;q=0.2", "pt-BR"),
        ("pt-PT", "pt"),
        ("ar;q=0, de;q=0.1", "de"),
        ("zh, *", "en-GB"),
        ("de;q=7, ;;;, ar", "ar"),
    ],
)
def test_the_language_a_reader_likes_best_is_taken(header: str, tag: str) -> None:
    assert languages.chosen(header, LANGUAGES) == tag


@given(st.text(max_size=60))
def test_any_header_leads_to_a_language_there_is(header: str) -> None:
    assert languages.chosen(header, LANGUAGES) in LANGUAGES


def test_only_a_trusted_proxy_is_believed() -> None:
    trusted = networks(["10.0.0.0/8"])
    stranger, proxy = "198.51.100.7", "10.1.1.1"
    assert str(asker(stranger, ["192.0.2.1"], trusted)) == stranger
    assert str(asker(proxy, ["192.0.2.1, 203.0.113.5", "10.2.2.2"], trusted)) == "203.0.113.5"
    assert str(asker(proxy, ["no address"], trusted)) == proxy
    assert str(asker(proxy, ["[2001:db8::7]:443"], trusted)) == "2001:db8::7"
    assert asker(None, ["192.0.2.1"], trusted) is None


def test_a_network_is_kept_and_never_an_address() -> None:
    assert network_of(ipaddress.ip_address("203.0.113.77")) == "203.0.113.0/24"
    assert network_of(ipaddress.ip_address("2001:db8:1:2::3")) == "2001:db8:1::/48"


def test_every_answer_is_protected(site: Browser) -> None:
    for path in ("/nothing", "/icon.svg", "/healthz", "/u/nobody/choose/x"):
        headers = site.get(path).headers
        assert "script-src" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["strict-transport-security"]
    private = site.get("/u/nobody/choose/x").headers
    assert private["referrer-policy"] == "no-referrer"
    assert private["cache-control"] == "no-store"
    assert "noindex" in private["x-robots-tag"]


def test_a_fault_is_told_in_the_readers_language_and_direction(site: Browser) -> None:
    told = site.get("/nothing", headers={"accept-language": "ar"})
    assert told.status_code == 404
    assert 'lang="ar" dir="rtl"' in told.text
    assert told.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "elsewhere.example"}, 421),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://brief.example.org"}, 404),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 404),
    ],
)
def test_who_sends_a_form_is_looked_at(site: Browser, headers: dict[str, str], status: int) -> None:
    assert site.post("/nothing", headers=headers).status_code == status


def test_the_health_of_the_site_is_told_whatever_it_is_called(site: Browser) -> None:
    assert site.get("/healthz", headers={"host": "10.0.0.7"}).json() == {"status": "ok"}


def sent(site: Browser, wait: Callable[[int], Awaitable[object]]) -> int:
    """Ask for a page and take it piece by piece, each after a wait; count the pieces taken."""
    taken = 0

    async def send(_message: Message) -> None:
        nonlocal taken
        await wait(taken)
        taken += 1

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/join", "root_path": "", "query_string": b""}
    scope |= {"headers": [(b"host", b"localhost")], "client": ("192.0.2.1", 1), "scheme": "http"}

    async def answered() -> None:
        await site.site(scope, receive, send)

    awaited(answered())
    return taken


def test_a_client_that_takes_its_time_has_the_whole_answer(site: Browser) -> None:
    async def several_times(_taken: int) -> None:
        for _ in range(3):
            await asyncio.to_thread(int)

    assert sent(site, several_times) == 2


def test_a_client_that_stops_reading_is_cut(
    site: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(security, "SLOWEST_READER", 0.05)

    async def for_ever(taken: int) -> None:
        await asyncio.to_thread(int)
        if taken:
            await asyncio.Event().wait()

    assert sent(site, for_ever) == 1
    assert "TimeoutError" in caplog.text


class TestBrokenPages:
    """A page with a fault, and one that reads a body."""

    @pytest.fixture
    def broken(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
        async def fault(_request: Request) -> Response:
            raise ValueError("anna@example.org has the token AAAAAAAAAAAAAAAAAAAAAA")

        async def length(request: Request) -> Response:
            return Response(str(len(await request.body())))

        def routes(_site: Site) -> list[BaseRoute]:
            return [Route("/fault/{token}", fault), Route("/length", length, methods=["POST"])]

        monkeypatch.setattr(routing, "PAGES", (routes,))
        app = open_app(tmp_path / "p")
        yield client(app)
        app.close()

    def test_nobody_sees_a_fault_and_no_log_an_address(
        self, broken: Browser, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, logger="newsletter"):
            told = broken.get("/fault/AAAAAAAAAAAAAAAAAAAAAA")
        assert told.status_code == 500
        assert "nothing was changed" in told.text
        assert "ValueError" not in told.text
        assert "ValueError" in caplog.text
        assert "anna@" not in caplog.text
        assert "AAAAAAAA" not in caplog.text
        assert told.headers["x-request-id"] in caplog.text

    def test_a_body_is_bounded_whether_it_tells_its_length_or_not(self, broken: Browser) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(80):
                yield b"x" * 1024

        assert broken.post("/length", content=b"x" * 1000).text == "1000"
        assert broken.post("/length", content=b"x" * 80_000).status_code == 413
        assert broken.post("/length", content=pieces()).status_code == 413


def test_a_site_below_a_path_answers_with_and_without_it(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p", NEWSLETTER_PUBLICATION__URL="https://example.org/brief/")
    below = client(app, host="https://example.org")
    for path in ("/brief/icon.svg", "/icon.svg"):
        assert below.get(path).status_code == 200
    assert 'href="/brief/join"' in below.get("/brief/nothing").text
    app.close()
