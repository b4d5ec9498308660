"""Rules for what steers a message: batch, group, pool, template (sendgrid.md 1.1). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from newsletter.sandbox.exchange import Problem
from newsletter.sandbox.shape import Object, as_list, as_object, is_integer

MOST_GROUPS_TO_DISPLAY = 25


def batch_id(value: Any, known: Collection[str]) -> Iterator[Problem]:
    """Check that a batch id was given out by POST /v3/mail/batch and is not over 10 days old."""
    if not isinstance(value, str) or value not in known:
        yield Problem("The batch_id is not a valid batch id of this account.", "batch_id")


def asm(value: Any, known: Collection[int]) -> Iterator[Problem]:
    """Check the unsubscribe group."""
    found = as_object(value, "asm")
    group = found.get("group_id")
    if not is_integer(group):
        yield Problem("The asm group_id is required and must be an integer.", "asm.group_id")
    elif group not in known:
        yield Problem("The asm group_id is not a group of this account.", "asm.group_id")
    if "groups_to_display" in found:
        yield from _groups_to_display(found["groups_to_display"], known)


def _groups_to_display(value: Any, known: Collection[int]) -> Iterator[Problem]:
    path = "asm.groups_to_display"
    groups = as_list(value, path)
    if not 1 <= len(groups) <= MOST_GROUPS_TO_DISPLAY:
        yield Problem(f"There must be 1 to {MOST_GROUPS_TO_DISPLAY} groups.", path)
    if not all(is_integer(group) for group in groups):
        yield Problem("The groups must be integers.", path)
    elif not all(group in known for group in groups):
        yield Problem("The groups must be groups of this account.", path)


def ip_pool_name(value: Any, known: Collection[str]) -> Iterator[Problem]:
    """Check the pool's name: 2 to 64 characters, and there is such a pool."""
    if not isinstance(value, str) or not 2 <= len(value) <= 64:
        yield Problem("The ip_pool_name must be a string of 2 to 64 characters.", "ip_pool_name")
    elif value not in known:
        yield Problem("The ip_pool_name is not a pool of this account.", "ip_pool_name")


def is_sandbox_mode(body: Object) -> bool:
    """Say whether a valid request only wants to be validated."""
    mode = body.get("mail_settings", {}).get("sandbox_mode", {})
    return mode.get("enable") is True


def template_id(value: Any, known: Collection[str]) -> Iterator[Problem]:
    """Check the template's id: there is such a template."""
    if not isinstance(value, str) or not value:
        yield Problem("The template_id must be a string of at least one character.", "template_id")
    elif value not in known:
        yield Problem("The template_id is not a template of this account.", "template_id")
