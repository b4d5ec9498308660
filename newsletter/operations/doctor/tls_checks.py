"""Measure the TLS of the site and of the mail server: its version, and how long it is good."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from newsletter.core.config.settings import Settings, Smtp
from newsletter.core.model.checkup import Check, CheckLevel
from newsletter.core.web_addresses import is_this_machine
from newsletter.operations.doctor import rules

_SECONDS = 15.0
_SOON = timedelta(days=14)
_OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a server spoke."""

    version: str  # "TLSv1.3"
    until: datetime | None  # the end of its certificate; None where it was not asked for


def site(settings: Settings, *, now: datetime, trust: ssl.SSLContext | None = None) -> Check:
    """Say what TLS the site speaks; through a proxy only that it does."""
    parts = urlsplit(settings.publication.url)
    host, port = parts.hostname or "", parts.port or 443
    if settings.proxies.towards(host, port, secure=True) is not None:
        return _line("site.tls", "ok", "The site answers over TLS, through a proxy")

    def ask() -> Spoken:
        context = trust or ssl.create_default_context()
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=host) as wire,
        ):
            return _spoken(wire)

    return _measured("site.tls", f"The site ({host})", ask, now=now)


def mail_server(
    settings: Settings, *, now: datetime, trust: ssl.SSLContext | None = None
) -> Iterator[Check]:
    """Yield what TLS the mail server speaks, where mail goes out by SMTP; nobody logs in."""
    options = settings.smtp
    if settings.delivery.provider != "smtp":
        return
    if options.security == "none":
        yield _unprotected(options)
        return
    name = f"The mail server ({options.host}, port {options.port})"
    context = trust or ssl.create_default_context()
    yield _measured("smtp.tls", name, lambda: _greeted(options, context), now=now)


def _greeted(options: Smtp, context: ssl.SSLContext) -> Spoken:
    if options.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            options.host, options.port, timeout=_SECONDS, context=context
        )
    else:
        smtp = smtplib.SMTP(options.host, options.port, timeout=_SECONDS)
    with smtp:
        if options.security == "starttls":
            smtp.starttls(context=context)
        if not isinstance(smtp.sock, ssl.SSLSocket):
            raise ssl.SSLError("it does not protect the connection")
        return _spoken(smtp.sock)


def _unprotected(options: Smtp) -> Check:
    if is_this_machine(options.host):
        told = "Mail goes to a server on this machine, without TLS; that server has to speak it"
        return _line("smtp.tls", "info", told)
    told = f"Readers' addresses and mails travel to {options.host} for anybody to read"
    return _line("smtp.tls", "problem", told, '[smtp] security = "starttls" or "tls".')


def _spoken(wire: ssl.SSLSocket) -> Spoken:
    ends = (wire.getpeercert() or {}).get("notAfter")
    is_told = isinstance(ends, str)
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if is_told else None
    return Spoken(wire.version() or "no TLS", until)


def _measured(line: str, name: str, ask: Callable[[], Spoken], *, now: datetime) -> Check:
    try:
        spoken = ask()
    except ssl.SSLCertVerificationError as error:
        told = f"{name} cannot prove who it is: {error.verify_message}"
        return _line(line, "problem", told, "Renew its certificate, with the whole chain.")
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        reason = getattr(error, "reason", None) or error
        told = f"{name} speaks no TLS that is taken here: {reason}"
        return _line(line, "problem", told, "Let it speak TLS 1.2 or 1.3.")
    except (OSError, smtplib.SMTPException) as error:
        told = f"{name} cannot be asked for its TLS: {error}"
        return _line(line, "problem", told, "Look at its name, its port and the firewall.")
    return judged(line, name, spoken, now=now)


def judged(line: str, name: str, spoken: Spoken, *, now: datetime) -> Check:
    """Judge what a server spoke. Pure."""
    told = f"{name} speaks {spoken.version}"
    if spoken.version in _OLD:
        return _line(line, "problem", told, "Let it speak TLS 1.2 or 1.3, and nothing older.")
    if spoken.until is None:
        return _line(line, "ok", told)
    left = spoken.until - now
    told += f", with a certificate that is good until {spoken.until:%Y-%m-%d}"
    if left < _SOON:
        return _line(line, "warning", told, "See why it was not renewed by itself.")
    return _line(line, "ok", told)


def _line(line: str, level: CheckLevel, measured: str, step: str = "") -> Check:
    return Check(id=line, level=level, measured=measured, **rules.NEW_TLS.on(), next=step)
