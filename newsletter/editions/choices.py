"""What could stand in a feature's place: its chain's candidates, searched and chosen by key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from newsletter.content.repeats import keys, part_of
from newsletter.core.clock import Clock
from newsletter.core.errors import NothingToDo, Where
from newsletter.core.model import Edition, Part, Provenance, Supply
from newsletter.core.sentences import said
from newsletter.editions.assembler import Assembler
from newsletter.editions.editor import Editor, with_feature
from newsletter.editions.fields import as_fields

MOST = 12  # so many are shown at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One candidate, as the fields it would fill."""

    key: str
    source: str
    origin: str
    fields: Mapping[str, str]
    is_here: bool  # it stands in the edition now


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first candidates with some words, and how many there are."""

    choices: tuple[Choice, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The candidates of one publication's features; nothing is used up by choosing."""

    assembler: Assembler
    editor: Editor
    clock: Clock

    def find(self, day: date, part: Part, words: str = "") -> Found:
        """Return what could stand in a feature's place; what readers had within a year cannot."""
        edition = self.assembler.look(day).edition
        here = keys(part, part_of(edition, part))
        wanted = words.casefold().split()
        found = list(self._fitting(day, part, wanted, edition))
        shown = tuple(
            Choice(
                key=key_of(part, supply),
                source=source,
                origin=supply.origin,
                fields=fields_of(edition, part, supply),
                is_here=keys(part, supply) == here,
            )
            for source, supply in found[:MOST]
        )
        return Found(choices=shown, total=len(found))

    def use(self, day: date, part: Part, key: str, *, seen: str) -> tuple[dict[str, str], str]:
        """Put a candidate into an edition's file; return its fields and the new fingerprint.

        Raises `NothingToDo` when there is no such candidate any more, and else as a save does.
        """
        self.editor.refuse_frozen(day)
        edition = self.assembler.assemble(day).edition
        candidates = self.assembler.candidates(part, day)
        chosen = next((one for one in candidates if key_of(part, one[1]) == key), None)
        if chosen is None:
            raise NothingToDo(
                said("This %(part)s is not to be had any more.", part=part),
                hint=said("Choose another."),
                where=Where(key=f"sources.{part}", part=part, leads=False),
            )
        made = self._with(edition, part, *chosen)
        return fields_of(edition, part, chosen[1]), self.assembler.files.rewrite(made, seen=seen)

    def _fitting(
        self, day: date, part: Part, wanted: list[str], edition: Edition
    ) -> Iterator[tuple[str, Supply]]:
        for source, supply in self.assembler.candidates(part, day):
            told = " ".join(fields_of(edition, part, supply).values()).casefold() if wanted else ""
            if all(word in told for word in wanted):
                yield source, supply

    def _with(self, edition: Edition, part: Part, source: str, supply: Supply) -> Edition:
        now = self.clock.now()
        won = Provenance(part=part, source=source, origin=supply.origin, at=now, tried=())
        known = edition.background
        provenance = tuple(won if one.part is part else one for one in known.provenance)
        background = replace(known, provenance=provenance)
        return replace(with_feature(edition, supply.feature), background=background)


def key_of(part: Part, supply: Supply) -> str:
    """Return what names a candidate: the same words, the same key."""
    return hashlib.sha256("\x1f".join(keys(part, supply)).encode()).hexdigest()[:20]


def fields_of(edition: Edition, part: Part, supply: Supply) -> dict[str, str]:
    """Return the fields of a feature, named as the form names them."""
    bare = replace(edition, stories=(), others=(), corrections=(), intro=())
    fields = as_fields(with_feature(bare, supply.feature))
    return {name: text for name, text in fields.items() if name.startswith(f"{part}.")}
