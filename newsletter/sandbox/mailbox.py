"""The mails that arrived: an index in memory and in `mails.jsonl`, each mail as an `.eml` file.

The index answers at once; files are written by a thread of their own, so that writing thousands
of mails does not hold up the answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import orjson

from newsletter.core import private
from newsletter.core.errors import UsageError, Where
from newsletter.sandbox.compose import compose, subject_of
from newsletter.sandbox.drafts import Draft, Mail, as_json, from_json, index_entry

Store = Literal["eml", "index"]
INDEX = "mails.jsonl"


class Mailbox:
    """The mails of one folder, those of earlier runs included. Used by one thread."""

    def __init__(self, folder: Path, store: Store = "eml") -> None:
        self.folder = folder
        self.store = store
        self.mails: list[Mail] = []
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sandbox-mailbox")
        self._writing: list[Future[None]] = []
        self.failure: OSError | None = None  # the latest mail that could not be written
        private.folder(folder / "mails")
        if (folder / INDEX).exists():
            self.mails.extend(_read_index(folder / INDEX))

    def add(self, drafts: Iterable[Draft], *, now: float) -> tuple[Mail, ...]:
        """Let mails arrive, in this order; their files follow."""
        first = self.mails[-1].id + 1 if self.mails else 1
        pairs = [
            (draft, index_entry(draft, number=number, subject=subject_of(draft), now=now))
            for number, draft in enumerate(drafts, start=first)
        ]
        mails = tuple(mail for _, mail in pairs)
        self.mails.extend(mails)
        self._writing = [job for job in self._writing if not job.done()]
        self._writing.append(self._writer.submit(self._write, pairs))
        return mails

    def get(self, number: int) -> Mail | None:
        """Find a mail by its id; ids are consecutive from the first entry on."""
        place = number - self.mails[0].id if self.mails else 0
        return self.mails[place] if 0 <= place < len(self.mails) else None

    def file(self, mail: Mail) -> Path:
        """Say where a mail's file is; with `store="index"` there is none."""
        return self.folder / "mails" / f"{mail.id:07d}.eml"

    def writing(self) -> tuple[Future[None], ...]:
        """Return what is still being written; each ends when its mails are in their files."""
        return tuple(self._writing)

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._writer.shutdown(wait=True)

    def _write(self, pairs: list[tuple[Draft, Mail]]) -> None:
        try:
            for draft, mail in pairs if self.store == "eml" else ():
                private.write_bytes(self.file(mail), compose(draft, mail))
            with private.opened(self.folder / INDEX, "ab") as index:
                index.writelines(orjson.dumps(as_json(mail)) + b"\n" for _, mail in pairs)
        except OSError as error:
            self.failure = error
            raise


def _read_index(file: Path) -> Iterable[Mail]:
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            yield from_json(orjson.loads(line))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{file}, line {number}, is not an entry of a sandbox's mailbox.",
                hint="Name another folder, or delete this one; it holds test mail only.",
                where=Where(file=str(file), line=number, leads=False),
            ) from error
