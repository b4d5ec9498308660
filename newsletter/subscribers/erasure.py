"""The keyed hash under which an erased address stays suppressed, so that no file brings it back.

Without the key nobody can tell from the hash whose address it was, nor try a list of addresses.
The key is stretched first: who has the database, and knows one address that was erased, pays for
each key he tries with 16 MB and some hundredths of a second.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import cached_property

from newsletter.core.errors import ConfigError, Where

SECRET_KEY = "NEWSLETTER_SECRET_KEY"  # noqa: S105 - the name of a variable
SHORTEST_KEY = 32
_COMMAND = "python3 -c 'import secrets; print(secrets.token_hex(32))'"
_STRETCHED = "s"  # begins what a stretched key made; an earlier release's has no sign


def marks_of(key: str) -> Marks:
    """Return the marks of a key. Raises `ConfigError` for one that could be guessed."""
    if len(key) < SHORTEST_KEY:
        raise ConfigError(
            f"{SECRET_KEY} has {len(key)} characters; it needs {SHORTEST_KEY} at least.",
            hint=f"Make one with {_COMMAND} and keep it. If addresses were erased under the short "
            "one, they have to be erased again under the new one.",
            where=Where(key=SECRET_KEY, leads=False),
        )
    return Marks(key)


class Marks:
    """`Marker` with the publication's secret key."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"newsletter erasure\0" + key.encode()).digest()

    @cached_property
    def prefix(self) -> str:
        """Return how every hash of this key begins."""
        return f"hmac:{_STRETCHED}{_hash(self._stretched, 'which key is this')[:8]}:"

    @cached_property
    def former_prefix(self) -> str:
        """Return how hashes of an earlier release began, which told its key too cheaply."""
        return f"hmac:{_hash(self._key, 'which key is this')[:8]}:"

    def __call__(self, canonical: str) -> str:
        """Return the hash of a canonical address. Pure."""
        return self._mark(_hash(self._key, canonical))

    def renewed(self, former: str) -> str:
        """Return the hash of the address that an earlier release wrote as `former`."""
        return self._mark(former.removeprefix(self.former_prefix))

    @cached_property
    def _stretched(self) -> bytes:
        return hashlib.scrypt(
            self._key, salt=b"newsletter erasure", n=2**14, r=8, p=1, maxmem=2**26, dklen=32
        )

    def _mark(self, inner: str) -> str:
        return self.prefix + _hash(self._stretched, inner)


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
