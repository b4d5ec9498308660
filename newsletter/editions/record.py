"""`assembled.json`: what was generated, and where each part came from. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsletter.content.edition import provenance_document
from newsletter.core.errors import UsageError, Where
from newsletter.core.model import Attempted, Edition, LeftOut, Part, Provenance
from newsletter.core.model.content import FrozenEdition
from newsletter.core.sentences import said
from newsletter.editions.writer import as_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was last generated: the file's fingerprint, and the provenance of its parts."""

    fingerprint: str  # SHA-256 of edition.toml as it was generated, hexadecimal
    provenance: tuple[Provenance, ...]


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a file's text, by which an editor's change is noticed."""
    return hashlib.sha256(text.encode()).hexdigest()


def as_json(edition: Edition, *, generated: str) -> str:
    """Write the record of an edition whose file was generated with this fingerprint."""
    values = {"fingerprint": generated, "provenance": provenance_document(edition)}
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def frozen(edition: Edition) -> FrozenEdition:
    """Return an edition in the words of its two files, as a send freezes it."""
    content = as_toml(edition)
    return FrozenEdition(content=content, record=as_json(edition, generated=fingerprint(content)))


def from_json(text: str, *, name: str) -> Record:
    """Read a record. Raises `UsageError` when the file was damaged."""
    try:
        values: dict[str, Any] = json.loads(text)
        return Record(
            fingerprint=str(values["fingerprint"]),
            provenance=tuple(_provenance(values["provenance"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            said("%(name)s is damaged: %(error)s.", name=name, error=error),
            hint="Delete it: edition.toml then counts as yours, and only the provenance is lost.",
            where=Where(file=name, leads=False),
        ) from error


def _provenance(entries: Iterable[dict[str, Any]]) -> Iterable[Provenance]:
    for entry in entries:
        yield Provenance(
            part=Part(entry["part"]),
            source=entry["source"],
            origin=entry["origin"],
            at=datetime.fromisoformat(entry["at"]),
            tried=tuple(Attempted(one["source"], one["reason"]) for one in entry["tried"]),
            left_out=tuple(
                LeftOut(text=one["text"], reason=one["reason"]) for one in entry.get("left_out", ())
            ),
        )
