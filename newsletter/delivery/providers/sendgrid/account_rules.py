"""What answers about an account at SendGrid mean, line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from newsletter.core.model.checkup import Check

_NEEDED = {"mail.send": "Mail Send, Full Access"}
_AHEAD = {
    "mail.batch.create": "Mail Send, Full Access (scheduled sends)",
    "user.scheduled_sends.create": "Scheduled Sends, Full Access",
    "user.scheduled_sends.read": "Scheduled Sends, Full Access",
}
_USEFUL = {
    "suppression.read": "Suppressions, Read Access",
    "categories.stats.read": "Category Stats, Read Access",
}
_TOO_MUCH = ("api_keys.create", "billing.update", "teammates.create", "subusers.create")
_EVENTS = {
    "processed": "Processed",
    "delivered": "Delivered",
    "deferred": "Deferred",
    "bounce": "Bounced",
    "dropped": "Dropped",
    "spam_report": "Spam Reports",
}
_DOMAIN_RULE = "SendGrid signs for your domain (Domain Authentication)"
_CONSOLE = "SendGrid, Settings, Sender Authentication"
_SOURCE = "SendGrid API, 2026-01"
_FEW = 1_000


def scope_checks(document: Any, *, ahead: bool) -> Iterator[Check]:
    """Judge what the key may do."""
    told = document.get("scopes") if isinstance(document, dict) else None
    scopes = {str(one) for one in told} if isinstance(told, list) else set()
    missing = [say for name, say in _needed(ahead=ahead).items() if name not in scopes]
    if missing:
        yield Check(
            id="sendgrid.key",
            level="problem",
            measured=f"The key lacks {', '.join(dict.fromkeys(missing))}",
            rule="The key may hand over mail",
            source=_SOURCE,
            next="SendGrid, Settings, API Keys, Edit: give it these permissions.",
        )
        return
    lacking = [say for name, say in _USEFUL.items() if name not in scopes]
    power = [name for name in _TOO_MUCH if name in scopes]
    if power:
        yield Check(
            id="sendgrid.key",
            level="info",
            measured=f"The key works, and may do far more than it needs: {', '.join(power)}",
            rule="A key that is stolen can do what it may",
            source=_SOURCE,
            next="A restricted key with Mail Send and Suppressions is enough.",
        )
        return
    more = f"; it may not: {', '.join(lacking)}" if lacking else ""
    yield Check(
        id="sendgrid.key",
        level="info" if lacking else "ok",
        measured=f"The key works and may send{more}",
        source=_SOURCE,
        next="Give it that as well, and opt-outs at SendGrid are taken over." if lacking else "",
    )


def _needed(*, ahead: bool) -> Mapping[str, str]:
    return _NEEDED | _AHEAD if ahead else _NEEDED


def domain_checks(domains: Sequence[Mapping[str, Any]], host: str) -> Iterator[Check]:
    """Judge the authenticated domains that are the sender's; name the records that are missing."""
    if any(one.get("valid") for one in domains):
        names = ", ".join(str(one.get("domain")) for one in domains if one.get("valid"))
        yield Check(
            id="sendgrid.domain",
            level="ok",
            measured=f"SendGrid signs for {names}",
            rule=_DOMAIN_RULE,
            source=_SOURCE,
        )
        return
    records = [line for one in domains for line in _missing_records(one)]
    yield Check(
        id="sendgrid.domain",
        level="problem",
        measured=f"Records of {host} are missing in the DNS"
        if domains
        else f"SendGrid signs for no domain of {host}",
        rule=_DOMAIN_RULE,
        source=_SOURCE,
        next=f"Publish: {'; '.join(records)}. Then press Verify in {_CONSOLE}."
        if records
        else f"{_CONSOLE}, Authenticate Your Domain: {host}; publish the three CNAME it shows.",
    )


def _missing_records(domain: Mapping[str, Any]) -> Iterator[str]:
    told = domain.get("dns")
    for record in told.values() if isinstance(told, dict) else ():
        if isinstance(record, dict) and not record.get("valid"):
            kind = str(record.get("type", "cname")).upper()
            yield f"{record.get('host')} {kind} {record.get('data')}"


def sender_check(document: Any, sender: str) -> Check:
    """Judge whether a single verified sender stands in for the domain."""
    rows = document.get("results") if isinstance(document, dict) else None
    verified = {
        str(one.get("from_email", "")).lower()
        for one in (rows if isinstance(rows, list) else ())
        if isinstance(one, dict) and one.get("verified")
    }
    if sender in verified:
        return Check(
            id="sendgrid.sender",
            level="info",
            measured="The sender is verified by itself, without its domain",
            next="That is enough to try; mailboxes ask for the domain (above).",
        )
    return Check(
        id="sendgrid.sender",
        level="problem",
        measured="SendGrid knows neither the sender nor its domain, and refuses its mail (403)",
        source=_SOURCE,
        next=f"{_CONSOLE}: authenticate the domain, or verify the sender.",
    )


def webhook_checks(document: Any, key: str | None) -> Iterator[Check]:
    """Judge whether events come, all of them, and signed with the key that is known here."""
    rows = document.get("webhooks") if isinstance(document, dict) else None
    hooks = [one for one in (rows if isinstance(rows, list) else ()) if isinstance(one, dict)]
    live = [one for one in hooks if one.get("enabled")]
    console = "SendGrid, Settings, Mail Settings, Event Webhooks"
    if not live:
        yield Check(
            id="sendgrid.webhook",
            level="warning",
            measured="No event webhook is switched on: bounces and complaints are not heard",
            rule="Complaints under 1 in 1,000, opt-outs at once: both need events",
            source=_SOURCE,
            next=f"{console}: post to the address of `newsletter events listen`, signed.",
        )
        return
    silent = [say for name, say in _EVENTS.items() if not any(one.get(name) for one in live)]
    if silent:
        yield Check(
            id="sendgrid.events",
            level="warning",
            measured=f"The webhook does not post: {', '.join(silent)}",
            source=_SOURCE,
            next=f"{console}: tick them; Processed settles what is in doubt.",
        )
    yield _signed(live, key, console)


def _signed(live: Sequence[Mapping[str, Any]], key: str | None, console: str) -> Check:
    keys = {str(one["public_key"]) for one in live if one.get("public_key")}
    if not keys:
        return Check(
            id="sendgrid.webhook",
            level="problem",
            measured="Events are not signed, so none of them is taken here",
            source=_SOURCE,
            next=f"{console}: enable Signature Verification; set SENDGRID_WEBHOOK_PUBLIC_KEY.",
        )
    if key not in keys:
        return Check(
            id="sendgrid.webhook",
            level="problem",
            measured="Events are signed with another key than SENDGRID_WEBHOOK_PUBLIC_KEY",
            source=_SOURCE,
            next=f"{console}: copy the verification key into SENDGRID_WEBHOOK_PUBLIC_KEY.",
        )
    return Check(
        id="sendgrid.webhook",
        level="ok",
        measured="Events are posted, signed with the key that is known here",
        source=_SOURCE,
    )


def tracking_check(document: Any) -> Check:
    """Judge subscription tracking, which would put a link of SendGrid's own into each mail."""
    is_on = isinstance(document, dict) and bool(document.get("enabled"))
    return Check(
        id="sendgrid.tracking",
        level="info" if is_on else "ok",
        measured="Subscription tracking is on; each request of ours switches it off"
        if is_on
        else "Subscription tracking is off",
        rule="One unsubscribe link, our own",
        source=_SOURCE,
        next="SendGrid, Settings, Tracking: switch it off as well." if is_on else "",
    )


def credits_left(document: Any) -> Iterator[Check]:
    """Tell how much mail the plan still pays for, where it says so."""
    left = document.get("remain") if isinstance(document, dict) else None
    if not isinstance(left, int):
        return
    is_low = left < _FEW
    yield Check(
        id="sendgrid.credits",
        level="warning" if is_low else "ok",
        measured=f"{left:,} mails are left of the plan",
        source=_SOURCE,
        next="Raise the plan before the next edition." if is_low else "",
    )
