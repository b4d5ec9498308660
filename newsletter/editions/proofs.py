"""Where editions are looked at before they go: rendered, checked, accepted, shown and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.core import reader_links
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Publication, Settings
from newsletter.core.errors import Held, TemplateError, UsageError
from newsletter.core.model import Acceptance, Edition, Envelope, Message
from newsletter.core.model.findings import Finding, Place, Severity
from newsletter.core.model.message import EDITION
from newsletter.core.sentences import said
from newsletter.editions.assembler import Assembler
from newsletter.message import check
from newsletter.message.check import Checked
from newsletter.message.external import External
from newsletter.message.placing import with_templates
from newsletter.message.render.message import Inline, Rendered, here, render, trace
from newsletter.message.sample_readers import LONGEST, TOKEN
from newsletter.storage.sends.ledger import Ledger

if TYPE_CHECKING:
    from newsletter.message.probes.network import Progress


@dataclass(frozen=True, kw_only=True)
class Proofs:
    """The proofs of one publication's editions."""

    settings: Settings
    assembler: Assembler
    ledger: Ledger
    clock: Clock
    folders: tuple[Path, ...]  # of templates, the publication's own first
    inline: Inline = here

    def prove(self, day: date, *, keep_best: bool = False, ask: Probe | None = None) -> Proof:
        """Render the edition of a date and check it as its reader with the longest values.

        Raises `Held` when it has no lead story, `NothingToDo` where such a date is skipped. With
        `keep_best` an earlier look stays in the parts in which it was better. `ask` replaces the
        look at the files of own pictures.
        """
        return self._proof(self.assembler.sendable(day, keep_best=keep_best), ask)

    def _proof(self, edition: Edition, ask: Probe | None = None) -> Proof:
        return self._checked(edition, self._rendered(edition), ask)

    def _checked(self, edition: Edition, rendered: Rendered, ask: Probe | None = None) -> Proof:
        if ask is None and self.settings.media.url:
            ask = self.asker()
        return proof_of(edition, rendered, self.settings, folders=self.folders, ask=ask)

    def _rendered(self, edition: Edition, *, has_text: bool = True) -> Rendered:
        return render(
            edition, self.settings, folders=self.folders, inline=self.inline, has_text=has_text
        )

    def prove_best(self, day: date) -> Proof:
        """Render and check what may go out now: the best of all looks so far."""
        return self.prove(day, keep_best=True)

    def asker(self, *, programs: bool = False, over_network: Progress | None = None) -> Probe:
        """Return who finds out what stands outside a message, and what of it.

        The files of own pictures; with `programs` what SpamAssassin and Hunspell say, where they
        are installed; with `over_network`, told of each step, whether links and pictures answer.
        """
        from newsletter.message.probes.prober import Prober

        return Prober(
            settings=self.settings,
            envelope=self._envelope,
            now=self.clock.now(),
            programs=programs,
            over_network=over_network,
        )

    def accept(self, day: date, acceptance: Acceptance, *, ask: Probe | None = None) -> Proof:
        """Accept a check's findings in an edition that has no send yet; give the new proof.

        Raises `UsageError` for a check that found nothing, or whose findings may not be accepted.
        """
        if self.ledger.find(self.settings.publication.id, day) is not None:
            raise UsageError(
                said(
                    "The edition of %(day)s is frozen; nothing in it can be accepted now.", day=day
                )
            )
        proof = self.prove(day, ask=ask)
        refuse_acceptance(proof, acceptance)
        self.assembler.files.accept(day, acceptance)
        return self.prove(day, ask=lambda _: proof.checked.outside)  # asked once is enough

    def preview(self, day: date, *, soon: Callable[[Preview], None] | None = None) -> Preview:
        """Show the edition of a date to the desk; nothing is written, consumed, frozen or sent.

        `soon` gets it as soon as it is rendered; what is returned was checked, too.
        """
        root = self.settings.root
        watched = (root / "config.toml", root / "content", self.assembler.files.path(day))
        paths = (*watched, *self.folders)
        edition = self.assembler.shown(day)
        rendered = self._rendered(edition)
        if soon is not None:
            soon(preview(edition, rendered.message, self.settings, paths=paths))
        proof = self._checked(edition, rendered)
        return preview(
            edition, rendered.message, self.settings, findings=proof.findings, paths=paths
        )

    def draft(self, edition: Edition) -> Preview:
        """Show the HTML of an edition that is being written, not checked. Nothing is written."""
        rendered = self._rendered(edition, has_text=False)
        return preview(edition, rendered.message, self.settings)

    def keep(self, proof: Proof) -> Path:
        """Write the message's files and the web page beside the edition; return the folder."""
        from newsletter.message.render.web import render_web

        page = render_web(proof.edition, self.settings, folders=self.folders)
        return self.assembler.files.write_message(
            proof.edition.date,
            mjml=proof.rendered.mjml,
            web=page,
            message=proof.message,
            findings=proof.findings,
            envelope=self._envelope(proof.edition.date),
            now=self.clock.now(),
        )

    def _envelope(self, day: date) -> Envelope:
        return envelope(self.settings.publication, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A rendered edition; its message still has its merge tags, for any reader's values."""

    publication: str  # the newsletter's name
    sender: str  # the name readers see in their inbox
    edition: Edition
    message: Message
    findings: tuple[Finding, ...]
    unsubscribe_url: str  # as a reader's own would look
    media_url: str | None = None  # where the publication's own pictures are served
    paths: tuple[Path, ...] = ()  # files and folders whose change asks for a new look


Probe = Callable[[Checked], External]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A message with the edition it came from and what the checks found."""

    edition: Edition
    rendered: Rendered
    checked: Checked
    findings: tuple[Finding, ...]

    @property
    def message(self) -> Message:
        """Return the message itself."""
        return self.rendered.message

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that hold a send."""
        return tuple(finding for finding in self.findings if finding.holds)

    def needs_approval(self, mode: str) -> bool:
        """Say whether a person has to approve it: always, or because of errors, accepted or not."""
        has_errors = any(finding.severity is Severity.ERROR for finding in self.findings)
        return mode == "required" or (mode == "unless-errors" and has_errors)

    def refuse_errors(self) -> None:
        """Refuse to send what the checks found errors in. Raises `Held` with all of them."""
        if self.errors:
            listed = "; ".join(f"{f.code}: {f.message}" for f in self.errors)
            day, count = self.edition.date, len(self.errors)
            may_be_accepted = [f.code for f in self.errors if not check.binding(f.code)]
            raise Held(
                said(
                    "The checks found 1 error in the edition of %(day)s. %(why)s",
                    day=day,
                    why=listed,
                )
                if count == 1
                else said(
                    "The checks found %(count)s errors in the edition of %(day)s. %(why)s",
                    count=count,
                    day=day,
                    why=listed,
                ),
                hint="Mend what is wrong, then run the same command again. `newsletter check` "
                "shows all" + ("; its --accept takes one as it is." if may_be_accepted else "."),
            )


def refuse_acceptance(proof: Proof, acceptance: Acceptance) -> None:
    """Refuse to accept what a proof has not found, what may not be accepted, or no reason.

    Raises `UsageError`.
    """
    code = acceptance.code
    if not acceptance.reason.strip():
        raise UsageError(
            said("To accept “%(code)s” a reason is needed.", code=code),
            hint='Give it with --reason "…"; it is kept with the edition.',
        )
    found = dict.fromkeys(finding.code for finding in proof.findings)
    if code not in found:
        raise UsageError(
            said("No finding of this edition is called “%(code)s”.", code=code),
            hint=said("There are: %(codes)s.", codes=", ".join(found) or said("none")),
        )
    if why := check.binding(code):
        raise UsageError(
            said("“%(code)s” cannot be accepted. %(why)s", code=code, why=why),
            hint=said("Mend it."),
        )


def prove(
    edition: Edition,
    settings: Settings,
    *,
    folders: Sequence[Path],
    ask: Probe | None = None,
    inline: Inline = here,
) -> Proof:
    """Render an edition and check it as its reader with the longest values gets it.

    `folders` are template folders, the publication's own first; `ask` finds out what stands outside
    the message. Raises `TemplateError`.
    """
    rendered = render(edition, settings, folders=folders, inline=inline)
    return proof_of(edition, rendered, settings, folders=folders, ask=ask)


def proof_of(
    edition: Edition,
    rendered: Rendered,
    settings: Settings,
    *,
    folders: Sequence[Path],
    ask: Probe | None = None,
) -> Proof:
    """Check an edition that is rendered; see `prove`."""
    values = {field.name: LONGEST.name for field in rendered.message.fields}
    checked = check.checked_message(
        edition,
        rendered.message,
        values=values | {"address": LONGEST.address},
        unsubscribe_url=unsubscribe_url(settings, edition.date),
        settings=settings,
    )
    if ask is not None:
        checked = replace(checked, outside=ask(checked))
    findings = check.run(checked, settings.checks)
    if any(finding.place and finding.place.tag for finding in findings):
        traced = trace(edition, settings, folders=folders)
        written = [f"{_shown(file, folders)}:{line}" for file, line in traced.places]
        findings = with_templates(findings, html=checked.html, traced=traced.html, written=written)
    return Proof(edition=edition, rendered=rendered, checked=checked, findings=findings)


def _shown(file: Path, folders: Sequence[Path]) -> str:
    """Name a template's file as it lies in its folder: `email/partials/story.mjml.j2`."""
    inside = (file.relative_to(folder) for folder in folders if file.is_relative_to(folder))
    return next(inside, file).as_posix()


def unrendered(error: TemplateError) -> Finding:
    """Tell a fault of the template, which leaves nothing to check, as a finding."""
    where = error.where
    written = f"{where.place or where.file}:{where.line}" if where.line else None
    sentence = error.sentence if written else error.what
    return Finding(
        sentence[:1].upper() + sentence[1:],
        error.hint,
        measured="nothing could be rendered",
        limit="a message",
        place=Place(part="template", template=written),
        code="template",
        severity=Severity.ERROR,
    )


def envelope(publication: Publication, day: date, kind: str = EDITION) -> Envelope:
    """Say who the mail of an edition comes from, or another kind of mail."""
    host = urlsplit(publication.url).hostname or "localhost"
    return Envelope(
        sender_name=publication.sender.name,
        sender_email=publication.sender.email,
        reply_to=publication.reply_to,
        list_id=f"{publication.name} <{publication.id}.{host}>",
        edition=day,
        publication=publication.id,
        kind=kind,
    )


def unsubscribe_url(settings: Settings, day: date) -> str:
    """Return an unsubscribe link as long as a reader's own; it opens nothing."""
    return reader_links.unsubscribe_url(settings.publication.url, TOKEN, day)


def preview(
    edition: Edition,
    message: Message,
    settings: Settings,
    *,
    findings: tuple[Finding, ...] = (),
    paths: tuple[Path, ...] = (),
) -> Preview:
    """Show a rendered edition to the desk; `paths` are what it was made from.

    The provenance is left out: each look has a moment of its own, and would seem to be another.
    """
    background = replace(edition.background, provenance=())
    return Preview(
        publication=settings.publication.name,
        sender=settings.publication.sender.name,
        edition=replace(edition, background=background),
        message=message,
        findings=findings,
        unsubscribe_url=unsubscribe_url(settings, edition.date),
        media_url=settings.media.url,
        paths=paths,
    )
