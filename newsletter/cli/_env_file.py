"""`--env-file`: variables from a file as systemd reads them, for cron, which knows no profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from newsletter.core.errors import UsageError, Where

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")


def load(file: Path, environment: MutableMapping[str, str]) -> None:
    """Set what the file has and the environment lacks.

    Raises `UsageError` with file and line; what stands there may be a secret and is not shown.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(
            f"{file} cannot be read: {reason}.",
            hint="--env-file names a file of lines such as SENDGRID_API_KEY_FILE=/srv/brief/key.",
            where=Where(file=str(file), leads=False),
        ) from error
    for name, value in _variables(text, file):
        environment.setdefault(name, value)


def _variables(text: str, file: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        found = _LINE.fullmatch(stripped)
        value = _unquoted(found["value"]) if found else None
        if found is None or value is None or "\0" in value:
            raise UsageError(
                "this is not a line of the form NAME=VALUE.",
                hint="Quotes pair up, and a value with spaces in it stands between them.",
                where=Where(file=str(file), line=number),
            )
        yield found["name"], value


def _unquoted(value: str) -> str | None:
    """Take the quotes off; None where they do not pair up."""
    quote = value[:1]
    if quote not in {'"', "'"}:
        return value
    if len(value) == 1 or value[-1] != quote:
        return None
    inside = value[1:-1]
    return re.sub(r"\\([\"\\$`])", r"\1", inside) if quote == '"' else inside
