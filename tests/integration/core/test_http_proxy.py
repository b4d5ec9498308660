"""Requests through a real proxy: what it learns, what it cannot read, and what its no means."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.core.config.proxies import Proxies, from_environment
from newsletter.core.http.addresses import is_public
from newsletter.core.http.answer import NeverSent, NotAllowed
from newsletter.core.http.client import HttpClient
from tests.support.http import ScriptedServer, always, response
from tests.support.http_requests import OK
from tests.support.proxy import SmallProxy
from tests.support.time import PATIENCE
from tests.support.tls import server_side, write_certificate

NAME = "api.harbour.example"
SECRET = "Bearer SG.a-key-for-nobody-else"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls"), NAME)


@pytest.fixture
def server(certificate: Path) -> Iterator[ScriptedServer]:
    with ScriptedServer(always(OK), tls=server_side(certificate)) as opened:
        yield opened


def through(proxy: SmallProxy, login: str = "", **more: str) -> Proxies:
    return from_environment({"ALL_PROXY": proxy.url(login)} | more)


def post(wire: HttpClient, url: str) -> int:
    headers = {"Authorization": SECRET}
    return wire.exchange("POST", url, headers=headers, body=b"{}", timeout=PATIENCE).status


def test_tls_ends_at_the_server_and_the_proxy_reads_no_key(
    server: ScriptedServer, certificate: Path
) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with SmallProxy(server.url) as proxy:
        with HttpClient(trust=trust, proxies=through(proxy)) as wire:
            assert post(wire, f"https://{NAME}/v3/mail/send") == 200
            assert post(wire, f"https://{NAME}/v3/mail/send") == 200
        read = b"".join(proxy.passed)

    assert proxy.heads == [f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443"]
    assert b"SG." not in read
    assert b"/v3/mail/send" not in read
    assert [one.headers["authorization"] for one in server.requests] == [SECRET, SECRET]
    assert server.requests[0].target == "/v3/mail/send"
    assert server.connections == 1


def test_a_proxy_that_plays_the_server_is_found_out(
    server: ScriptedServer, certificate: Path
) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        SmallProxy(server.url) as proxy,
        HttpClient(trust=trust, proxies=through(proxy)) as wire,
        pytest.raises(NeverSent, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        post(wire, "https://other.example/v3/mail/send")
    assert server.requests == []


def test_plain_requests_are_made_in_absolute_form_and_kept_apart_from_the_login() -> None:
    with (
        ScriptedServer(always(OK)) as server,
        SmallProxy(server.url, login="ada:p@ss") as proxy,
        HttpClient(proxies=through(proxy, "ada:p%40ss")) as wire,
    ):
        answer = wire.exchange("GET", f"http://{NAME}/feed?x=1", headers={}, timeout=PATIENCE)

    assert answer.status == 200
    assert server.requests[0].target == f"http://{NAME}/feed?x=1"
    assert server.requests[0].headers["host"] == NAME


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("login", "told"), [("", "wants a name and a password"), ("ada:geheim", "does not take")]
)
def test_407_is_told_plainly_and_nothing_was_sent(scheme: str, login: str, told: str) -> None:
    with (
        SmallProxy(login="ada:other") as proxy,
        HttpClient(proxies=through(proxy, login)) as wire,
        pytest.raises(NeverSent, match=f"{proxy.port} {told}.*407.*ALL_PROXY") as caught,
    ):
        post(wire, f"{scheme}://{NAME}/")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("status", [403, 502, 503, 302])
def test_a_proxy_that_leads_nowhere_is_no_answer_of_the_server(status: int) -> None:
    with (
        SmallProxy(status=status) as proxy,
        HttpClient(proxies=through(proxy)) as wire,
        pytest.raises(NeverSent, match=f"does not lead to {NAME}:443 .*{status}"),
    ):
        post(wire, f"https://{NAME}/")


@pytest.mark.parametrize(
    "said",
    [b"220 mail.example ESMTP\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 202 Taken\r\n\r\n"],
    ids=["another protocol", "nothing", "more than an answer"],
)
def test_what_does_not_answer_as_a_proxy_was_never_sent_to(said: bytes) -> None:
    def script(connection: object) -> None:
        connection.read_some()  # type: ignore[attr-defined]
        connection.send(said)  # type: ignore[attr-defined]

    with (
        ScriptedServer(script) as server,
        HttpClient(proxies=from_environment({"HTTPS_PROXY": server.url})) as wire,
        pytest.raises(NeverSent, match=r"the proxy 127\.0\.0\.1"),
    ):
        post(wire, f"https://{NAME}/")


def test_a_proxy_that_is_not_there_is_named() -> None:
    with SmallProxy() as gone:
        proxies = through(gone)
    with (
        HttpClient(proxies=proxies) as wire,
        pytest.raises(NeverSent, match=f"the proxy 127.0.0.1:{gone.port} is not reached"),
    ):
        post(wire, f"https://{NAME}/")


def test_this_machine_and_exempt_hosts_are_asked_directly() -> None:
    with (
        ScriptedServer(always(response(204))) as server,
        SmallProxy(status=503) as proxy,
        HttpClient(proxies=through(proxy)) as wire,
    ):
        assert post(wire, server.url) == 204
    assert proxy.heads == []


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest",
        "http://10.0.0.8/",
        "https://intranet/",
        "http://db.internal/",
        "https://2130706433/",
        "http://[fd00::1]/",
    ],
)
def test_the_guard_judges_the_name_that_a_proxy_is_asked_for(url: str) -> None:
    with (
        SmallProxy(status=503) as proxy,
        HttpClient(allow=is_public, proxies=through(proxy)) as wire,
        pytest.raises(NotAllowed, match="through a proxy"),
    ):
        wire.exchange("GET", url, headers={}, timeout=PATIENCE)
    assert proxy.heads == []


def test_without_a_guard_an_intranet_may_be_asked_for_through_a_proxy() -> None:
    with (
        ScriptedServer(always(OK)) as server,
        SmallProxy(server.url) as proxy,
        HttpClient(proxies=through(proxy)) as wire,
    ):
        assert wire.exchange("GET", "http://intranet/", headers={}, timeout=PATIENCE).status == 200
