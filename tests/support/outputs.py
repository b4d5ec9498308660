"""Everything that the tests make the program say, searched for secrets and addresses.

Secrets are those a test gave the program: what it read by name, or found in the environment of a
command. They are looked for in a log before it is written, addresses in what is written.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from newsletter.core.config.masking import is_secret_name
from newsletter.core.log_lines import Lines

_SHORTEST = 12  # signs; a shorter one is found in words that are none
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_LOGGED = re.compile(r"^\d{4}-\d\d-\d\dT\S+ (?:INFO|WARNING|ERROR|CRITICAL) .*", re.MULTILINE)


class Outputs(logging.Handler):
    """What was said that must not be."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.secrets: set[str] = set()
        self.leaks: list[str] = []
        self._lines = Lines()

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a line of a log: before it is written for secrets, as written for addresses."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += f" {record.exc_info[1]}"
        where = f"log {record.name}"
        self._find_secrets(where, text)
        if "@" in text:
            self._find_addresses(where, self._lines.format(record))

    def told(self, where: str, text: str) -> None:
        """Look at what a command said: no secret, and no address in the lines of its log."""
        self._find_secrets(where, text)
        if "@" in text:
            self._find_addresses(where, " ".join(_LOGGED.findall(text)))

    def given(self, environment: Mapping[str, str]) -> None:
        """Hear of the environment a command is given."""
        for name, value in environment.items():
            if is_secret_name(name) and not name.endswith("_FILE"):
                self.knows(value)

    def knows(self, value: str | None) -> None:
        """Hear of a secret."""
        if value and len(value) >= _SHORTEST and "\n" not in value:
            self.secrets.add(value)

    def _find_secrets(self, where: str, text: str) -> None:
        for one in self.secrets:
            if one in text:
                self.leaks.append(f"{where}: the secret {one!r} in {text[:400]!r}")

    def _find_addresses(self, where: str, text: str) -> None:
        found = _ADDRESS.search(text) if "@" in text else None
        if found:
            self.leaks.append(f"{where}: the address {found[0]!r} in {text[:400]!r}")


OUTPUTS = Outputs()


@contextmanager
def listening() -> Iterator[None]:
    """Hear whatever is said in this process, and by the commands it starts, for a session."""
    from _pytest.capture import CaptureFixture
    from click.testing import CliRunner

    from newsletter.core.config.secrets import Secrets
    from tests.support.processes import Running

    logger = logging.getLogger("newsletter")
    with pytest.MonkeyPatch.context() as patch:
        _after(patch, Secrets, "read", lambda value, *_: OUTPUTS.knows(value))
        _after(patch, CaptureFixture, "readouterr", lambda pair, *_: _both("captured", *pair))
        _after(
            patch, CliRunner, "invoke", lambda result, *_: OUTPUTS.told("in-process", result.output)
        )
        _after(patch, Running, "communicate", lambda pair, *_: _both("command", *pair))
        logger.addHandler(OUTPUTS)
        logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logger.setLevel(logging.NOTSET)
            logger.removeHandler(OUTPUTS)


def _both(where: str, out: Any, err: Any) -> None:
    for text in (out, err):
        OUTPUTS.told(where, text.decode("utf-8", "replace") if isinstance(text, bytes) else text)


def _after(patch: pytest.MonkeyPatch, kind: type, name: str, look: Any) -> None:
    """Look at what a method returned, whoever calls it."""
    original = getattr(kind, name)

    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        result = original(self, *arguments, **named)
        look(result, self)
        return result

    patch.setattr(kind, name, method)
