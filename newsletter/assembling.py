"""Assemble an edition: walk each part's chain of sources, and record what was tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from types import ModuleType

from newsletter import plugins
from newsletter.config import Settings, SourceEntry
from newsletter.edition import build, cleaned, problem_with
from newsletter.editions import Assembled
from newsletter.errors import ConfigError, SourceError
from newsletter.model import Attempted, Edition, Part, Provenance, Supply
from newsletter.sourcing import Source, SourceOptions

__all__ = ["Assembled", "assemble"]

_PACKAGE = "newsletter.sources"
Load = Callable[[str, str], ModuleType]


def assemble(day: date, settings: Settings, *, now: datetime, load: Load = plugins.load) -> Edition:
    """Give the edition of a date: of each chain the first valid answer, cleaned.

    Parts nobody has are missing; an edition without a lead story has no stories, and its
    provenance says why. `now` goes into the provenance only. Raises `ConfigError` when a chain
    names a source or an option that does not exist.
    """
    supplies: dict[Part, Supply] = {}
    provenance: list[Provenance] = []
    for part in Part:
        sources = _sources(part, settings, load=load)
        supply, entry = _walk(part, day, sources, now=now)
        provenance.append(entry)
        if supply is not None:
            supplies[part] = supply
    return build(day, supplies, provenance)


def _sources(part: Part, settings: Settings, *, load: Load) -> list[tuple[str, Source]]:
    """Make the whole chain first, so that a mistake in its last link is told today."""
    chain: Sequence[SourceEntry] = getattr(settings.sources, part)
    return [(entry.type, _source(part, entry, settings, load=load)) for entry in chain]


def _source(part: Part, entry: SourceEntry, settings: Settings, *, load: Load) -> Source:
    module = load(_PACKAGE, entry.type)
    if not hasattr(module, "make"):
        raise ConfigError(
            f"[sources] {part}: “{entry.type}” has no function `make`, so it is no source.",
            hint="newsletter/ports.py says what a source must define.",
        )
    options = SourceOptions(options=entry.options, root=settings.root, part=part)
    source: Source = module.make(options)
    return source


def _walk(
    part: Part, day: date, sources: Sequence[tuple[str, Source]], *, now: datetime
) -> tuple[Supply | None, Provenance]:
    tried: list[Attempted] = []
    for name, source in sources:
        answer = _ask(source, part, day)
        if isinstance(answer, Supply):
            entry = Provenance(
                part=part, source=name, origin=answer.origin, at=now, tried=tuple(tried)
            )
            return answer, entry
        tried.append(Attempted(name, answer))
    return None, Provenance(part=part, source=None, origin="", at=now, tried=tuple(tried))


def _ask(source: Source, part: Part, day: date) -> Supply | str:
    """Give a source's valid supply, or the reason why it has none, without a full stop."""
    try:
        supply = cleaned(source.fetch(part, day))
    except SourceError as error:
        return error.what.removesuffix(".")
    problem = problem_with(part, supply)
    if problem is None:
        return supply
    return f"{supply.origin}: {problem}" if supply.origin else problem
