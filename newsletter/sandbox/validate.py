"""Say everything that is wrong with the body of POST /v3/mail/send. Pure. (sendgrid.md 1.1, 1.2)"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from newsletter.sandbox import rules_addresses, rules_content, rules_settings
from newsletter.sandbox.problems import Problem, bare
from newsletter.sandbox.rules_personalizations import personalizations
from newsletter.sandbox.rules_time import send_at
from newsletter.sandbox.shape import Object, WrongType, as_object, text_map

KEYS = frozenset(
    {
        "personalizations",
        "from",
        "reply_to",
        "reply_to_list",
        "subject",
        "content",
        "attachments",
        "template_id",
        "headers",
        "categories",
        "custom_args",
        "send_at",
        "batch_id",
        "asm",
        "ip_pool_name",
        "mail_settings",
        "tracking_settings",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the account has, and the moment."""

    now: float  # Unix seconds
    batch_ids: Collection[str] = ()
    groups: Collection[int] = ()
    pools: Collection[str] = ()


def validate(body: Any, known: Known, *, strict: bool = True) -> tuple[Problem, ...]:
    """List every problem of a request's body, in the order of its fields; none means accepted.

    A container of the wrong type ends the look: SendGrid then answers a bare "Bad Request".
    `strict` also refuses what the real one is not known to refuse: unknown keys, and an address
    in two personalizations.
    """
    try:
        return tuple(_problems(as_object(body, "The body"), known, strict=strict))
    except WrongType as error:
        return (bare(str(error)),)


def _problems(body: Object, known: Known, *, strict: bool) -> Iterator[Problem]:
    yield from personalizations(body, now=known.now, strict=strict)
    yield from rules_addresses.sender(body)
    yield from rules_content.subject(body)
    yield from rules_content.content(body)
    for key in body:
        yield from _optional(key, body[key], known, strict=strict)


def _optional(key: str, value: Any, known: Known, *, strict: bool) -> Iterator[Problem]:
    match key:
        case "attachments":
            yield from rules_content.attachments(value)
        case "headers":
            yield from rules_content.headers(value, key)
        case "categories":
            yield from rules_content.categories(value)
        case "custom_args":
            yield from text_map(value, key)
        case "send_at":
            yield from send_at(value, key, now=known.now)
        case "batch_id":
            yield from rules_settings.batch_id(value, known.batch_ids)
        case "asm":
            yield from rules_settings.asm(value, known.groups)
        case "ip_pool_name":
            yield from rules_settings.ip_pool_name(value, known.pools)
        case "template_id":
            yield from rules_settings.template_id(value)
        case "mail_settings" | "tracking_settings":
            valid = getattr(rules_settings, key.upper())
            yield from rules_settings.switches(value, key, known=valid, strict=strict)
        case _ if strict and key not in KEYS:
            yield Problem(f"The {key} field is not known.", key)
