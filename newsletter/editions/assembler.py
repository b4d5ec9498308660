"""Where editions are made: assembled, judged, looked at again, and remembered once sent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from newsletter.content import chain, runway
from newsletter.content.edition import is_held, sentences
from newsletter.content.repeats import describe
from newsletter.content.runway import HORIZON, Runway
from newsletter.content.source import Web
from newsletter.core import calendar
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings, SourceEntry
from newsletter.core.errors import Held, NothingToDo
from newsletter.core.model import Acceptance, Background, Edition, Part, Supply
from newsletter.core.sentences import said
from newsletter.editions import Assembled, EditionFiles
from newsletter.editions.carried_notes import CarriedNotes
from newsletter.editions.reader import from_toml
from newsletter.editions.record import from_json

if TYPE_CHECKING:
    from newsletter.content.source import Past
    from newsletter.core.model.content import Approval
    from newsletter.storage.approvals import ApprovalRecords
    from newsletter.storage.used_content import UsedContent

log = logging.getLogger(__name__)


class Assembler:
    """The editions of one publication."""

    def __init__(
        self,
        *,
        settings: Settings,
        files: EditionFiles,
        clock: Clock,
        content: UsedContent,
        approvals: ApprovalRecords,
        web: Callable[[], Web],  # made when a source may ask it
    ) -> None:
        self.settings = settings
        self.files = files
        self.clock = clock
        self._content = content
        self._approvals = approvals
        self._web = web

    # --- one edition ---------------------------------------------------------------------------

    def assemble(self, day: date, *, fresh: bool = False, keep_best: bool = False) -> Assembled:
        """Assemble an edition from its sources and write `editions/DATE/edition.toml`.

        What an editor changed or approved is kept, unless `fresh`. An edition that was sent comes
        as it was frozen, not from the sources. With `keep_best` an earlier look stays in the parts
        in which it was better. Nothing is used up.
        """
        past = self._content.past()
        saved = None if fresh else self._approved(day)
        if saved is None:
            best = self.files.load(day) if keep_best else None
            saved = self.files.save(self._made(day, past, best=best), fresh=fresh)
        return self._told_of(saved, past)

    def look(self, day: date) -> Assembled:
        """Return an edition as `assemble` would leave it; nothing is written.

        Raises `NothingToDo` for a day that is over and had none.
        """
        past = self._content.past()
        saved = self._approved(day)
        if saved is None:
            self._refuse_blank(day)
            saved = self.files.edited(day)
        if saved is None:
            saved = self.files.as_saved(self._made(day, past))
        elif saved.kept == "edited":  # no source is asked for what would be left, only named right
            chain.refuse_unknown(self.settings)
        return self._told_of(saved, past)

    def _made(self, day: date, past: Past, *, best: Edition | None = None) -> Edition:
        """Return an edition as it was frozen, else as the sources give it."""
        frozen = self._frozen(day)
        if frozen is not None:
            return frozen
        made = chain.assemble(
            day,
            self._with_fallback(day),
            now=self.clock.now(),
            web=self._web(),
            past=past,
            best=best,
        )
        return replace(made, corrections=CarriedNotes(self.files.folder).of(day))

    def _with_fallback(self, day: date) -> Settings:
        """Return the settings; once the edition is due, standing stories end the story's chain."""
        folder, settings = self.settings.edition.fallback, self.settings
        if folder is None or self.clock.now() < calendar.due(settings.timetable, day).begin:
            return settings
        options = {"type": "markdown", "dir": folder, "rotate": True}
        chained = (*settings.sources.story, SourceEntry.model_validate(options))
        sources = settings.sources.model_copy(update={"story": chained})
        return settings.model_copy(update={"sources": sources})

    def _told_of(self, saved: Assembled, past: Past) -> Assembled:
        edition = chain.with_repeats(saved.edition, past)
        return replace(saved, edition=edition, no_story=self.settings.edition.no_story)

    def _refuse_blank(self, day: date) -> None:
        is_over = day < calendar.today(self.settings.publication.zone, self.clock.now())
        if is_over and not self.files.fingerprint(day) and not self.is_frozen(day):
            raise NothingToDo(said("There was no edition on %(day)s.", day=day))

    def sendable(self, day: date, *, keep_best: bool = False) -> Edition:
        """Return the edition of a date, which may go out as far as its parts are concerned.

        Raises `Held` without a lead story, or `NothingToDo` where such a date is skipped.
        """
        return self._judged(day, self.assemble(day, keep_best=keep_best))

    def shown(self, day: date) -> Edition:
        """Return what `sendable` would, and write nothing; raises what it and `look` raise."""
        return self._judged(day, self.look(day))

    def _judged(self, day: date, assembled: Assembled) -> Edition:
        if assembled.status == "skipped":
            raise NothingToDo(
                said(
                    "%(sentences)s The edition of %(day)s is skipped.",
                    sentences=sentences(assembled.edition)[0],
                    day=day,
                ),
                hint='By [edition] no_story = "skip"; with a story it would still go out.',
            )
        if assembled.status == "held":
            raise Held(
                sentences(assembled.edition)[0],
                hint=f"Write one with `newsletter new --date {day}`, or edit "
                f"{self.files.path(day)}; then run the same command again.",
            )
        return assembled.edition

    def is_frozen(self, day: date) -> bool:
        """Say whether the edition of a date went into a send."""
        return self._content.frozen(day) is not None

    def candidates(self, part: Part, day: date) -> Iterator[tuple[str, Supply]]:
        """Yield what the chain of a part could give a date; see `chain.candidates`."""
        return chain.candidates(
            part,
            day,
            self.settings,
            now=self.clock.now(),
            web=self._web(),
            past=self._content.past(),
        )

    def approval(self, day: date) -> Approval | None:
        """Return the approval of a date that stands."""
        return self._approvals.find(day)

    # --- what was frozen ------------------------------------------------------------------------

    def accepted(self, day: date) -> tuple[Acceptance, ...]:
        """Return what was accepted in an edition as it was frozen; nothing where it was not."""
        frozen = self._frozen(day)
        return frozen.background.accepted if frozen else ()

    def _approved(self, day: date) -> Assembled | None:
        """Return the file of an approved edition: no source changes any more what was looked at."""
        edition = self.files.load(day) if self._approvals.find(day) else None
        if edition is None:
            return None
        return Assembled(
            edition=edition,
            path=self.files.path(day),
            kept="approved",
            fingerprint=self.files.fingerprint(day),
        )

    def _frozen(self, day: date) -> Edition | None:
        frozen = self._content.frozen(day)
        if frozen is None:
            return None
        name = f"the edition of {day} in the database"
        record = from_json(frozen.record, name=name)
        return from_toml(frozen.content, day=day, name=name, provenance=record.provenance)

    # --- looking ahead -------------------------------------------------------------------------

    def look_after(self, day: date) -> datetime | None:
        """Say from when on another look may better an edition; None: nothing is to be bettered."""
        edition = self.files.load(day)
        report = self.files.report(day)
        sources = self.settings.sources
        chains = {part for part in Part if getattr(sources, part)}
        if self._approvals.find(day):
            return None
        if edition is None or report is None or not chain.can_improve(edition, chains=chains):
            return None
        return report.at + timedelta(minutes=self.settings.schedule.look_every)

    def is_ready(self, day: date) -> bool:
        """Say whether the edition is there and may go out as far as its parts are concerned."""
        edition = self.files.load(day)
        return edition is not None and not is_held(edition, self.settings.edition.no_story)

    def changes(self, before: Edition | None, after: Edition) -> list[str]:
        """Tell whether another look changed the edition; nothing when it did not."""
        if before is not None and _content_of(before) == _content_of(after):
            return []
        return [f"Looked again: the edition of {after.date} has changed."]

    def warnings(self, edition: Edition) -> tuple[str, ...]:
        """Say what of an edition readers had before, and which features run out soon."""
        return (*describe(edition.background.repeats), *runway.warnings(self.runways(edition.date)))

    def runways(self, today: date) -> tuple[Runway, ...]:
        """Say for each chain with entries that take turns how long it lasts without a repeat."""
        pools = [(part, pool) for part in Part if (pool := chain.pools(part, self.settings))]
        if not pools:
            return ()
        content = self._content
        start = today + timedelta(days=1) if content.frozen(today) else today
        due = islice(calendar.upcoming(self.settings.timetable, start=start), HORIZON)
        coming = [one.date for one in due]
        return tuple(
            runway.runway(part, pool, used=_latest(content.uses(part, day=start)), days=coming)
            for part, pool in pools
        )


def _latest(used: list[tuple[str, date]]) -> dict[str, date]:
    return dict(sorted(used, key=lambda entry: entry[1]))


def _content_of(edition: Edition) -> Edition:
    accepted = edition.background.accepted
    return replace(edition, background=Background(accepted=accepted))
