"""The keyed hash under which an erased address stays suppressed, so that no file brings it back.

Without the key nobody can tell from the hash whose address it was, nor try a list of addresses.
"""

from __future__ import annotations

import hashlib
import hmac

SECRET_KEY = "NEWSLETTER_SECRET_KEY"  # noqa: S105 - the name of a variable


class Marks:
    """`Marker` with the publication's secret key."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.sha256(b"newsletter erasure\0" + key.encode()).digest()
        self.prefix = f"hmac:{self._hash('which key is this')[:8]}:"

    def __call__(self, canonical: str) -> str:
        """Return the hash of a canonical address. Pure."""
        return self.prefix + self._hash(canonical)

    def _hash(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()
