"""The way to the web for sources: polite, bounded, and only to addresses of the open internet.

`addresses` says who may be asked, `waiting` when, `unpacking` how much is unpacked; `web` does it.
"""

from __future__ import annotations

from newsletter.content.web.fetch import make_fetch
from newsletter.core.http.addresses import is_public

__all__ = ["is_public", "make_fetch"]
