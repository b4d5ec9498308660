"""Secrets as an operator gives them: by the environment or a file, to the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.publication import Publication, make_publication
from tests.support.smtp import MailServer, only, running
from tests.support.tls import server_side, write_certificate

PASSWORD = "correct-horse-battery-staple"


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    """Run a mail server that takes nothing from anybody who did not log in."""
    options = {
        "authenticator": only(b"brief", PASSWORD.encode()),
        "auth_required": True,
        "tls_context": server_side(write_certificate(tmp_path)),
    }
    with running(MailServer(options=options)) as server:
        yield server


def by_smtp(tmp_path: Path, server: MailServer, **environment: str) -> Publication:
    """Make a publication with two readers, whose config.toml names the server and a user."""
    certificate = str(tmp_path / "both.pem")
    publication = make_publication(
        tmp_path / "brief", people=2, SSL_CERT_FILE=certificate, **environment
    )
    config = publication.root / "config.toml"
    text = config.read_text().replace("[delivery]", '[delivery]\nprovider = "smtp"')
    config.write_text(f'{text}\n[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nuser = "brief"\n')
    return publication


def test_the_password_of_the_mail_server_comes_from_the_environment(
    tmp_path: Path, mail_server: MailServer
) -> None:
    publication = by_smtp(tmp_path, mail_server, NEWSLETTER_SMTP_PASSWORD=PASSWORD)
    publication.run("send", "--now", check=0)
    assert len(mail_server.taken) == 2
    assert publication.json("audit")["states"] == {"submitted": 2}


def test_the_password_of_the_mail_server_may_lie_in_a_file(
    tmp_path: Path, mail_server: MailServer
) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    file = str(tmp_path / "password")
    publication = by_smtp(tmp_path, mail_server, NEWSLETTER_SMTP_PASSWORD_FILE=file)
    publication.run("send", "--now", check=0)
    assert len(mail_server.taken) == 2


def test_a_wrong_password_holds_the_send_and_is_not_repeated(
    tmp_path: Path, mail_server: MailServer
) -> None:
    publication = by_smtp(tmp_path, mail_server, NEWSLETTER_SMTP_PASSWORD="not-the-password")
    done = publication.run("send", "--now", check=4)
    assert "refuses user and password" in done.stderr
    assert "NEWSLETTER_SMTP_PASSWORD" in done.stderr
    assert "not-the-password" not in done.stdout + done.stderr
    assert mail_server.taken == []


def test_without_the_password_the_variable_is_named_and_nothing_is_frozen(
    tmp_path: Path, mail_server: MailServer
) -> None:
    publication = by_smtp(tmp_path, mail_server)
    done = publication.run("send", "--now", check=2)
    assert "NEWSLETTER_SMTP_PASSWORD" in done.stderr
    publication.run("audit", check=3)


def test_the_configuration_shows_which_secrets_are_set_and_none_of_them(
    tmp_path: Path, mail_server: MailServer
) -> None:
    (tmp_path / "key").write_text("the-key-of-wordnik\n")
    publication = by_smtp(
        tmp_path,
        mail_server,
        NEWSLETTER_SMTP_PASSWORD=PASSWORD,
        WORDNIK_API_KEY_FILE=str(tmp_path / "key"),
    )
    done = publication.run("config", "show", "--json", check=0)
    assert PASSWORD not in done.stdout + done.stderr
    assert "the-key-of-wordnik" not in done.stdout + done.stderr
    assert publication.json("config", "show")["secrets"] == {
        "NEWSLETTER_SECRET_KEY": "not set",
        "NEWSLETTER_SMTP_PASSWORD": "set",
        "SENDGRID_API_KEY": "set",
        "SENDGRID_WEBHOOK_PUBLIC_KEY": "not set",
        "WORDNIK_API_KEY": "set",
    }


def test_a_secret_file_that_cannot_be_read_is_told_by_its_variable(
    tmp_path: Path, mail_server: MailServer
) -> None:
    publication = by_smtp(tmp_path, mail_server, NEWSLETTER_SMTP_PASSWORD_FILE="/nowhere/at/all")
    done = publication.run("send", "--now", check=2)
    assert "The secret file /nowhere/at/all cannot be read" in done.stderr
    assert "NEWSLETTER_SMTP_PASSWORD_FILE" in done.stderr
