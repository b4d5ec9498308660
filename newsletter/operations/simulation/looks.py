"""Render each look of content once: the days of a simulation differ in their date alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from newsletter.core.model import Background, Edition
from newsletter.editions.proofs import Probe, Proof, Proofs
from newsletter.message import merge
from newsletter.message.render.web import render_web

_ANY_DAY = date(2001, 1, 1)


@dataclass(frozen=True, kw_only=True)
class ProofsByLook(Proofs):
    """Proofs whose message is made from the first one with the same parts."""

    looks: dict[str, Proof] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def _proof(self, edition: Edition, ask: Probe | None = None) -> Proof:
        look = _look(edition)
        if look not in self.looks:
            self.looks[look] = super()._proof(edition, ask)
        first = self.looks[look]
        message = replace(first.message, text=f"{first.message.text}\n{edition.date}\n")
        rendered = replace(first.rendered, message=merge.with_digest(message))
        return replace(first, edition=edition, rendered=rendered)

    def keep(self, proof: Proof) -> Path:
        """Write the message's files beside the edition; return the folder."""
        edition, digest = proof.edition, proof.message.digest
        if digest in self.kept and not edition.missing:
            return self.assembler.files.path(edition.date).parent
        self.kept.add(digest)
        look = _look(edition)
        if look not in self.pages:
            self.pages[look] = render_web(edition, self.settings, folders=self.folders)
        return self.assembler.files.write_message(
            edition.date,
            mjml=proof.rendered.mjml,
            web=self.pages[look],
            message=proof.message,
            findings=proof.findings,
            envelope=self._envelope(edition.date),
            now=self.clock.now(),
        )


def _look(edition: Edition) -> str:
    """Return what two editions of different dates have in common when they look alike."""
    printed = replace(edition, date=_ANY_DAY, background=Background())
    return repr(printed)
