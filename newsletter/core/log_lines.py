"""How the lines of a log are written: as text or as JSON, nobody's address and no secret in them.

Every line has a stable name (`event`) and the ids that join it to others: `edition`, `send`,
`batch`, `attempt`. A record names its event in `extra={"event": …}`, or its message begins with it
(`schedule.held …`); numbers written as `name=value` behind such a name are ids as well.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from newsletter.core.config.masking import HIDDEN, masked_text
from newsletter.core.logs import without_addresses

_NAMED = re.compile(r"^([a-z]+(?:\.[a-z_]+)+)(?: |$)")
_PAIR = re.compile(r"\b([a-z_]+)=(\S+)")
_OTHERS = "log.line"  # the event of a line that names none
IDS = ("publication", "edition", "send", "batch", "attempt", "provider", "wave", "import")
_SHORTEST_SECRET = 6


class Lines(logging.Formatter):
    """Lines of text: time, level, event, sentence, ids.

    `hidden` are values of secrets, which are taken out wherever they stand.
    """

    def __init__(self, hidden: Collection[str] = ()) -> None:
        super().__init__()
        self._hidden = sorted(
            (one for one in hidden if len(one) >= _SHORTEST_SECRET), key=len, reverse=True
        )

    def format(self, record: logging.LogRecord) -> str:
        """Write one record as one line."""
        told = self.document(record)
        ids = " ".join(f"{name}={told[name]}" for name in IDS if name in told)
        line = f"{told['at']} {told['level']} {told['event']} {told['message']}"
        whole = f"{line} {ids}" if ids else line
        return f"{whole}\n{told['trace']}" if "trace" in told else whole

    def document(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return what a record says, with nobody's address and no secret in it."""
        message = self._clean(record.getMessage())
        named = _NAMED.match(message)
        event = getattr(record, "event", None) or (named[1] if named else _OTHERS)
        ids: dict[str, Any] = {}
        if named:
            ids = {name: value for name, value in _PAIR.findall(message) if name in IDS}
            message = message[named.end() :]
        extra = ((name, getattr(record, name, None)) for name in IDS)
        ids |= {name: self._clean(str(value)) for name, value in extra if value is not None}
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": str(event),
            "message": " ".join(message.split()),
        }
        if record.exc_info:
            told["trace"] = self._clean(self.formatException(record.exc_info))
        return told | ids

    def _clean(self, text: str) -> str:
        text = without_addresses(masked_text(text))
        for secret in self._hidden:
            text = text.replace(secret, HIDDEN)
        return text


class JsonLines(Lines):
    """One JSON document a line, for what collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record as one line."""
        return json.dumps(self.document(record), ensure_ascii=False)
