"""Machines at the site: scanners that open every link, and bodies that no page sends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message

from newsletter.app import App
from newsletter.core.reader_links import ReaderLink
from newsletter.web.site import app as make_site
from newsletter.web.site import routing
from newsletter.web.site.application import open_site
from tests.support.examples import examples
from tests.support.site import awaited, client, fill_in, freeze, mails, member, open_app
from tests.support.site_links import every_link, rows

DAY = date(2026, 3, 2)
NETWORKS = ("192.0.2.1", "2001:db8::1")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = open_app(tmp_path_factory.mktemp("site") / "p", NEWSLETTER_SECRET_KEY="k" * 40)
    freeze(opened, DAY)
    yield opened
    opened.close()


def test_scanners_that_open_every_link_of_every_mail_change_no_row(app: App) -> None:
    links = every_link(app, DAY)
    assert len(links) > 15
    before = rows(app)
    base = client(app)
    for network in NETWORKS:
        scanner = client(app, address=network, base=base)
        for link in links * 2:
            for method in ("HEAD", "GET"):
                assert scanner.request(method, link).status_code < 500
            scanner.get(link, headers={"sec-purpose": "prefetch;prerender"})
    assert rows(app) == before


def test_a_browser_that_only_loads_ahead_confirms_nothing(app: App) -> None:
    browser = client(app)
    fill_in(browser, app, "ahead@example.org")
    link = mails(app)[-1].path("/join/")
    before = rows(app)
    browser.head(link)
    browser.get(link, headers={"sec-purpose": "prefetch"})
    assert rows(app) == before
    assert "You are in" in browser.get(link).text


# --- whatever is sent ---------------------------------------------------------------------------

ODD_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
ODD_SEGMENT = st.one_of(
    st.sampled_from(["x" * 22, "..", "\x00", "1", DAY.isoformat()]),
    ODD_TEXT.map(lambda text: text.replace("/", "") or "-"),
)
FIELDS = (
    *("address", "frequency", "shown", "digits", "often", "until", "text", "name", "zone"),
    *("locale", "stars", "public", "about", "sure", "reason", "website", "List-Unsubscribe"),
)
FORM = st.dictionaries(st.sampled_from(FIELDS), ODD_TEXT, max_size=6).map(
    lambda form: urlencode(form).encode()
)
BODY = st.one_of(st.just(b""), FORM, st.binary(max_size=100))
FORM_KIND = b"application/x-www-form-urlencoded"
KINDS = st.sampled_from(
    [b"", FORM_KIND, FORM_KIND, FORM_KIND, b"multipart/form-data; boundary=x", b"text/plain", b";"]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        b"accept-language": st.binary(max_size=20),
        b"x-forwarded-for": st.binary(max_size=20),
        b"origin": st.sampled_from([b"null", b"https://brief.example.org", b"x", b"http://[", b""]),
        b"sec-fetch-site": st.sampled_from([b"same-origin", b"cross-site", b"none", b"?"]),
        b"content-length": st.sampled_from([b"0", b"9" * 30, b"-1", b"x"]),
        b"cookie": st.sampled_from([b"joining=x", b"joining=" + b"x" * 3000, b"; ; =", b"\xff"]),
        b"host": st.sampled_from([b"elsewhere.example", b"[::1", b"", b"\xff"]),
    },
)


@dataclass
class Machine:
    """Speaks to the site as no browser would: any path, any header, any body."""

    site: ASGIApp
    patterns: Sequence[str]
    tokens: Sequence[str]

    def ask(
        self, method: str, path: str, query: bytes, headers: Any, body: bytes
    ) -> tuple[int, str]:
        """Return status and body of an answer."""
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogatepass"),
            "root_path": "",
            "query_string": query,
            "headers": list(({b"host": b"brief.example.org"} | headers).items()),
            "client": ("198.51.100.9", 1),
            "server": ("127.0.0.1", 80),
        }

        async def answered() -> None:
            await self.site(scope, receive, send)

        awaited(answered())
        text = b"".join(one.get("body", b"") for one in told[1:]).decode(errors="replace")
        return told[0]["status"], text


@pytest.fixture(scope="module")
def machine(app: App) -> Machine:
    site = open_site(app)
    found: list[BaseRoute] = list(routing.routes(site))
    patterns = sorted({route.path for route in found if isinstance(route, Route)})
    token = member(app, "fuzz@example.org").token
    return Machine(make_site(app), patterns, [token, ReaderLink(token, DAY).text])


@pytest.mark.parametrize("path", ["/privacy", "/archive", "/join", "/contact"])
def test_a_query_that_no_browser_writes_is_read_as_far_as_it_goes(
    machine: Machine, path: str
) -> None:
    for query in (b"about=\xff&frequency=%00", b"q=\x89PNG", b"\xc3"):
        status, _ = machine.ask("GET", path, query, {}, b"")
        assert status in {200, 404}


@settings(max_examples=examples(120), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_sent_is_never_a_fault(machine: Machine, data: st.DataObject) -> None:
    known = st.sampled_from(machine.tokens)

    def part(match: re.Match[str]) -> str:
        if ":edition" in match[1]:
            return data.draw(st.sampled_from([DAY.isoformat(), "2026-02-30", "0000-00-00", "x"]))
        if ":int" in match[1]:
            return data.draw(st.sampled_from(["1", "5", "9" * 40, "-1"]))
        return data.draw(st.one_of(known, ODD_SEGMENT))

    pattern = data.draw(st.sampled_from(machine.patterns))
    path = re.sub(r"\{([^}]*)\}", part, pattern) + data.draw(st.sampled_from(["", "", "/"]))
    query = data.draw(st.sampled_from([b"", b"x=%ff", b"about=\xff&frequency=%00", b"&&=;"]))
    headers = data.draw(HEADERS) | {b"content-type": data.draw(KINDS)}
    method = data.draw(st.sampled_from(METHODS))
    status, text = machine.ask(method, path, query, headers, data.draw(BODY))
    assert status < 500, (method, path, text)
    if status in {404, 405, 413, 421} and method != "HEAD":
        assert "<h1>" in text
