"""What the site gives to a browser and takes back: sealed, so that nobody else writes or reads it.

A form carries when it was shown, a cookie which address this browser asked to join for. Both hold
for the publication alone, and only as long as their reader says.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken

from newsletter.app import App
from newsletter.storage.site import keys
from newsletter.subscribers.erasure import SECRET_KEY

_LONGEST = 2_000  # characters


class Seals:
    """The seals of one publication's site; its key is made when it is first asked for."""

    def __init__(self, app: App) -> None:
        self._app = app

    def seal(self, purpose: str, text: str, *, now: datetime) -> str:
        """Return a text as only this site can write and read it."""
        sealed = self._box.encrypt_at_time(f"{purpose}\0{text}".encode(), int(now.timestamp()))
        return sealed.decode()

    def opened(
        self, purpose: str, sealed: str, *, now: datetime, lasts: timedelta
    ) -> tuple[str, timedelta] | None:
        """Return what was sealed and how old it is; None for what is not ours, or too old."""
        if len(sealed) > _LONGEST or not sealed.isascii():
            return None
        moment = int(now.timestamp())
        try:
            text = self._box.decrypt_at_time(
                sealed.encode(), ttl=int(lasts.total_seconds()), current_time=moment
            ).decode()
            made = self._box.extract_timestamp(sealed.encode())
        except (InvalidToken, ValueError):
            return None
        found, _, said = text.partition("\0")
        return (said, timedelta(seconds=moment - made)) if found == purpose else None

    def word(self, purpose: str, text: str, *, signs: str, length: int) -> str:
        """Return a short word that nobody else can tell; it proves little, and is easily typed."""
        number = int.from_bytes(hmac.digest(self._key, f"{purpose}\0{text}".encode(), "sha256"))
        return "".join(signs[number // len(signs) ** place % len(signs)] for place in range(length))

    def mark(self, purpose: str, text: str) -> str:
        """Return what stands for a text where it must not be known itself."""
        return hmac.digest(self._key, f"{purpose}\0{text}".encode(), "sha256").hex()

    @cached_property
    def _box(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key))

    @cached_property
    def _key(self) -> bytes:
        """Take the site's key from its database, and what the operator keeps secret besides."""
        app = self._app
        stored = keys.secret_of(app.database, app.settings.publication.id)
        own = (app.settings.secret(SECRET_KEY) or "").encode()
        return hmac.digest(stored, b"newsletter site\0" + own, "sha256")
