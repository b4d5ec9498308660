"""The way to the web for sources: polite, bounded, and only to addresses of the open internet.

`addresses` says who may be asked, `waiting` when, `unpacking` how much is unpacked; `web` does it.
"""

from __future__ import annotations

from newsletter.core.http.addresses import is_public
from newsletter.fetching.web import make_fetch

__all__ = ["is_public", "make_fetch"]
