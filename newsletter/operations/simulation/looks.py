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
        """Write the message's files beside the first edition of a look, and of others the report.

        Nothing but the report is read again. Return the folder.
        """
        edition, files, look = proof.edition, self.assembler.files, _look(proof.edition)
        message, findings, now = proof.message, proof.findings, self.clock.now()
        if look in self.kept:
            return files.write_report(edition.date, message=message, findings=findings, now=now)
        self.kept.add(look)
        return files.write_message(
            edition.date,
            mjml=proof.rendered.mjml,
            web=render_web(edition, self.settings, folders=self.folders),
            message=message,
            findings=findings,
            envelope=self._envelope(edition.date),
            now=now,
        )


def _look(edition: Edition) -> str:
    """Return what two editions of different dates have in common when they look alike."""
    printed = replace(edition, date=_ANY_DAY, background=Background())
    return repr(printed)
