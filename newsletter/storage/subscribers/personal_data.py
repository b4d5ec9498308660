"""Everything held on one person besides the subscriber and their history (GDPR, art. 15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Subscriber
from newsletter.storage.single_mail_table import single_mail
from newsletter.storage.site import on_one_person as on_site
from newsletter.storage.tables import (
    event,
    import_change,
    import_run,
    recipient,
    recipient_report,
    send,
    subscriber,
    suppression,
)


def everything(connection: Connection, found: Subscriber) -> Mapping[str, Any]:
    """Collect it as rows by what they are about; moments and dates as values."""
    queries = {
        "added_by_import": _import(found),
        "changed_by_imports": sa.select(import_change).where(
            import_change.c.subscriber_id == found.id
        ),
        "lists": _lists(found),
        "former_addresses": sa.select(subscriber.c.address, subscriber.c.changed_at)
        .where(subscriber.c.moved_to == found.id)
        .order_by(subscriber.c.changed_at),
        "editions": _editions(found),
        "single_mails": _single_mails(found),
        "events": sa.select(event.c.at, event.c.kind, event.c.reason)
        .where(event.c.canonical == found.canonical)
        .order_by(event.c.at),
        "suppressions": sa.select(suppression).where(
            suppression.c.canonical.in_(
                (found.canonical, found.canonical[found.canonical.index("@") :])
            )
        ),
    }
    queries |= on_site.everything(found)
    return {
        name: [dict(row) for row in connection.execute(query).mappings()]
        for name, query in queries.items()
    }


def _single_mails(found: Subscriber) -> sa.Select[Any]:
    """Select the mails to them alone; their words are kept until they are sent."""
    told = ("publication", "kind", "address", "created_at", "state", "ended_at", "subject", "text")
    columns = (single_mail.c[name] for name in told)
    query = sa.select(*columns).where(single_mail.c.canonical == found.canonical)
    return query.order_by(single_mail.c.id)


def _import(found: Subscriber) -> sa.Select[Any]:
    return (
        sa.select(import_run.c.id, import_run.c.file, subscriber.c.import_line, import_run.c.at)
        .join(subscriber, subscriber.c.import_id == import_run.c.id)
        .where(subscriber.c.id == found.id)
    )


def _lists(found: Subscriber) -> sa.Select[Any]:
    """Select how the person stands on every list of the database."""
    columns = (subscriber.c[name] for name in ("publication", "state", "created_at"))
    return (
        sa.select(*columns)
        .where(subscriber.c.canonical == found.canonical)
        .order_by(subscriber.c.publication)
    )


def _editions(found: Subscriber) -> sa.Select[Any]:
    """Select their recipients' rows; a test copy was for an address, whoever has it."""
    told = recipient_report
    theirs = recipient.c.subscriber_id.in_(
        sa.select(subscriber.c.id).where(subscriber.c.canonical == found.canonical)
    )
    named = sa.func.lower(recipient.c.address) == found.canonical
    return (
        sa.select(
            send.c.publication,
            send.c.edition,
            send.c.kind,
            send.c.segment,
            recipient.c.address,
            recipient.c.outcome,
            recipient.c.reason,
            told.c.kind.label("reported"),
            told.c.at.label("reported_at"),
        )
        .join(send, send.c.id == recipient.c.send_id)
        .outerjoin(
            told,
            (told.c.send_id == recipient.c.send_id) & (told.c.position == recipient.c.position),
        )
        .where(theirs | named)
        .order_by(send.c.edition, send.c.id)
    )
