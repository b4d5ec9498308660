"""The folder `editions/`: one folder a date, written whole or not at all."""

from __future__ import annotations

import itertools
import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from newsletter.content.edition import Status, completeness
from newsletter.core.errors import Overtaken, UsageError, Where
from newsletter.core.model import Acceptance, Edition, Envelope, Message, NoStory, Provenance
from newsletter.core.model.findings import Finding
from newsletter.core.sentences import said
from newsletter.editions.one_writer import one_writer
from newsletter.editions.reader import from_toml
from newsletter.editions.record import Record, as_json, fingerprint, from_json
from newsletter.editions.writer import as_toml, with_acceptance
from newsletter.message import merge
from newsletter.message.specimen import sample_values, specimen

FILE = "edition.toml"
RECORD = "assembled.json"
REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What assembling led to: the edition as its file now has it."""

    edition: Edition
    path: Path  # of edition.toml
    kept: Literal["edited", "approved"] | None = None  # why the file was left as it was
    backup: Path | None = None  # where `fresh` put the editor's file
    no_story: NoStory = "hold"  # what becomes of it without a lead story
    fingerprint: str = ""  # of the file, where it is only looked at: as it is, or would be

    @property
    def status(self) -> Status:
        """Sum the edition up: complete, incomplete, or without a story held or skipped."""
        return completeness(self.edition, self.no_story)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the message's files were last written with."""

    at: datetime
    digest: str
    ok: bool  # nothing holds it


class EditionFiles:
    """The editions of a publication, by date."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, day: date) -> Path:
        """Say where the edition of a date is, or would be."""
        return self.folder / day.isoformat() / FILE

    def load(self, day: date) -> Edition | None:
        """Read the edition of a date as its file has it now; None when there is none.

        Raises `UsageError` with file, line and key when an editor's slip makes it unreadable.
        """
        text = self._text(self.path(day))
        if text is None:
            return None
        record = self._record(day)
        provenance = record.provenance if record else ()
        return from_toml(text, day=day, name=self._shown(self.path(day)), provenance=provenance)

    def save(self, edition: Edition, *, fresh: bool = False) -> Assembled:
        """Write an assembled edition, unless the file there is no longer as it was generated.

        A file an editor changed is kept untouched; with `fresh` it is put aside as
        `edition.backup-1.toml` (2, 3, …) and replaced. The result is read back from the file, so
        it is exactly what every later command sees.
        """
        with one_writer(self.folder):
            return self._save(edition, fresh=fresh)

    def _save(self, edition: Edition, *, fresh: bool) -> Assembled:
        path, text = self.path(edition.date), as_toml(edition)
        edited = self.is_edited(edition.date)
        backup = None
        if edited and not fresh:
            return Assembled(edition=self._loaded(edition.date), path=path, kept="edited")
        if edited:
            backup = free_name(path)
            _write(backup, path.read_bytes())
        if self._text(path) != text:
            _write(path, text.encode())
        self._write_record(edition, generated=fingerprint(text))
        return Assembled(edition=self._loaded(edition.date), path=path, backup=backup)

    def edited(self, day: date) -> Assembled | None:
        """Return the edition of a file that is no longer as it was generated, else None."""
        if not self.is_edited(day):
            return None
        path, seen = self.path(day), self.fingerprint(day)
        return Assembled(edition=self._loaded(day), path=path, kept="edited", fingerprint=seen)

    def as_saved(self, edition: Edition) -> Assembled:
        """Return what `save` would leave where nobody edited the file, and write nothing."""
        day, path = edition.date, self.path(edition.date)
        text, provenance = as_toml(edition), edition.background.provenance
        read = from_toml(text, day=day, name=self._shown(path), provenance=provenance)
        return Assembled(edition=read, path=path, fingerprint=fingerprint(text))

    def is_edited(self, day: date) -> bool:
        """Say whether the file is no longer as it was generated."""
        text = self._text(self.path(day))
        if text is None:
            return False
        record = self._record(day)
        return record is None or record.fingerprint != fingerprint(text)

    def fingerprint(self, day: date) -> str:
        """Return the fingerprint of an edition's file as it is now; empty where there is none."""
        text = self._text(self.path(day))
        return "" if text is None else fingerprint(text)

    def rewrite(self, edition: Edition, *, seen: str, put_aside: bool = False) -> str:
        """Write an edition as an editor made it of a file with the fingerprint `seen`.

        Returns the fingerprint of what was written.

        From then on the file counts as the editor's. With `put_aside`, and where only a hand could
        have written it, such as a comment, the old file is kept beside it. Raises `Overtaken` when
        the file is another one by now.
        """
        with one_writer(self.folder):
            return self._rewrite(edition, seen=seen, put_aside=put_aside)

    def _rewrite(self, edition: Edition, *, seen: str, put_aside: bool) -> str:
        day = edition.date
        path, before = self.path(day), self._text(self.path(day))

        def refuse_overtaken() -> None:
            if self.fingerprint(day) != seen:
                raise Overtaken(
                    said(
                        "%(file)s has been changed since it was opened here.",
                        file=self._shown(path),
                    ),
                    hint=said(
                        "Nothing was written. Look at the file as it is now, and change it again."
                    ),
                    where=self._where(path),
                )

        refuse_overtaken()
        if before is not None and (put_aside or before != as_toml(self._loaded(day))):
            _write(free_name(path), path.read_bytes())
        text = as_toml(edition)
        _write(path, text.encode(), at_last=refuse_overtaken)  # a hand asks for no lock
        record = self._record(day)
        self._write_record(edition, generated=record.fingerprint if record else "")
        return fingerprint(text)

    def write_message(
        self,
        day: date,
        *,
        mjml: str,
        web: str,
        message: Message,
        findings: Sequence[Finding],
        envelope: Envelope,
        now: datetime,
    ) -> Path:
        """Write the message's files beside the edition, each whole; return the folder.

        `email.mjml` is what the HTML was made from. `email.html`, `email.txt` and `message.eml`
        show the message to one sample reader, without merge tags. `web.html` is the edition as a
        page of its own. `report.json` has the digest and the numbers of the message itself, the
        findings, and what the sources had besides.
        """
        folder = self.path(day).parent
        reader = sample_values(message)
        files: Mapping[str, bytes] = {
            "email.mjml": mjml.encode(),
            "email.html": merge.fill(message.html, reader).encode(),
            "email.txt": merge.fill(message.text, reader).encode(),
            "web.html": web.encode(),
            "message.eml": specimen(message, envelope, now=now),
        }
        for name, content in files.items():
            _write(folder / name, content)
        return self.write_report(day, message=message, findings=findings, now=now)

    def write_report(
        self, day: date, *, message: Message, findings: Sequence[Finding], now: datetime
    ) -> Path:
        """Write `report.json` beside the edition, as the last of the message's files."""
        folder = self.path(day).parent
        report = _report(day, message, findings, self._left_out(day), now=now)
        _write(folder / REPORT, report.encode())
        return folder

    def _left_out(self, day: date) -> list[Mapping[str, str]]:
        """List what the sources had and the edition does not, by part."""
        record = self._record(day)
        return [
            {"part": str(entry.part), "text": one.text, "reason": one.reason}
            for entry in (record.provenance if record else ())
            for one in entry.left_out
        ]

    def accept(self, day: date, acceptance: Acceptance) -> Path:
        """Write into the edition's file that a check's findings are accepted; return the file.

        From then on the file counts as the editor's. Raises `UsageError` where there is none.
        """
        path = self.path(day)
        self._loaded(day)
        with one_writer(self.folder):
            text = with_acceptance(path.read_bytes().decode("utf-8-sig"), acceptance)
            _write(path, text.encode())
        return path

    def report(self, day: date) -> Report | None:
        """Return what `report.json` says; None when the message's files were never written."""
        text = self._text(self.path(day).with_name(REPORT))
        try:
            values = json.loads(text) if text else None
            return values and Report(
                at=datetime.fromisoformat(values["at"]),
                digest=str(values["digest"]),
                ok=bool(values["ok"]),
            )
        except (ValueError, KeyError, TypeError):
            return None  # an older or damaged report: it is written anew with the next look

    def changed_at(self, day: date) -> datetime | None:
        """Say when the edition's file was last written; None where there is none."""
        try:
            return datetime.fromtimestamp(self.path(day).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def _loaded(self, day: date) -> Edition:
        edition = self.load(day)
        if edition is None:
            path = self.path(day)
            raise UsageError(
                said("There is no %(shown)s.", shown=self._shown(path)), where=self._where(path)
            )
        return edition

    def _record(self, day: date) -> Record | None:
        path = self.path(day).with_name(RECORD)
        text = self._text(path)
        return None if text is None else from_json(text, name=self._shown(path))

    def _write_record(self, edition: Edition, *, generated: str) -> None:
        record = self._record(edition.date)
        # Only the moment would differ: a preview that watches the folder must come to rest.
        if (
            record is None
            or record.fingerprint != generated
            or _timeless(record.provenance) != _timeless(edition.background.provenance)
        ):
            content = as_json(edition, generated=generated)
            _write(self.path(edition.date).with_name(RECORD), content.encode())

    def _text(self, path: Path) -> str | None:
        try:
            # Bytes, so that changed line ends are noticed as a change.
            return path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise UsageError(
                said("%(shown)s is not UTF-8 text.", shown=self._shown(path)),
                hint=said("Save it again with the encoding UTF-8."),
                where=self._where(path),
            ) from error

    def _where(self, path: Path) -> Where:
        return Where(file=self._shown(path), leads=False)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder.parent).as_posix()


def _timeless(provenance: Sequence[Provenance]) -> list[Provenance]:
    never = datetime.min.replace(tzinfo=UTC)
    return [replace(entry, at=never) for entry in provenance]


def _report(
    day: date,
    message: Message,
    findings: Sequence[Finding],
    left_out: Sequence[Mapping[str, str]],
    *,
    now: datetime,
) -> str:
    values = {
        "edition": day.isoformat(),
        "at": now.isoformat(),
        "subject": message.subject,
        "preheader": message.preheader,
        "digest": message.digest,
        "html_bytes": message.html_bytes,
        "text_bytes": message.text_bytes,
        "ok": not any(finding.holds for finding in findings),
        "findings": [asdict(finding) for finding in findings],
        "left_out": left_out,
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def free_name(path: Path) -> Path:
    """Return the name under which a file is put aside: `edition.backup-1.toml` (2, 3, …)."""
    numbered = (path.with_name(f"{path.stem}.backup-{n}{path.suffix}") for n in itertools.count(1))
    return next(candidate for candidate in numbered if not candidate.exists())


def _write(path: Path, content: bytes, *, at_last: Callable[[], None] = lambda: None) -> None:
    """Write a file whole: a reader, or a power cut, sees the old one or the new one.

    What `at_last` raises, the moment before, leaves the old one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        at_last()
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
