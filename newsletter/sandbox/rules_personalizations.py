"""Rules for the personalizations, and for every send time (sendgrid.md 1.1). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from newsletter.sandbox import rules_addresses, rules_content
from newsletter.sandbox.exchange import Problem
from newsletter.sandbox.shape import (
    Object,
    as_list,
    as_object,
    is_integer,
    size_of,
    text_map,
    texts_of,
)

MOST_PERSONALIZATIONS = 1000
MOST_SUBSTITUTION_BYTES = 10_000  # of one personalization
MOST_SUBSTITUTIONS = 10_000  # of one request
MOST_IN_BLOCK = 150  # substitutions of one personalization
MOST_ARGUMENT_BYTES = 10_000  # message level and personalization together
FURTHEST_AHEAD = 72 * 3600  # seconds
KEYS = frozenset(
    {
        "to",
        "cc",
        "bcc",
        "from",
        "subject",
        "headers",
        "substitutions",
        "dynamic_template_data",
        "custom_args",
        "send_at",
    }
)


def personalizations(body: Object, *, now: float, strict: bool) -> Iterator[Problem]:
    """Check the whole list, each entry, and all of them together."""
    blocks = as_list(body.get("personalizations", []), "personalizations")
    if not blocks:
        yield Problem(
            "The personalizations field is required and needs at least one personalization.",
            "personalizations",
        )
    if len(blocks) > MOST_PERSONALIZATIONS:
        yield Problem(
            f"There may be at most {MOST_PERSONALIZATIONS} personalizations; "
            f"this request has {len(blocks)}.",
            "personalizations",
        )
    shared = texts_of(body.get("custom_args"))
    for number, block in enumerate(blocks):
        path = f"personalizations.{number}"
        yield from _one(as_object(block, path), path, shared=shared, now=now, strict=strict)
    yield from rules_addresses.crowd(blocks, strict=strict)
    yield from _substitutions_in_all(blocks)
    yield from _beside_a_template(body, blocks)


def _one(
    block: Object, path: str, *, shared: dict[str, str], now: float, strict: bool
) -> Iterator[Problem]:
    yield from rules_addresses.recipients(block, path)
    if "from" in block:
        yield from rules_addresses.mailbox(block["from"], f"{path}.from")
    if "subject" in block:
        yield from rules_content.subject_text(block["subject"], f"{path}.subject")
    if "headers" in block:
        yield from rules_content.headers(block["headers"], f"{path}.headers")
    if "substitutions" in block:
        yield from _substitutions(block["substitutions"], f"{path}.substitutions")
    if "custom_args" in block:
        yield from text_map(block["custom_args"], f"{path}.custom_args")
    if "send_at" in block:
        yield from send_at(block["send_at"], f"{path}.send_at", now=now)
    if "dynamic_template_data" in block:
        as_object(block["dynamic_template_data"], f"{path}.dynamic_template_data")
    yield from _arguments(shared | texts_of(block.get("custom_args")), f"{path}.custom_args")
    for key in sorted(block.keys() - KEYS) if strict else ():
        yield Problem(f"The {key} field is not known here.", f"{path}.{key}")


def _substitutions(value: Any, path: str) -> Iterator[Problem]:
    yield from text_map(value, path)
    size = size_of(texts_of(value))
    if size > MOST_SUBSTITUTION_BYTES:
        yield Problem(
            f"The substitutions of one personalization may have at most {MOST_SUBSTITUTION_BYTES} "
            f"bytes; these have {size}.",
            path,
        )
    if len(value) > MOST_IN_BLOCK:
        yield Problem(
            f"A personalization may have at most {MOST_IN_BLOCK} substitutions; "
            f"this one has {len(value)}.",
            path,
        )


def _beside_a_template(body: Object, blocks: list[Any]) -> Iterator[Problem]:
    """Check that a dynamic template, whose id begins with d-, gets no substitutions."""
    template = body.get("template_id")
    if not isinstance(template, str) or not template.startswith("d-"):
        return
    for number, block in enumerate(blocks):
        if "substitutions" in block:
            yield Problem(
                "Substitutions cannot be used with a dynamic template.",
                f"personalizations.{number}.substitutions",
            )


def _substitutions_in_all(blocks: list[Any]) -> Iterator[Problem]:
    total = sum(len(block.get("substitutions", ())) for block in blocks)
    if total > MOST_SUBSTITUTIONS:
        yield Problem(
            f"A request may have at most {MOST_SUBSTITUTIONS} substitutions; this one has {total}.",
            "personalizations",
        )


def _arguments(merged: dict[str, str], path: str) -> Iterator[Problem]:
    """Check the arguments after merging, as the JSON they travel as."""
    size = len(orjson.dumps(merged)) if merged else 0
    if size > MOST_ARGUMENT_BYTES:
        yield Problem(
            f"The custom_args of one personalization, with those of the message, may have at most "
            f"{MOST_ARGUMENT_BYTES} bytes; these have {size}.",
            path,
        )


def send_at(value: Any, path: str, *, now: float) -> Iterator[Problem]:
    """Check a send time: Unix seconds as an integer, at most 72 hours ahead; the past is now."""
    if not is_integer(value):
        yield Problem("The send_at value must be a Unix timestamp as an integer.", path)
    elif value > now + FURTHEST_AHEAD:
        yield Problem("The send_at value may be at most 72 hours in the future.", path)
