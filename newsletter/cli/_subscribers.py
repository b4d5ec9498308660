"""How subscribers and imports are shown: as tables for people, as documents for programs."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from newsletter.cli import _shell
from newsletter.core.errors import UsageError

if TYPE_CHECKING:
    from newsletter.core.model import Subscriber, SubscriberState
    from newsletter.storage.subscribers.history import History
    from newsletter.subscribers.register import Added


def plain(text: str) -> str:
    """Keep square brackets from being read as markup."""
    from rich.markup import escape

    return escape(text)


def pairs(texts: Sequence[str] | None, *, option: str) -> dict[str, str]:
    """Read options of the form NAME=VALUE; a column's own name may have an equals sign."""
    found: dict[str, str] = {}
    for text in texts or ():
        key, equals, value = text.rpartition("=") if option == "--map" else text.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{option} “{text}” is not of the form NAME=VALUE.")
        found[key.strip()] = value.strip()
    return found


@contextmanager
def output(path: Path | None) -> Iterator[IO[str]]:
    """Open a CSV file to write; None: standard output."""
    if path is None:
        if isinstance(sys.stdout, io.TextIOWrapper):  # other programs read it, not the terminal
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        return
    from newsletter.core import private

    # With a byte-order mark: spreadsheets take the file for Windows-1252 otherwise.
    with private.opened(path, encoding="utf-8-sig", newline="") as stream:
        yield stream


def as_state(text: str | None) -> SubscriberState | None:
    """Read a state that was typed; None stays None. Raises `UsageError`."""
    from newsletter.core.model import SubscriberState

    if text is None:
        return None
    try:
        return SubscriberState(text)
    except ValueError as error:
        raise UsageError(
            f"“{text}” is not a state.", hint=f"Valid: {', '.join(SubscriberState)}."
        ) from error


def show_added(added: Added, *, as_json: bool) -> None:
    """Show a subscriber who was added, or what is new of one who was known."""
    if as_json:
        changed = {
            one.name: {"before": one.before, "after": one.after} for one in added.differences
        }
        document = as_document(added.subscriber)
        _shell.print_json({**document, "added": added.before is None, "changed": changed})
        return
    show_one(added.subscriber, as_json=False)
    if added.before is None:
        return
    for one in added.differences:
        _shell.say(plain(f"Changed: {one.label}: {one.before or '—'} → {one.after or '—'}"))


def show_one(one: Subscriber, *, as_json: bool) -> None:
    """Show one subscriber."""
    if as_json:
        _shell.print_json(as_document(one))
        return
    name, *others = _values(one)
    _shell.table(
        [
            ("address", one.address),
            name,
            ("state", one.state),
            *others,
            *sorted(one.attributes.items()),
            ("since", f"{one.created_at:%Y-%m-%d %H:%M} UTC"),
        ]
    )


def _values(one: Subscriber) -> list[tuple[str, str]]:
    """Return the values of a profile as people are shown them, the name first."""
    from newsletter.subscribers.profile import VALUES

    shown = ((column.label, getattr(one, column.name) or column.absent) for column in VALUES)
    return [(label, str(value)) for label, value in shown if value]


def as_document(one: Subscriber) -> dict[str, Any]:
    """Return what is held on a person; their token opens their unsubscribe page and stays out."""
    from newsletter.subscribers.profile import profile_of

    return {
        "address": one.address,
        "state": one.state,
        **profile_of(one),
        "attributes": dict(one.attributes),
        "created_at": one.created_at.isoformat(),
        "changed_at": one.changed_at.isoformat(),
    }


def show_history(history: History) -> None:
    """Show every change and every consent, oldest first."""
    _shell.table(
        [
            (f"{change.at:%Y-%m-%d %H:%M}", change.to_state, change.reason, change.by)
            for change in history.changes
        ],
        headers=("When (UTC)", "State", "Why", "By"),
    )
    _shell.table(
        [(f"{one.at:%Y-%m-%d %H:%M}", one.how, one.text) for one in history.consents],
        headers=("When (UTC)", "Consent by", "Words or file"),
    )


def history_document(history: History) -> dict[str, Any]:
    """Return every change and every consent, oldest first."""
    return {
        "changes": [
            {
                "at": change.at.isoformat(),
                "from": change.from_state,
                "to": change.to_state,
                "reason": change.reason,
                "by": change.by,
            }
            for change in history.changes
        ],
        "consents": [
            {"at": one.at.isoformat(), "how": one.how, "text": one.text} for one in history.consents
        ],
    }
