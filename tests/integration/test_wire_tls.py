"""The wire over TLS: whom it trusts, and that its failures are classed as without."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders_http import ScriptedServer, always, never_read, reset_in_body
from builders_wire import MORE_THAN_BUFFERS, OK, late, post
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from newsletter.wire.answer import NeverSent
from newsletter.wire.exchange import Wire


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a certificate for 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_tls_connection_is_made_kept_and_carries_large_bodies(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with ScriptedServer(always(OK), tls=server_side(certificate)) as server:
        with Wire(trust=trust) as wire:
            assert post(wire, server.url, b"y" * 3_000_000, timeout=5).status == 200
            assert post(wire, server.url, timeout=5).status == 200
        assert [len(request.body) for request in server.requests] == [3_000_000, 2]
        assert server.connections == 1


def test_certificate_of_a_stranger_was_never_sent_to(certificate: Path) -> None:
    with (
        ScriptedServer(always(OK), tls=server_side(certificate)) as server,
        Wire() as wire,
        pytest.raises(NeverSent, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        post(wire, server.url, timeout=5)
    assert server.requests == []


def test_certificate_for_another_name_was_never_sent_to(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        ScriptedServer(always(OK), tls=server_side(certificate)) as server,
        Wire(trust=trust) as wire,
        pytest.raises(NeverSent, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        post(wire, server.url.replace("127.0.0.1", "localhost"), timeout=5)
    assert server.requests == []


def test_unfinished_tls_greeting_was_never_sent() -> None:
    with ScriptedServer(never_read) as server, Wire() as wire:
        assert "no connection" in late(NeverSent, server.url.replace("http:", "https:"), wire)


def test_server_that_does_not_read_over_tls_was_never_sent_to(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        ScriptedServer(never_read, tls=server_side(certificate)) as server,
        Wire(trust=trust) as wire,
    ):
        assert "completely" in late(NeverSent, server.url, wire, MORE_THAN_BUFFERS)


def test_reset_inside_the_body_over_tls_was_never_sent(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with (
        ScriptedServer(reset_in_body, tls=server_side(certificate)) as server,
        Wire(trust=trust) as wire,
        pytest.raises(NeverSent, match="completely"),
    ):
        post(wire, server.url, MORE_THAN_BUFFERS, timeout=5)
