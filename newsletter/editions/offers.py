"""What an editor may take for a day without a story: the newest of the site, one of the shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from newsletter.content import chain
from newsletter.content.edition import build
from newsletter.content.repeats import keys, part_of
from newsletter.content.source import NO_WEB, Fetch, Fetched, Past, Web
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings, SourceEntry
from newsletter.core.errors import Held, NothingToDo, UsageError, Where
from newsletter.core.model import Attempted, Edition, Part, Provenance, Supply
from newsletter.core.sentences import said
from newsletter.editions.assembler import Assembler
from newsletter.editions.choices import key_of

_BEFORE, _AFTER = timedelta(days=3), timedelta(days=21)  # editions whose files may hold one by now


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A story of the shelf."""

    key: str
    headline: str
    origin: str  # its file


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken for an edition."""

    headline: str
    origin: str


class NothingNew(NothingToDo):
    """The site has no story for today; `tried` has each source's own words."""

    def __init__(self, tried: tuple[Attempted, ...], *, is_silent: bool) -> None:
        said = "; ".join(one.reason.rstrip(".") for one in tried)
        lead = "The site does not answer" if is_silent else "There is nothing new on the site"
        super().__init__(f"{lead}: {said}.", hint="Paste a page, or write the story.")
        self.is_silent = is_silent
        self.said = said


class _Heard:
    """A `Fetch` that notices whether anybody answers."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._asked = self._answered = 0

    @property
    def is_silent(self) -> bool:
        """Say whether somebody was asked and nobody answered."""
        return self._asked > 0 and not self._answered

    def __call__(
        self,
        url: str,
        *,
        accept: str = "*/*",
        most_bytes: int = 5_000_000,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Ask an address."""
        self._asked += 1
        found = self._fetch(url, accept=accept, most_bytes=most_bytes, headers=headers)
        self._answered += 1
        return found


@dataclass(frozen=True, kw_only=True)
class Offers:
    """The offers of one publication; taking one writes it into the edition's file."""

    settings: Settings
    assembler: Assembler
    clock: Clock
    past: Callable[[], Past]
    web: Callable[[], Web]  # which asks an address anew, whatever was stored of it

    @property
    def sites(self) -> tuple[str, ...]:
        """Name the sites that the story's chain asks."""
        named = (urlsplit(str(one.options.get("url", ""))).hostname for one in self._of_site())
        return tuple(dict.fromkeys(name or "" for name in named))

    @property
    def has_shelf(self) -> bool:
        """Say whether there is a folder of stories that stand by."""
        return self.settings.edition.fallback is not None

    def take_newest(self, day: date) -> Taken:
        """Take the newest story of the site, asked at this moment, by the rules of its source.

        Raises `NothingNew` where it has none for this date or does not answer, and `UsageError`
        where no site stands in the chain.
        """
        entries = self._of_site()
        if not entries:
            raise UsageError(
                said("No site stands in the chain of the story."),
                hint=said('Add { type = "feed", url = "…" } to [sources] story in config.toml.'),
                where=Where(key="sources.story", part=Part.STORY, leads=False),
            )
        self._refuse_written(day)
        web = self.web()
        heard = _Heard(web.fetch)
        supply, told = chain.answer(
            Part.STORY,
            day,
            self._with_story(entries),
            now=self.clock.now(),
            web=replace(web, fetch=heard),
            past=self.past(),
        )
        if supply is None:
            raise NothingNew(told.tried, is_silent=heard.is_silent)
        return self._put(day, supply, told)

    def shelf(self, day: date) -> tuple[Standing, ...]:
        """Return the stories of the shelf that no edition had within a year, nor will have soon."""
        return tuple(
            Standing(
                key=key_of(Part.STORY, supply),
                headline=supply.stories[0].headline,
                origin=supply.origin,
            )
            for supply in self._standing(day)
        )

    def take_standing(self, day: date, key: str = "") -> Taken:
        """Take a story of the shelf by its key, its file or its headline; without one the first.

        Raises `NothingToDo` where there is no such story, or none at all any more.
        """
        self._refuse_written(day)
        found = next((one for one in self._standing(day) if not key or _is(one, key)), None)
        if found is None:
            raise NothingToDo(
                said("“%(key)s” is not on the shelf.", key=key)
                if key
                else said("Nothing is left on the shelf."),
                hint=said("A story is taken from it once; put another one into its folder."),
                where=Where(key="edition.fallback", part=Part.STORY, leads=False),
            )
        now = self.clock.now()
        told = Provenance(part=Part.STORY, source="markdown", origin=found.origin, at=now, tried=())
        return self._put(day, found, told)

    def _standing(self, day: date) -> Iterator[Supply]:
        folder = self.settings.edition.fallback
        if folder is None:
            return
        options = {"type": "markdown", "dir": folder, "rotate": True}
        held = set(self._held_by_others(day))
        found = chain.candidates(
            Part.STORY,
            day,
            self._with_story((SourceEntry.model_validate(options),)),
            now=self.clock.now(),
            web=NO_WEB,
            past=self.past(),
        )
        yield from (one for _, one in found if not one.own and keys(Part.STORY, one) not in held)

    def _held_by_others(self, day: date) -> Iterator[tuple[str, ...]]:
        """Yield the keys of the stories that editions around this one have, sent or not."""
        first, length = day - _BEFORE, (_BEFORE + _AFTER).days
        for one in (first + timedelta(days=number) for number in range(length + 1)):
            edition = self.assembler.files.load(one) if one != day else None
            if edition is not None and edition.stories:
                yield keys(Part.STORY, part_of(edition, Part.STORY))

    def _of_site(self) -> tuple[SourceEntry, ...]:
        story = self.settings.sources.story
        return tuple(one for one in story if not chain.is_local(one.type))

    def _with_story(self, entries: tuple[SourceEntry, ...]) -> Settings:
        sources = self.settings.sources.model_copy(update={"story": entries})
        return self.settings.model_copy(update={"sources": sources})

    def _refuse_written(self, day: date) -> None:
        """Refuse to put a story in the place of one. Raises `Held`."""
        if self.assembler.is_frozen(day):
            raise Held(said("The edition of %(day)s went out and stays as it is.", day=day))
        found = self.assembler.files.load(day)
        if found is not None and found.stories:
            raise Held(
                said(
                    "The edition of %(day)s has a story by now: “%(headline)s”.",
                    day=day,
                    headline=found.stories[0].headline,
                ),
                hint=said("Change it at the desk, or take it out there first."),
            )

    def _put(self, day: date, supply: Supply, told: Provenance) -> Taken:
        files = self.assembler.files
        before = self.assembler.assemble(day).edition
        files.rewrite(_led_by(before, supply, told), seen=files.fingerprint(day))
        return Taken(headline=supply.stories[0].headline, origin=supply.origin)


def _led_by(edition: Edition, supply: Supply, told: Provenance) -> Edition:
    """Return an edition with a story, and with what the story brings along."""
    made = build(edition.date, {Part.STORY: supply}, (told,))
    known = edition.background
    others = (one for one in known.provenance if one.part is not Part.STORY)
    background = replace(known, provenance=(*made.background.provenance, *others))
    return replace(
        edition,
        stories=made.stories,
        others=made.others or edition.others,
        intro=made.intro or edition.intro,
        background=background,
    )


def _is(supply: Supply, key: str) -> bool:
    return key in {
        key_of(Part.STORY, supply),
        supply.origin,
        supply.origin.rpartition("/")[2],
        supply.stories[0].headline,
    }
