"""Corrections of a send: a new message for whoever is not handed over yet, each on record."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.core.model import Message, SendStatus
from newsletter.core.model.content import FrozenEdition
from newsletter.core.model.records import Correction
from newsletter.storage import used_content
from newsletter.storage.sends.freezing import write_message
from newsletter.storage.tables import correction, send


def correct(
    connection: Connection,
    send_id: int,
    message: Message,
    content: FrozenEdition,
    *,
    note: str,
    now: datetime,
) -> bool:
    """Replace message and edition of a paused send.

    False: it has this message already, or is not paused.
    """
    row = connection.execute(sa.select(send).where(send.c.id == send_id).with_for_update()).one()
    if row.status != SendStatus.PAUSED or row.digest == message.digest:
        return False
    write_message(connection, message, now=now)
    connection.execute(
        sa.insert(correction).values(
            send_id=send_id, at=now, before=row.digest, digest=message.digest, note=note
        )
    )
    replaced = sa.update(send).where(send.c.id == send_id).values(digest=message.digest)
    connection.execute(replaced)
    used_content.replace(connection, row.publication, row.edition, content, now=now)
    return True


def read(connection: Connection, send_id: int) -> tuple[Correction, ...]:
    """List the corrections of a send, the oldest first."""
    query = sa.select(correction).where(correction.c.send_id == send_id).order_by(correction.c.id)
    return tuple(
        Correction(at=row.at, before=row.before, digest=row.digest, note=row.note)
        for row in connection.execute(query)
    )
