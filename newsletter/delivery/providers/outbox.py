"""Writes every reader's mail into a folder instead of mailing it: to look at, and to try things.

`[outbox] dir` holds one folder per edition, and in it one `.eml` file per recipient; single mails
lie in a folder of their own. A file's name is always the same for the same recipient of the same
send, so an attempt that is made again overwrites and never doubles.
"""

from __future__ import annotations

import os
import re
import shutil
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from newsletter.core import private
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.errors import AccountRefused, Uncertain
from newsletter.core.model import Attempt, Envelope, Recipient, Submission
from newsletter.core.model.message import EDITION
from newsletter.core.sentences import said
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers import _mail, _recipients

_UNSAFE = re.compile(r"[^A-Za-z0-9.@+_-]")
SINGLE = "single"  # the folder of mails to one person each, numbered over all days
WEEKLY = "weekly"
_LONGEST_PART = 120  # of a file's name; most file systems take 255 bytes


def make(settings: Settings, clock: Clock) -> Provider:
    """Return the provider; a relative folder lies in the publication's."""
    return _Outbox(settings.root / settings.outbox.dir, clock)


class _Outbox:
    """The provider `outbox`."""

    name = "outbox"
    max_recipients = 1000

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def problems(self, attempt: Attempt) -> dict[int, str]:
        """Say whose mail nobody could deliver, by their index, and why. Pure."""
        return _recipients.problems(attempt.recipients)

    def fits(self, attempt: Attempt) -> bool:  # noqa: ARG002 - a folder has no limit of its own
        """Say yes: what the disk cannot take shows when it is written."""
        return True

    def submit(self, attempt: Attempt) -> Submission:
        """Write the attempt's mails: all of them appear, or none.

        Raises `AccountRefused` when the disk refuses before the first one appeared, and
        `Uncertain` when it does so later.
        """
        folder = self._folder / _place(attempt.envelope)
        draft = folder / f".{_UNSAFE.sub('_', attempt.id)}"
        try:
            self._write(attempt, draft)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)  # its first complaint is the one to tell
            raise AccountRefused(
                said(
                    "The outbox %(folder)s cannot be written: %(why)s.",
                    folder=folder,
                    why=error.strerror or error,
                ),
                hint="Make room, or correct its permissions or [outbox] dir; then run the same "
                "command again.",
            ) from error
        try:
            _publish(draft, folder)
        except OSError as error:
            raise Uncertain(
                said(
                    "Some mails may be missing in %(folder)s: %(why)s.",
                    folder=folder,
                    why=error.strerror or error,
                )
            ) from error
        return Submission(provider_id=f"outbox-{attempt.id}")

    def close(self) -> None:
        """Do nothing; there is nothing to give back."""

    def _write(self, attempt: Attempt, draft: Path) -> None:
        private.folder(draft)
        date = self._clock.now()
        letter = _mail.letter(attempt.envelope, attempt.message)
        for person in attempt.recipients:
            file = draft / file_name(person, kind=attempt.envelope.kind)
            private.write_bytes(file, letter.copy(person, date=date))


def _place(envelope: Envelope) -> str:
    """Name the folder of a mail: of its edition, and of the kind where that is another one."""
    if envelope.single is not None:
        return SINGLE
    day = envelope.edition.isoformat()
    return f"{day}-{WEEKLY}" if envelope.kind == WEEKLY else day


def file_name(recipient: Recipient, *, kind: str) -> str:
    """Name a recipient's file by position, which no two of a send share, and for people's eyes."""
    lead = "" if kind in {EDITION, WEEKLY} else f"{kind}-"
    return f"{lead}{recipient.position:06d}-{_name_of(recipient.address)}.eml"


def copies(folder: Path, canonical: str) -> tuple[Path, ...]:
    """List one person's mails in an outbox, whichever editions they are of."""
    ending = f"-{_name_of(canonical)}.eml".casefold()
    found = (path for path in sorted(folder.rglob("*.eml")) if _ends(path, ending))
    return tuple(path for path in found if _is_to(path, canonical))


def _name_of(address: str) -> str:
    return _UNSAFE.sub("_", address)[:_LONGEST_PART]


def _ends(path: Path, ending: str) -> bool:
    return path.name.casefold().endswith(ending)


def _is_to(path: Path, canonical: str) -> bool:
    """Tell apart whose names differ only in signs that a file's name does not have."""
    with path.open("rb") as file:
        head = BytesHeaderParser(policy=policy.default).parse(file)
    to = head["To"]
    addresses = [one.addr_spec.casefold() for one in to.addresses] if to is not None else []
    return not any(addresses) or canonical in addresses


def _publish(draft: Path, folder: Path) -> None:
    """Move finished files to where they are seen, and make their names durable where one can."""
    for file in sorted(draft.iterdir()):
        file.replace(folder / file.name)
    draft.rmdir()
    if os.name != "posix":  # elsewhere folders cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
