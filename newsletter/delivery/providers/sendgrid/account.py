"""How the account at SendGrid is set up: key and scopes, sender, domain, webhook, suppressions.

Asked through the same connections as mail. Each answer is one line of the doctor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.http.answer import Answer, HttpFailure
from newsletter.core.model.checkup import Check
from newsletter.delivery.provider import AccountReview, AccountState
from newsletter.delivery.providers.sendgrid.account_rules import (
    credits_left,
    domain_checks,
    scope_checks,
    sender_check,
    tracking_check,
    webhook_checks,
)
from newsletter.delivery.providers.sendgrid.client import api_key, connect, open_wire

_KEY = "SENDGRID_WEBHOOK_PUBLIC_KEY"
_LISTS = ("bounces", "spam_reports", "unsubscribes")


def make_account(settings: Settings, clock: Clock) -> AccountReview:
    """Return who looks at it. Raises `ConfigError` when the key is missing or cannot be one."""
    del clock
    return _Account(settings)


class _Account:
    """`AccountReview` for SendGrid."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wire = open_wire(settings, connections=1)
        self._sdk = connect(
            key=api_key(settings),
            base_url=settings.sendgrid.base_url,
            wire=self._wire,
            timeout=settings.delivery.timeout,
            on_behalf_of=settings.sendgrid.on_behalf_of,
        )

    def close(self) -> None:
        """Close the connection; harmless when called twice."""
        self._wire.close()

    def review(self) -> AccountState:
        """Ask one question after the other; without a key that works there is only the first."""
        scopes = self._get("scopes")
        if isinstance(scopes, Check):
            return AccountState(checks=(scopes,))
        sender = self._settings.publication.sender.email.lower()
        domains = self._get("whitelabel", "domains")
        checks = [
            *scope_checks(scopes, ahead=self._settings.delivery.mode == "scheduled"),
            *self._domain(domains, sender),
            *self._webhook(),
            *self._rest(),
        ]
        valid = [one for one in _dicts(domains) if one.get("valid") and _signs(one, sender)]
        return AccountState(
            checks=tuple(checks),
            signs_for=tuple(str(one["domain"]).lower() for one in valid),
            bounces_at=tuple(_hosts(valid, "mail_cname")),
            keys_at=(*_hosts(valid, "dkim1"), *_hosts(valid, "dkim2")),
        )

    def _domain(self, domains: Any, sender: str) -> Iterator[Check]:
        if isinstance(domains, Check):
            yield domains
            return
        found = [one for one in _dicts(domains) if _signs(one, sender)]
        yield from domain_checks(found, sender.rpartition("@")[2])
        if not any(one.get("valid") for one in found):
            verified = self._get("verified_senders")
            yield verified if isinstance(verified, Check) else sender_check(verified, sender)

    def _webhook(self) -> Iterator[Check]:
        hooks = self._get("user", "webhooks", "event", "settings", "all")
        if isinstance(hooks, Check):
            yield hooks
            return
        yield from webhook_checks(hooks, self._settings.secret(_KEY))

    def _rest(self) -> Iterator[Check]:
        tracking = self._get("tracking_settings", "subscription")
        yield tracking if isinstance(tracking, Check) else tracking_check(tracking)
        left = self._get("user", "credits")
        if not isinstance(left, Check):  # not every plan has them
            yield from credits_left(left)
        for name in _LISTS:
            rows = self._get("suppression", name, query={"limit": "1"})
            if isinstance(rows, Check):
                yield rows
                return
        yield Check(
            id="sendgrid.suppressions",
            level="ok",
            measured="Its suppression lists can be read, and are taken over before each send",
        )

    def _get(self, *path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the document of an answer, or the check that says why there is none."""
        client = self._sdk.client
        for part in path:
            client = client._(part)
        name = "/".join(path)
        try:
            answer: Answer = client.get(query_params=query)
        except HttpFailure as failure:
            return _silent(name, f"SendGrid was not reached: {failure}")
        if answer.status in {401, 403}:
            return _refused(name, answer.status)
        try:
            if answer.status == 200:
                return orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            pass
        return _silent(name, f"SendGrid answered {answer.status} for {name}")


def _refused(name: str, status: int) -> Check:
    if name == "scopes":
        return Check(
            id="sendgrid.key",
            level="problem",
            measured=f"SendGrid does not take the key ({status})",
            rule="A key that is valid, of this account and region",
            next="Create a key under Settings, API Keys, and set SENDGRID_API_KEY to it; an "
            "account in the EU needs [sendgrid] base_url = https://api.eu.sendgrid.com.",
        )
    return Check(
        id=f"sendgrid.{name}",
        level="info",
        measured=f"The key may not look at {name} ({status}), so nothing is known of it",
        next="Give the key Read Access there for one run of the doctor, or look in the console.",
    )


def _silent(name: str, measured: str) -> Check:
    is_first = name == "scopes"
    return Check(
        id="sendgrid.key" if is_first else f"sendgrid.{name}",
        level="problem" if is_first else "warning",
        measured=measured,
        next="Look at the network and at status.sendgrid.com, then run it again.",
    )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _signs(domain: Mapping[str, Any], sender: str) -> bool:
    """Say whether an authenticated domain is the sender's, or above it."""
    name, host = str(domain.get("domain", "")).lower(), sender.rpartition("@")[2]
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _hosts(domains: list[dict[str, Any]], record: str) -> Iterator[str]:
    for one in domains:
        told = one.get("dns")
        found = told.get(record) if isinstance(told, dict) else None
        host = found.get("host") if isinstance(found, dict) else None
        if isinstance(host, str) and host:
            yield host.lower()
