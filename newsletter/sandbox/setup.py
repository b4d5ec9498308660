"""What an operator set up in the account's console: scopes, domains, the webhook, tracking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SCOPES = (
    "mail.send",
    "messages.read",
    "mail.batch.create",
    "mail.batch.read",
    "user.scheduled_sends.create",
    "user.scheduled_sends.read",
    "user.scheduled_sends.update",
    "user.scheduled_sends.delete",
    "suppression.read",
    "suppression.delete",
    "asm.groups.suppressions.create",
    "categories.stats.read",
    "sender_verification_eligible",
    "tracking_settings.read",
    "user.webhooks.event.settings.read",
    "verified_senders.read",
    "whitelabel.read",
)
EVENTS = ("processed", "delivered", "deferred", "bounce", "dropped", "spam_report", "unsubscribe")
_NUMBER = "u1234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The console's switches; by default an account that was set up as it should be."""

    scopes: tuple[str, ...] = SCOPES
    domains: Mapping[str, bool] = field(default_factory=dict)  # authenticated: are all records seen
    signs_events: bool = True
    events: tuple[str, ...] = EVENTS  # that are posted
    subscription_tracking: bool = False
    credits: int = 100_000
    groups: frozenset[int] = frozenset()  # of unsubscribes
    pools: frozenset[str] = frozenset()  # of IP addresses
    templates: frozenset[str] = frozenset()

    def having(
        self, groups: Iterable[int], pools: Iterable[str], templates: Iterable[str]
    ) -> Setup:
        """Return the same with groups of unsubscribes, pools of addresses and templates."""
        return replace(
            self,
            groups=frozenset(groups),
            pools=frozenset(pools),
            templates=frozenset(templates),
        )

    def authenticated(self) -> list[dict[str, Any]]:
        """Return the authenticated domains, as GET /v3/whitelabel/domains lists them."""
        return [
            _domain(number, name, valid=valid)
            for number, (name, valid) in enumerate(sorted(self.domains.items()), start=1)
        ]

    def webhooks(self, url: str | None, public_key: str) -> dict[str, Any]:
        """Return the event webhooks, as GET /v3/user/webhooks/event/settings/all lists them."""
        one = {"id": "1", "enabled": True, "url": url, "friendly_name": "newsletter"}
        one |= {name: name in self.events for name in EVENTS}
        one |= {"public_key": public_key} if self.signs_events else {}
        return {"max_allowed": 2, "webhooks": [one] if url else []}


def _domain(number: int, name: str, *, valid: bool) -> dict[str, Any]:
    below = f"{_NUMBER}.wl001.sendgrid.net"
    return {
        "id": number,
        "subdomain": "em1",
        "domain": name,
        "valid": valid,
        "automatic_security": True,
        "dns": {
            "mail_cname": _record(f"em1.{name}", below, valid=valid),
            "dkim1": _record(f"s1._domainkey.{name}", f"s1.domainkey.{below}", valid=valid),
            "dkim2": _record(f"s2._domainkey.{name}", f"s2.domainkey.{below}", valid=valid),
        },
    }


def _record(host: str, data: str, *, valid: bool) -> dict[str, Any]:
    return {"valid": valid, "type": "cname", "host": host, "data": data}
