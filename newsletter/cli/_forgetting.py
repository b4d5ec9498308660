"""What `newsletter subscribers forget` tells: what was erased, and what of a person is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.cli import _shell
from newsletter.core.errors import UsageError, Where

if TYPE_CHECKING:
    from newsletter.core.config.settings import Settings

_SHOWN = 20
_HELD = (
    "Another process holds the database's file: remains in it are overwritten by the next command "
    "that opens it. `newsletter config path` and `lsof` tell where and who."
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of what was held on a person."""

    erased: Mapping[str, int]  # rows, by table
    copies: tuple[Path, ...]  # mails in the outbox
    deleted: bool
    is_finished: bool  # nothing is left in the database's file


def copies(settings: Settings, canonical: str, *, delete: bool) -> tuple[Path, ...]:
    """List a person's mails in the outbox, and delete them where that is wanted.

    Raises `UsageError` for one that cannot be deleted; those before it are gone.
    """
    from newsletter.delivery.providers import outbox

    found = outbox.copies(settings.root / settings.outbox.dir, canonical)
    for file in found if delete else ():
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(
                f"A mail in {file.parent} cannot be deleted: {error.strerror or error}.",
                hint="Correct its permissions and run the same command again.",
                where=Where(file=str(file.parent), leads=False),
            ) from error
    return found


def show(told: Forgotten, *, as_json: bool) -> None:
    """Show what was erased, and name what is left."""
    if as_json:
        document = {"erased": dict(told.erased), "file_is_clean": told.is_finished}
        names = [str(file) for file in told.copies]
        _shell.print_json(document | {"outbox": names, "outbox_deleted": told.deleted})
        return
    rows = [(name.replace("_", " "), f"{count:,}") for name, count in told.erased.items() if count]
    if rows:
        _shell.table(rows, headers=("Erased", "Rows"))
    else:
        _shell.say(
            "Nothing was held on this address. Its keyed hash is kept: no file brings it in."
        )
    _show_copies(told)
    if not told.is_finished:
        _shell.next_step(_HELD)


def _show_copies(told: Forgotten) -> None:
    from rich.markup import escape

    if not told.copies:
        return
    count = f"{_shell.counted(len(told.copies), 'mail')} to them in the outbox"
    if told.deleted:
        _shell.say(f"Deleted: {count}.")
        return
    _shell.say(f"Left: {count}:")
    for file in told.copies[:_SHOWN]:
        _shell.say(f"  {escape(str(file))}")
    _shell.next_step("the same command with --outbox deletes them")
