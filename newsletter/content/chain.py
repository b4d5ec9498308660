"""Assemble an edition: walk each part's chain of sources, and record what was tried."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import ModuleType

from newsletter.content import asking
from newsletter.content.asking import FETCHES, Asked, Guard, Loan, Wait
from newsletter.content.edition import build
from newsletter.content.repeats import keys, part_of
from newsletter.content.source import (
    NO_WEB,
    NOTHING_USED,
    Home,
    Past,
    Pool,
    Source,
    SourceOptions,
    Web,
)
from newsletter.content.validity import cleaned, problem_with
from newsletter.core import plugin_errors, plugins
from newsletter.core.config.secrets import Secrets
from newsletter.core.config.settings import Settings, SourceEntry
from newsletter.core.errors import ConfigError, NewsletterError, PluginError, SourceError
from newsletter.core.model import Attempted, Edition, Part, Provenance, Repeat, Supply
from newsletter.core.plugins import Plugin
from newsletter.core.sentences import said

log = logging.getLogger(__name__)
_PACKAGE = "newsletter.content.sources"
Load = Callable[[str, str], ModuleType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a chain: a source under the name that config.toml has for it."""

    name: str
    source: Source
    asked: Asked
    guard: Guard


@dataclass(frozen=True, slots=True)
class AtFault:
    """The source in the place of one that cannot be used; it says so whenever it is asked."""

    error: PluginError | SourceError

    def fetch(self, part: Part, day: date) -> Supply:
        """Raise why it cannot be used."""
        del part, day
        raise self.error


def assemble(
    day: date,
    settings: Settings,
    *,
    now: datetime,
    load: Load = plugins.load,
    web: Web = NO_WEB,
    past: Past = NOTHING_USED,
    best: Edition | None = None,
    wait: Wait = threading.Event.wait,
) -> Edition:
    """Return the edition of a date: of each chain the first valid answer, cleaned.

    An answer that readers had within a year is refused, unless it is the editor's own for this
    date; where nobody has another one, a source whose entries take turns may repeat the one of
    longest ago. `best` is an earlier look: what its live sources had and this one lacks is kept.

    Parts nobody has are missing; an edition without a lead story has no stories, and its
    provenance says why. `now` goes into the provenance, and to sources whose material has an
    age. A source that fails in whatever way, or takes longer than six addresses of `[fetch]
    timeout`, has no answer, and the chain goes on; the reason is in the provenance. Raises
    `ConfigError` when a chain names a source or an option that does not exist.
    """
    supplies: dict[Part, Supply] = {}
    provenance: list[Provenance] = []
    guard = _guard(settings, wait)
    for part in Part:
        given = _given(part, settings, now=now, web=web, past=past)
        supply, entry = _answered(given, day, settings, now=now, load=load, guard=guard)
        provenance.append(entry)
        if supply is not None:
            supplies[part] = supply
    edition = build(day, supplies, provenance)
    if best is None:
        return edition
    return best_of(edition, best, live=_live(best, load=load))


def answer(
    part: Part, day: date, settings: Settings, *, now: datetime, web: Web, past: Past
) -> tuple[Supply | None, Provenance]:
    """Return the first valid answer of one part's chain, and what was tried; see `assemble`."""
    given, guard = _given(part, settings, now=now, web=web, past=past), _guard(settings)
    return _answered(given, day, settings, now=now, load=plugins.load, guard=guard)


def _answered(
    given: SourceOptions,
    day: date,
    settings: Settings,
    *,
    now: datetime,
    load: Load,
    guard: Guard,
) -> tuple[Supply | None, Provenance]:
    chain = _links(given, settings, load=load, guard=guard)
    _tell_faults(chain)
    return _walk(chain, given, day, now=now)


def with_repeats(edition: Edition, past: Past) -> Edition:
    """Say of each part of an edition when readers last had it."""
    found = ((part, past.used_on(part, part_of(edition, part), day=edition.date)) for part in Part)
    repeats = tuple(Repeat(part=p, used_on=on) for p, on in found if on)
    return replace(edition, background=replace(edition.background, repeats=repeats))


def pools(part: Part, settings: Settings, *, load: Load = plugins.load) -> list[Supply]:
    """Return what takes turns in a part's chain; a source that cannot be read has nothing.

    The first source's entries come first. Raises `ConfigError` as `assemble` does.
    """
    chain = _unasked(part, settings, load=load)
    return [supply for link in chain for supply in _pool(link, part)]


def refuse_unknown(settings: Settings, *, load: Load = plugins.load) -> None:
    """Make every source and ask none. Raises `ConfigError` as `assemble` does."""
    for part in Part:
        _tell_faults(_unasked(part, settings, load=load))


def _unasked(part: Part, settings: Settings, *, load: Load) -> list[Link]:
    """Return a part's chain of sources, which have no network."""
    seed, home = settings.publication.id, _home(settings)
    given = SourceOptions(options={}, root=settings.root, part=part, seed=seed, home=home)
    return _links(given, settings, load=load, guard=_guard(settings))


def candidates(
    part: Part,
    day: date,
    settings: Settings,
    *,
    now: datetime,
    load: Load = plugins.load,
    web: Web = NO_WEB,
    past: Past = NOTHING_USED,
) -> Iterator[tuple[str, Supply]]:
    """Yield what a chain could give a date, each once, with its source, in the chain's order.

    A source's answer for the date comes first, then what takes turns in it. What readers had
    within a year is left out. Sources are asked one by one as the caller goes on.
    """
    given = _given(part, settings, now=now, web=web, past=past)
    known: set[tuple[str, ...]] = set()
    for link in _links(given, settings, load=load, guard=_guard(settings)):
        for supply in _offers(link, part, day):
            key = keys(part, supply)
            if key not in known and _used_on(supply, given, day) is None:
                known.add(key)
                yield link.name, supply


def _offers(link: Link, part: Part, day: date) -> Iterator[Supply]:
    answer = _ask(link, part, day)
    if isinstance(answer, Supply):
        yield answer
    entries = (cleaned(supply) for supply in _pool(link, part))
    yield from (supply for supply in entries if problem_with(part, supply) is None)


def _pool(link: Link, part: Part) -> list[Supply]:
    """Return what takes turns in a source; nothing for one in which nothing does."""
    source, plugin, secrets = link.source, link.asked.plugin, link.asked.secrets
    if not isinstance(source, Pool):
        return []

    def entries() -> list[Supply]:
        with plugin.blamed(source.pool, secrets=secrets):
            return [plugin.given(entry, Supply, by=source.pool) for entry in source.pool(part)]

    try:
        return link.guard.run(entries, of=link.asked)
    except NewsletterError:  # `assemble` tells it; here it only has nothing to give
        return []


def _live(edition: Edition, *, load: Load) -> set[str]:
    """Name the sources of an edition that are not files of the publication."""
    names = {entry.source for entry in edition.background.provenance if entry.source}
    return {name for name in names if not getattr(_found(name, load=load), "LOCAL", False)}


def is_local(name: str, *, load: Load = plugins.load) -> bool:
    """Say whether a source's material is files of the publication; a missing one's is."""
    module = _found(name, load=load)
    return module is None or bool(getattr(module, "LOCAL", False))


def _found(name: str, *, load: Load) -> ModuleType | None:
    try:
        return load(_PACKAGE, name)
    except (ConfigError, PluginError):  # since taken out of the chain and removed, or at fault
        return None


def _given(part: Part, settings: Settings, *, now: datetime, web: Web, past: Past) -> SourceOptions:
    """Return what all sources of a chain are made from, but for their own options."""
    return SourceOptions(
        options={},
        root=settings.root,
        part=part,
        fetch=web.fetch,
        seen=web.seen,
        picture=web.picture,
        past=past,
        seed=settings.publication.id,
        language=settings.publication.language,
        home=_home(settings),
        now=now,
    )


def _guard(settings: Settings, wait: Wait = threading.Event.wait) -> Guard:
    return Guard(seconds=FETCHES * settings.fetch.timeout, wait=wait)


def _home(settings: Settings) -> Home:
    about = settings.publication
    return Home(name=about.name, url=about.url, zone=about.zone, media=settings.media.url)


def _links(given: SourceOptions, settings: Settings, *, load: Load, guard: Guard) -> list[Link]:
    """Make the whole chain first, so that a mistake in its last link is told today."""
    chain: Sequence[SourceEntry] = getattr(settings.sources, given.part)
    return [_link(entry, given, settings.secrets, load=load, guard=guard) for entry in chain]


def _link(
    entry: SourceEntry, given: SourceOptions, secrets: Secrets, *, load: Load, guard: Guard
) -> Link:
    plugin = Plugin("source", entry.type, ModuleType(entry.type))
    loan = Loan(replace(given, options=entry.options))
    asked = Asked(key=repr(entry), plugin=plugin, loan=loan)
    source: Source
    try:
        plugin = replace(plugin, module=_loaded(entry.type, load, guard, asked))
        asked = replace(asked, plugin=plugin, secrets=plugin.own(secrets))
        source = guard.run(lambda: _source(asked), of=asked)
    except PluginError as error:
        log.debug("%s\n%s", error.what, plugin_errors.details(error))
        source = AtFault(error)
    except SourceError as error:
        source = AtFault(error)
    return Link(name=entry.type, source=source, asked=asked, guard=guard)


def _loaded(name: str, load: Load, guard: Guard, asked: Asked) -> ModuleType:
    """Import a source; only a stranger's module may take its time with that, or worse."""
    if "." not in name or asking.is_ours(name):
        return load(_PACKAGE, name)
    return guard.run(lambda: load(_PACKAGE, name), of=asked)


def _source(asked: Asked) -> Source:
    own = asked.secrets
    made: Source = asked.plugin.call("make", replace(asked.loan.lent, secret=own.read), secrets=own)
    asked.plugin.complete(made, ("fetch",), by="make")
    return made


def _tell_faults(chain: Sequence[Link]) -> None:
    """Tell of plug-ins that cannot be used, also where an earlier source has an answer."""
    for link in chain:
        if isinstance(link.source, AtFault):
            fault = link.source.error
            log.warning("%s %s", fault.what, fault.hint, extra={"event": "source.at_fault"})


def _walk(
    chain: Sequence[Link], given: SourceOptions, day: date, *, now: datetime
) -> tuple[Supply | None, Provenance]:
    part = given.part
    tried: list[Attempted] = []
    again: list[tuple[date, str, Supply]] = []
    for link in chain:
        name, answer = link.name, _ask(link, part, day)
        used_on = _used_on(answer, given, day)
        if isinstance(answer, Supply) and used_on is None:
            return answer, _won(part, name, answer, now=now, tried=tried)
        if isinstance(answer, Supply) and used_on is not None:
            if isinstance(link.source, Pool):
                again.append((used_on, name, answer))
            answer = said("%(origin)s: used on %(day)s", origin=answer.origin or "it", day=used_on)
        tried.append(Attempted(name, str(answer)))
    if again:
        used_on, name, answer = min(again, key=lambda entry: entry[0])
        answer = replace(answer, origin=f"{answer.origin}, again after {used_on}")
        return answer, _won(part, name, answer, now=now, tried=tried)
    return None, Provenance(part=part, source=None, origin="", at=now, tried=tuple(tried))


def _won(
    part: Part, name: str, answer: Supply, *, now: datetime, tried: Sequence[Attempted]
) -> Provenance:
    return Provenance(
        part=part,
        source=name,
        origin=answer.origin,
        at=now,
        tried=tuple(tried),
        left_out=answer.left_out,
    )


def _used_on(answer: Supply | str, given: SourceOptions, day: date) -> date | None:
    if isinstance(answer, str) or answer.own:
        return None
    return given.past.used_on(given.part, answer, day=day)


def _ask(link: Link, part: Part, day: date) -> Supply | str:
    """Return a source's valid supply, or the reason why it has none, without a full stop."""
    ask, plugin, secrets = link.source.fetch, link.asked.plugin, link.asked.secrets

    def answer() -> tuple[Supply, str | None]:
        with plugin.blamed(ask, secrets=secrets):
            supply = cleaned(plugin.given(ask(part, day), Supply, by=ask))
            return supply, problem_with(part, supply)

    try:
        supply, problem = link.guard.run(answer, of=link.asked)
    except NewsletterError as error:
        if isinstance(error, PluginError):
            log.debug("%s\n%s", error.what, plugin_errors.details(error))
        return asking.in_words(error)
    if problem is None:
        return supply
    return f"{supply.origin}: {problem}" if supply.origin else problem


def can_improve(edition: Edition, *, chains: Collection[Part]) -> bool:
    """Say whether a part is missing or came from further down its chain.

    `chains` are the parts that have sources at all.
    """
    return any(
        entry.part in chains and _depth(entry) > 0 for entry in edition.background.provenance
    )


def best_of(edition: Edition, before: Edition, *, live: Collection[str]) -> Edition:
    """Return an edition with each part of the look before that was better.

    Only answers of `live` sources are kept, for those fail by themselves; what an editor took
    away from the publication's own files stays away.
    """
    found = {entry.part: entry for entry in edition.background.provenance}
    kept = {
        entry.part: entry
        for entry in before.background.provenance
        if entry.source in live
        and entry.part not in before.missing
        and _is_better(entry, found.get(entry.part))
    }
    provenance = tuple(kept.get(entry.part, entry) for entry in edition.background.provenance)
    background = replace(edition.background, provenance=provenance)
    return replace(_with_parts(edition, before, kept), background=background)


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
