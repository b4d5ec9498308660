"""Say everything that is wrong with a mail/send body (sendgrid.md 1.1, 1.2). Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from newsletter.sandbox import rules_addresses, rules_content, rules_settings, rules_switches
from newsletter.sandbox.exchange import Problem, bare
from newsletter.sandbox.rules_personalizations import personalizations, send_at
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
        "sections",
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
    templates: Collection[str] = ()


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
    yield from _optional(body, known, strict=strict)
    for name in ("mail_settings", "tracking_settings"):
        if name in body:
            yield from rules_switches.switches(body[name], name, strict=strict)
    for key in sorted(body.keys() - KEYS) if strict else ():
        yield Problem(f"The {key} field is not known.", key)


def _optional(body: Object, known: Known, *, strict: bool) -> Iterator[Problem]:
    """Check the fields that may be left out."""
    rules: dict[str, Callable[[Any], Iterator[Problem]]] = {
        "attachments": partial(rules_content.attachments, strict=strict),
        "headers": partial(rules_content.headers, path="headers"),
        "categories": rules_content.categories,
        "custom_args": partial(text_map, path="custom_args"),
        "sections": partial(text_map, path="sections"),
        "send_at": partial(send_at, path="send_at", now=known.now),
        "batch_id": partial(rules_settings.batch_id, known=known.batch_ids),
        "asm": partial(rules_settings.asm, known=known.groups),
        "ip_pool_name": partial(rules_settings.ip_pool_name, known=known.pools),
        "template_id": partial(rules_settings.template_id, known=known.templates),
    }
    for key, rule in rules.items():
        if key in body:
            yield from rule(body[key])
