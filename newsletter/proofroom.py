"""Where editions are looked at before they go: rendered, checked, accepted, shown and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from newsletter import proofing
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import UsageError
from newsletter.core.model import Acceptance, Edition, Envelope
from newsletter.editions import Editions
from newsletter.message.render.message import Inline, here
from newsletter.preview import Preview
from newsletter.proofing import Ask, Proof

if TYPE_CHECKING:
    from newsletter.message.probes.network import Progress


class Sendable(Protocol):
    """Who gives an edition that may go out; see `Newsroom.sendable`."""

    def __call__(self, day: date, *, keep_best: bool = False) -> Edition:
        """Give the edition of a date. Raises `Held` or `NothingToDo`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Proofroom:
    """The proofs of one publication's editions."""

    settings: Settings
    editions: Editions
    clock: Clock
    sendable: Sendable
    is_frozen: Callable[[date], bool]  # says whether an edition has a send
    folders: tuple[Path, ...]  # of templates, the publication's own first
    inline: Inline = here

    def prove(self, day: date, *, keep_best: bool = False, ask: Ask | None = None) -> Proof:
        """Render the edition of a date and check it as its reader with the longest values.

        Raises `Held` when it has no lead story, `NothingToDo` where such a date is skipped. With
        `keep_best` an earlier look stays in the parts in which it was better. `ask` replaces the
        look at the files of own pictures.
        """
        edition = self.sendable(day, keep_best=keep_best)
        if ask is None and self.settings.media.url:
            ask = self.asker()
        return proofing.prove(
            edition, self.settings, folders=self.folders, ask=ask, inline=self.inline
        )

    def prove_best(self, day: date) -> Proof:
        """Render and check what may go out now: the best of all looks so far."""
        return self.prove(day, keep_best=True)

    def asker(self, *, programs: bool = False, over_network: Progress | None = None) -> Ask:
        """Give who finds out what stands outside a message, and what of it.

        The files of own pictures; with `programs` what SpamAssassin and Hunspell say, where they
        are installed; with `over_network`, told of each step, whether links and pictures answer.
        """
        from newsletter.message.probes.prober import Asker

        return Asker(
            settings=self.settings,
            envelope=self._envelope,
            now=self.clock.now(),
            programs=programs,
            over_network=over_network,
        )

    def accept(self, day: date, acceptance: Acceptance, *, ask: Ask | None = None) -> Proof:
        """Accept a check's findings in an edition that has no send yet; give the new proof.

        Raises `UsageError` for a check that found nothing, or whose findings may not be accepted.
        """
        if self.is_frozen(day):
            raise UsageError(f"The edition of {day} is frozen; nothing in it can be accepted now.")
        proof = self.prove(day, ask=ask)
        proofing.refuse_acceptance(proof, acceptance)
        self.editions.accept(day, acceptance)
        return self.prove(day, ask=lambda _: proof.checked.outside)  # asked once is enough

    def preview(self, day: date) -> Preview:
        """Show the edition of a date to the desk; nothing is consumed, frozen or sent."""
        root = self.settings.root
        watched = (root / "config.toml", root / "content", self.editions.path(day))
        return proofing.preview(self.prove(day), self.settings, paths=(*watched, *self.folders))

    def keep(self, proof: Proof) -> Path:
        """Write the message's files and the web page beside the edition; return the folder."""
        from newsletter.message.render.web import render_web

        page = render_web(proof.edition, self.settings, folders=self.folders)
        return self.editions.write_message(
            proof.edition.date,
            mjml=proof.rendered.mjml,
            web=page,
            message=proof.message,
            findings=proof.findings,
            envelope=self._envelope(proof.edition.date),
            now=self.clock.now(),
        )

    def _envelope(self, day: date) -> Envelope:
        return proofing.envelope(self.settings.publication, day)
