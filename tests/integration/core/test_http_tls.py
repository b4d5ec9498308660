"""The wire over TLS: whom it trusts, and that its failures are classed as without."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from newsletter.core.http.answer import NeverSent
from newsletter.core.http.client import HttpClient
from tests.support.http import Connection, ScriptedServer, always, never_read, reset_in_body
from tests.support.http_requests import MORE_THAN_BUFFERS, OK, late, post
from tests.support.time import PATIENCE, hold_time
from tests.support.tls import server_side, write_certificate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls"))


def test_tls_connection_is_made_kept_and_carries_large_bodies(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_time(monkeypatch)
    trust = ssl.create_default_context(cafile=str(certificate))
    with ScriptedServer(always(OK), tls=server_side(certificate)) as server:
        with HttpClient(trust=trust) as wire:
            assert post(wire, server.url, b"y" * 3_000_000).status == 200
            assert post(wire, server.url).status == 200
        assert [len(request.body) for request in server.requests] == [3_000_000, 2]
        assert server.connections == 1


def test_certificate_of_a_stranger_was_never_sent_to(certificate: Path) -> None:
    with (
        ScriptedServer(always(OK), tls=server_side(certificate)) as server,
        HttpClient() as wire,
        pytest.raises(NeverSent, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        post(wire, server.url)
    assert server.requests == []


def test_certificate_for_another_name_was_never_sent_to(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        ScriptedServer(always(OK), tls=server_side(certificate)) as server,
        HttpClient(trust=trust) as wire,
        pytest.raises(NeverSent, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        post(wire, server.url.replace("127.0.0.1", "localhost"))
    assert server.requests == []


def test_unfinished_tls_greeting_was_never_sent() -> None:
    with ScriptedServer(never_read) as server, HttpClient() as wire:
        assert "no connection" in late(NeverSent, server.url.replace("http:", "https:"), wire)


def test_server_that_does_not_read_over_tls_was_never_sent_to(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its greeting is over by then: that takes its time on a busy machine."""

    def reads_one(connection: Connection) -> None:
        connection.read_request()
        connection.send(OK)
        connection.wait(PATIENCE)

    hold_time(monkeypatch)
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        ScriptedServer(reads_one, tls=server_side(certificate)) as server,
        HttpClient(trust=trust) as wire,
    ):
        assert post(wire, server.url).status == 200
        assert "completely" in late(NeverSent, server.url, wire, MORE_THAN_BUFFERS)


def test_reset_inside_the_body_over_tls_was_never_sent(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        ScriptedServer(reset_in_body, tls=server_side(certificate)) as server,
        HttpClient(trust=trust) as wire,
        pytest.raises(NeverSent, match="completely"),
    ):
        post(wire, server.url, MORE_THAN_BUFFERS)
