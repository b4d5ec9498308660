"""Put an audit together: what the ledger holds of an edition's send, and what the proof says."""

from __future__ import annotations

from datetime import date

from newsletter.core.model import SendKind
from newsletter.delivery import preconditions
from newsletter.delivery.audit import rules as proving
from newsletter.message import merge
from newsletter.storage.database import Database
from newsletter.storage.sends import audit_record
from newsletter.storage.sends.ledger import Ledger


def audit(
    ledger: Ledger,
    database: Database,
    *,
    publication: str,
    day: date,
    kind: SendKind = SendKind.EDITION,
) -> proving.Audit:
    """Prove what went to whom. Raises `NothingToDo` when the edition has no send."""
    again = f" --kind {kind}" if kind is SendKind.WEEKLY else ""
    found = ledger.find(publication, day, kind)
    send = preconditions.found_send(found, day, hint=f"newsletter send --date {day}{again}")
    digest = merge.with_digest(ledger.message(send.id)).digest
    return proving.audit(audit_record.record(database, send.id, message_digest=digest))
