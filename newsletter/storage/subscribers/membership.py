"""Whose list a subscriber is on: one person may be on several, and has a row on each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from newsletter.storage.tables import former_token, subscriber

UNIQUE = (subscriber.c.canonical, subscriber.c.publication)
"""What there is once of: an address on a list."""


def on_list(publication: str) -> sa.ColumnElement[bool]:
    """Match the subscribers of a publication."""
    return subscriber.c.publication == publication


def person(publication: str, canonical: str) -> sa.Select[Any]:
    """Select somebody on a list by their address."""
    return sa.select(subscriber).where(subscriber.c.canonical == canonical, on_list(publication))


def holder(publication: str, token: str) -> sa.Select[Any]:
    """Select who a reader's own address in a publication's mail belongs to.

    A mail from when the list was everybody's may hold a token that is of another list by now; on
    this list it stands for the same person. Their own token comes first.
    """
    former = sa.select(former_token.c.subscriber_id).where(former_token.c.token == token)
    held = (subscriber.c.token == token) | subscriber.c.id.in_(former)
    return sa.select(subscriber).where(held, on_list(publication))
