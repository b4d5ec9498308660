"""The TLS of the site and of the mail server, as the doctor measures it on servers of our own."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.core.config import settings as configuration
from newsletter.core.config.settings import Settings
from newsletter.core.model.checkup import Check
from newsletter.operations.doctor import tls_checks
from newsletter.operations.doctor.tls_checks import Spoken
from tests.support.http import ScriptedServer, always, closed_port, response
from tests.support.publication import CONFIG
from tests.support.smtp import MailServer, running
from tests.support.tls import server_side, write_certificate

NOW = datetime.now(UTC)  # certificates are judged by the machine's own clock


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls"), "localhost")


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def told(root: Path, **environment: str) -> Settings:
    filled = CONFIG.replace("BATCH_SIZE", "10").replace("PARALLEL", "1").replace("TIMEOUT", "5.0")
    (root / "config.toml").write_text(filled)
    return configuration.load(
        root, {f"NEWSLETTER_{name}": value for name, value in environment.items()}
    )


def mailing(root: Path, port: int, security: str, host: str = "127.0.0.1") -> Settings:
    return told(
        root,
        DELIVERY__PROVIDER="smtp",
        SMTP__HOST=host,
        SMTP__PORT=str(port),
        SMTP__SECURITY=security,
    )


def test_the_site_s_version_and_the_end_of_its_certificate_are_told(
    tmp_path: Path, certificate: Path
) -> None:
    with ScriptedServer(always(response(200)), tls=server_side(certificate)) as server:
        settings = told(tmp_path, PUBLICATION__URL=server.url)
        found = tls_checks.site(settings, now=NOW, trust=trusting(certificate))
        stranger = tls_checks.site(settings, now=NOW)
    assert found.level == "warning"  # it ends tomorrow
    assert "speaks TLSv1.3, with a certificate that is good until" in found.measured
    assert stranger.level == "problem"
    assert "cannot prove who it is" in stranger.measured
    with closed_port() as url:
        closed = told(tmp_path, PUBLICATION__URL=url.replace("http:", "https:"))
        assert "cannot be asked" in tls_checks.site(closed, now=NOW).measured


def test_old_tls_alone_is_refused(tmp_path: Path, certificate: Path) -> None:
    old = server_side(certificate)
    strict = trusting(certificate)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    strict.minimum_version = ssl.TLSVersion.TLSv1_3
    with ScriptedServer(always(response(200)), tls=old) as server:
        settings = told(tmp_path, PUBLICATION__URL=server.url)
        found = tls_checks.site(settings, now=NOW, trust=strict)
    assert found.level == "problem"
    assert "speaks no TLS that is taken here" in found.measured


def test_the_mail_server_is_asked_with_each_security(tmp_path: Path, certificate: Path) -> None:
    trust = trusting(certificate)
    context = server_side(certificate)

    def of(settings: Settings) -> Check:
        (found,) = tls_checks.mail_server(settings, now=NOW, trust=trust)
        assert found.id == "smtp.tls"
        return found

    with running(MailServer(tls=context)) as server:
        assert "speaks TLSv1.3" in of(mailing(tmp_path, server.port, "tls")).measured
    with running(MailServer(options={"tls_context": context})) as server:
        assert "speaks TLSv1.3" in of(mailing(tmp_path, server.port, "starttls")).measured
        assert server.taken == []
    with running(MailServer()) as server:
        refused = of(mailing(tmp_path, server.port, "starttls"))
        assert (refused.level, bool(refused.next)) == ("problem", True)
        assert of(mailing(tmp_path, server.port, "none")).level == "info"
    far = mailing(tmp_path, 25, "none", host="mail.port-anselm-news.org")
    assert of(far).level == "problem"
    assert list(tls_checks.mail_server(told(tmp_path), now=NOW)) == []


@pytest.mark.parametrize(
    ("version", "days", "level"),
    [("TLSv1.3", 60, "ok"), ("TLSv1.2", 14, "ok"), ("TLSv1.2", 13, "warning")]
    + [(version, 60, "problem") for version in ("TLSv1.1", "TLSv1", "SSLv3")],
)
def test_versions_and_ends_are_judged(version: str, days: int, level: str) -> None:
    spoken = Spoken(version, NOW + timedelta(days=days))
    found = tls_checks.judged("site.tls", "The site", spoken, now=NOW)
    assert found.level == level
    assert version in found.measured
