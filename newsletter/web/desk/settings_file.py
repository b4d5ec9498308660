"""Write settings into config.toml: read anew, changed, judged by the real reader, then replaced."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsletter.core.config import settings as configuration
from newsletter.core.config.changing import Key, changed
from newsletter.core.config.settings import Settings
from newsletter.core.errors import InputError, Overtaken
from newsletter.core.sentences import said
from newsletter.editions.one_writer import one_writer


def value_of(settings: Settings, key: Key) -> Any:
    """Return the value a setting has."""
    found: Any = settings
    for part in key:
        found = getattr(found, part)
    return found


def write(
    settings: Settings,
    changes: Mapping[Key, Any],
    *,
    before: Mapping[Key, str],
    as_text: Mapping[Key, str],
) -> None:
    """Put values into the file that `settings` were read from; nothing else of it changes.

    `before` are the texts that the form began with: where one is another by now, somebody else
    changed it, and `Overtaken` is raised. `as_text` are the texts that the values in force have.
    Raises `ConfigError` for what the configuration does not take; nothing is written then.
    """
    file = settings.written.file.resolve()
    with one_writer(settings.root / "editions"):
        text = _read(file)
        if text != settings.written.text:
            raise Overtaken(
                said("config.toml was changed a moment ago."),
                hint=said("Look at it anew; yours is kept here."),
            )
        _refuse_overtaken(changes, before=before, now=as_text)
        new = changed(text, changes)
        configuration.read(
            new, file=settings.written.file, environment=settings.secrets.environment
        )
        _replace(file, new)


def _refuse_overtaken(
    changes: Mapping[Key, Any], *, before: Mapping[Key, str], now: Mapping[Key, str]
) -> None:
    for key in changes:
        if key in before and before[key] != now[key]:
            raise Overtaken(
                said(
                    "Somebody else changed %(key)s meanwhile, to “%(now)s”.",
                    key=".".join(key),
                    now=now[key],
                ),
                hint=said("Look at it, and save once more if yours is meant."),
            )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(said("config.toml cannot be read: %(error)s.", error=error)) from error


def _replace(file: Path, text: str) -> None:
    """Write the file whole, with the rights it had: a power cut leaves the old or the new one."""
    beside = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("x", encoding="utf-8", newline="") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        beside.chmod(file.stat().st_mode & 0o7777)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(
            said("config.toml cannot be written: %(strerror)s.", strerror=error.strerror),
            hint=said("Whoever set this up can change it."),
        ) from error
