"""What a backup says of itself: of which publication and moment, and what is in it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from newsletter.core.errors import InputError

FORMAT = 1
NAME = "manifest.json"  # of the archive's first member
Engine = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the archive."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSend:
    """The last edition that was sent, as the copy knows it."""

    edition: str
    status: str
    digest: str
    recipients: int
    complete: bool  # as its audit finds it
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    id: str
    taken_at: datetime
    program: str  # the version that made it
    revision: str  # of the tables
    engine: Engine
    publication: str  # whose folder is in it
    publications: tuple[str, ...]  # whose rows are in the database
    counts: Mapping[str, int]
    last_send: LastSend | None
    secrets: tuple[str, ...]  # names of what is needed besides, and not in it
    members: Mapping[str, Member] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """Name the member that is the database."""
        return f"database/newsletter.{'db' if self.engine == 'sqlite' else 'dump'}"


def as_json(manifest: Manifest) -> bytes:
    """Write a manifest."""
    document = {"format": FORMAT} | asdict(manifest) | {"taken_at": manifest.taken_at.isoformat()}
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def from_json(text: bytes) -> Manifest:
    """Read a manifest. Raises `InputError` for what is none, or of a newer format."""
    try:
        document: Any = json.loads(text)
        if document["format"] != FORMAT:
            raise InputError(
                f"The backup has format {document['format']}, and this version reads {FORMAT}.",
                hint="Install the version of the newsletter that made it, or a newer one.",
            )
        last = document["last_send"]
        return Manifest(
            id=str(document["id"]),
            taken_at=datetime.fromisoformat(document["taken_at"]),
            program=str(document["program"]),
            revision=str(document["revision"]),
            engine=_engine(document["engine"]),
            publication=str(document["publication"]),
            publications=tuple(map(str, document["publications"])),
            counts={str(name): int(count) for name, count in document["counts"].items()},
            last_send=LastSend(**last | {"problems": tuple(last["problems"])}) if last else None,
            secrets=tuple(map(str, document["secrets"])),
            members={str(name): Member(**one) for name, one in document["members"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("The backup's manifest cannot be read: it is not one of ours.") from error


def _engine(value: str) -> Engine:
    if value == "sqlite":
        return "sqlite"
    if value == "postgresql":
        return "postgresql"
    raise ValueError(value)
