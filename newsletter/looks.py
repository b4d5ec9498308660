"""Several looks before the deadline: may another one better an edition, and what is the best. Pure.

How far down its chain a part came from is the number of sources that were tried before it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from newsletter.core.model import Edition, Part, Provenance


def can_improve(edition: Edition, *, chains: Collection[Part]) -> bool:
    """Say whether a part is missing or came from further down its chain.

    `chains` are the parts that have sources at all.
    """
    return any(entry.part in chains and _depth(entry) > 0 for entry in edition.provenance)


def best_of(edition: Edition, before: Edition, *, live: Collection[str]) -> Edition:
    """Give an edition with each part of the look before that was better.

    Only answers of `live` sources are kept, for those fail by themselves; what an editor took
    away from the publication's own files stays away.
    """
    found = {entry.part: entry for entry in edition.provenance}
    kept = {
        entry.part: entry
        for entry in before.provenance
        if entry.source in live
        and entry.part not in before.missing
        and _is_better(entry, found.get(entry.part))
    }
    provenance = tuple(kept.get(entry.part, entry) for entry in edition.provenance)
    return replace(_with_parts(edition, before, kept), provenance=provenance)


def _with_parts(edition: Edition, before: Edition, parts: Collection[Part]) -> Edition:
    if Part.STORY in parts:
        edition = replace(edition, stories=before.stories, others=before.others, intro=before.intro)
    return replace(
        edition,
        fact=before.fact if Part.FACT in parts else edition.fact,
        quote=before.quote if Part.QUOTE in parts else edition.quote,
        word=before.word if Part.WORD in parts else edition.word,
    )


def _is_better(entry: Provenance, found: Provenance | None) -> bool:
    return found is not None and _depth(entry) < _depth(found)


def _depth(entry: Provenance) -> int:
    """Count the sources that stand before the winner; without a winner it is one more."""
    return len(entry.tried) + (entry.source is None)
