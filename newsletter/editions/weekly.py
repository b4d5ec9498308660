"""The digest of a week: the headlines of its editions, and the best fact, quote and word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import NothingToDo
from newsletter.core.model import Edition, SendKind, SendStatus, Story
from newsletter.core.sentences import said
from newsletter.editions import proofs
from newsletter.editions.files import FILE, EditionFiles
from newsletter.editions.proofs import Proof
from newsletter.editions.reader import from_toml
from newsletter.message.render.message import Inline, here
from newsletter.message.render.templates import DIGEST
from newsletter.message.render.variables import web_edition
from newsletter.message.render.web import render_web
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.used_content import UsedContent

_DAYS = timedelta(days=7)
_DAY = timedelta(days=1)
Feature = TypeVar("Feature")
Votes = Mapping[date, float]  # how readers liked an edition; one without a vote is not in it


def no_votes(_days: Sequence[date]) -> Votes:
    """Return that nobody has voted."""
    return {}


class WeeklyFiles(EditionFiles):
    """The files of digests, beside those of the editions: `editions/DATE-weekly/`."""

    def path(self, day: date) -> Path:
        """Say where the digest of a date is, or would be."""
        return self.folder / f"{day.isoformat()}-{SendKind.WEEKLY}" / FILE


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """The digests of one publication. They use nothing up, and nobody edits them."""

    settings: Settings
    content: UsedContent
    ledger: Ledger
    clock: Clock
    files: EditionFiles
    folders: Sequence[Path]  # of templates, the publication's own first
    inline: Inline = here
    votes: Callable[[Sequence[date]], Votes] = field(default=no_votes)

    def has_content(self, day: date) -> bool:
        """Say whether an edition was sent in the week before a date."""
        return bool(self._sent(day))

    def prove_best(self, day: date) -> Proof:
        """Make, render and check the digest of a date. Raises `NothingToDo` for an empty week."""
        editions = self._editions(day)
        if not editions:
            raise NothingToDo(
                said("No edition was sent in the week before %(day)s: there is no digest.", day=day)
            )
        votes = self.votes([one.date for one in editions])
        made = digest(day, editions, votes=votes, link=lambda one: web_edition(one, self.settings))
        return proofs.prove(made, self._settings, folders=self.folders, inline=self.inline)

    def keep(self, proof: Proof) -> Path:
        """Write the message's files into the digest's folder; return it."""
        day = proof.edition.date
        return self.files.write_message(
            day,
            mjml=proof.rendered.mjml,
            web=render_web(proof.edition, self.settings, folders=self.folders),
            message=proof.message,
            findings=proof.findings,
            envelope=proofs.envelope(self.settings.publication, day, SendKind.WEEKLY),
            now=self.clock.now(),
        )

    @property
    def _settings(self) -> Settings:
        """Return what a digest is rendered with. It has no page: online its editions are read."""
        changes = {"name": DIGEST}
        if self.settings.has_site and self.settings.template.web_edition is None:
            changes["web_edition"] = f"{self.settings.publication.url.rstrip('/')}/archive"
        template = self.settings.template.model_copy(update=changes)
        return self.settings.model_copy(update={"template": template})

    def _sent(self, day: date) -> list[date]:
        """List the dates of the week whose edition went out, the oldest first."""
        of = self.settings.publication.id
        sends = self.ledger.between(of, day - _DAYS, day - _DAY)
        return sorted(one for one, send in sends.items() if send.status != SendStatus.CANCELLED)

    def _editions(self, day: date) -> list[Edition]:
        found = ((one, self.content.frozen(one)) for one in self._sent(day))
        return [
            from_toml(frozen.content, day=one, name=f"the frozen edition of {one}", provenance=())
            for one, frozen in found
            if frozen is not None
        ]


def digest(
    day: date,
    editions: Sequence[Edition],
    *,
    votes: Votes,
    link: Callable[[Edition], str | None],
) -> Edition:
    """Make the digest of some editions, oldest first. Pure.

    Each gives its lead story, which links to its own page, the newest first, and what was put
    right in it. Fact, quote and word are each the best of the week (`best`).
    """
    leads = [_lead(one, link=link(one)) for one in reversed(editions) if one.stories]
    fact = best(editions, lambda one: one.fact, votes=votes, place=0)
    quote = best(editions, lambda one: one.quote, votes=votes, place=1)
    word = best(editions, lambda one: one.word, votes=votes, place=2)
    notes = tuple(note for one in editions for note in one.corrections)
    return Edition(
        date=day, stories=tuple(leads), fact=fact, quote=quote, word=word, corrections=notes
    )


def best(
    editions: Sequence[Edition],
    part: Callable[[Edition], Feature | None],
    *,
    votes: Votes,
    place: int,
) -> Feature | None:
    """Choose a feature of the week: of the edition its readers liked best; of several, the newest.

    Where nobody voted, that of the newest edition but `place` that has one, so that the three come
    from different days; where there are not so many, of the oldest that has one.
    """
    having = [one for one in reversed(editions) if part(one) is not None]
    if not having:
        return None
    liked = [one for one in having if one.date in votes]
    if liked:
        return part(max(liked, key=lambda one: (votes[one.date], one.date)))
    return part(having[min(place, len(having) - 1)])


def _lead(edition: Edition, *, link: str | None) -> Story:
    story = edition.stories[0]
    return replace(story, image=None, image_credit=None, link=link or story.link)
