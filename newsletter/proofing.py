"""Render an edition and check it: the proof that a send needs and the desk shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from newsletter import checks, merge
from newsletter.config import Publication, Settings
from newsletter.errors import Held
from newsletter.findings import Finding, Severity
from newsletter.model import Edition, Envelope, Message
from newsletter.preview import Preview
from newsletter.render.message import Rendered, render

# The reader with the longest values the pipeline has to carry: a token has 22 characters.
_LONGEST_NAME = "Wolfeschlegelsteinhausenbergerdorff-Montgomery y Fernández de Córdoba"
_LONGEST_ADDRESS = f"{'a' * 64}@{'b' * 60}.example.org"
_TOKEN = "x" * 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A message with the edition it came from and what the checks found."""

    edition: Edition
    rendered: Rendered
    findings: tuple[Finding, ...]

    @property
    def message(self) -> Message:
        """Give the message itself."""
        return self.rendered.message

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Give the findings that hold a send."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    def refuse_errors(self) -> None:
        """Refuse to send what the checks found errors in. Raises `Held` with all of them."""
        if self.errors:
            listed = "; ".join(f"{f.code}: {f.message}" for f in self.errors)
            raise Held(
                f"The checks found {len(self.errors)} error(s) in the edition of "
                f"{self.edition.date}. {listed}",
                hint="Mend them, then run the same command again; `newsletter check` shows all.",
            )


def prove(edition: Edition, settings: Settings, *, folders: Sequence[Path]) -> Proof:
    """Render an edition and check it as its reader with the longest values gets it.

    `folders` are template folders, the publication's own first. Raises `TemplateError`.
    """
    rendered = render(edition, settings, folders=folders)
    values = {field.name: _LONGEST_NAME for field in rendered.message.fields}
    checked = checks.checked_message(
        edition,
        rendered.message,
        values=values | {"address": _LONGEST_ADDRESS},
        unsubscribe_url=f"{settings.publication.url}/u/{_TOKEN}",
        settings=settings,
    )
    return Proof(edition=edition, rendered=rendered, findings=checks.run(checked, settings.checks))


def envelope(publication: Publication, day: date) -> Envelope:
    """Say who the mail of an edition comes from."""
    host = urlsplit(publication.url).hostname or "localhost"
    return Envelope(
        sender_name=publication.sender.name,
        sender_email=publication.sender.email,
        reply_to=publication.reply_to,
        list_id=f"{publication.name} <{publication.id}.{host}>",
        edition=day,
        publication=publication.id,
    )


def preview(proof: Proof, settings: Settings, *, paths: Sequence[Path]) -> Preview:
    """Show a proof as an example reader would get it; `paths` are what it was made from."""
    message = proof.message
    values = {"name": "Robin Reader", "address": "robin@example.org"}
    values |= {f.name: f.name for f in message.fields if f.name not in values}
    values["unsubscribe_url"] = f"{settings.publication.url}/u/{_TOKEN}"
    tags = merge.substitutions(message.fields, values)
    return Preview(
        publication=settings.publication.name,
        sender=settings.publication.sender.name,
        edition=proof.edition,
        message=message,
        subject=merge.fill(message.subject, tags),
        preheader=merge.fill(message.preheader, tags),
        html=merge.fill(message.html, tags),
        text=merge.fill(message.text, tags),
        findings=proof.findings,
        paths=tuple(paths),
    )
