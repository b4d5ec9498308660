"""Secrets by name, from the environment or a file, read when they are asked for and never shown.

There is no list of names: whoever needs a secret names it. A plug-in names its own in `SECRETS`
and can ask for no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsletter.core.errors import ConfigError, PluginError, Where

_HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets that somebody may ask for."""

    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: frozenset[str] | None = None  # None: any
    whose: str = ""  # as in "source “wordnik”", where the names are limited

    def read(self, name: str) -> str | None:
        """Return the value of `NAME`, else of the file `NAME_FILE` names, else None.

        White space around it is taken off. Raises `ConfigError` for a file that cannot be read,
        and `PluginError` for a name that its plug-in does not have in `SECRETS`.
        """
        if self.names is not None and name not in self.names:
            raise PluginError(
                f"The {self.whose} asks for the secret {name}, which its SECRETS do not name.",
                hint=f'Write SECRETS = ("{name}",) into its module.',
            )
        return self.environment.get(name, "").strip() or self._from_file(f"{name}_FILE")

    def limited(self, names: Collection[str], *, whose: str) -> Secrets:
        """Return the secrets of one plug-in."""
        return replace(self, names=frozenset(names), whose=whose)

    def hide(self, text: str) -> str:
        """Take the values of the named secrets out of a text."""
        for name in self.names or ():
            with suppress(ConfigError):  # what cannot be read is in no text
                if value := self.read(name):
                    text = text.replace(value, _HIDDEN)
        return text

    def _from_file(self, variable: str) -> str | None:
        path = self.environment.get(variable)
        if not path:
            return None
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The secret file {path} cannot be read: {error}.",
                hint=f"{variable} names it: correct the path or its permissions.",
                where=Where(file=path, leads=False),
            ) from error
