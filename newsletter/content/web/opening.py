"""Open the web as the publication's configuration says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from newsletter import __version__
from newsletter.content.source import AnswerStore, FeedMemory, Picture, Web
from newsletter.content.web.fetch import make_fetch
from newsletter.core.clock import Clock
from newsletter.core.config.settings import Settings
from newsletter.core.http.addresses import is_public
from newsletter.core.http.client import HttpClient

PRODUCT = "daily-news-brief"


class WebStore(AnswerStore, FeedMemory, Protocol):
    """Where answers and items are kept."""


def open_web(
    settings: Settings,
    store: WebStore,
    *,
    clock: Clock,
    jitter: Callable[[], float],
    asks_anew: bool = False,
) -> Web:
    """Return the network as sources meet it; nothing is asked yet. Close it in the end.

    With `asks_anew` no stored answer stands for an address: a person waits for the newest.
    """
    rules, contact = settings.fetch, settings.publication.contact
    allow = None if rules.allow_private else is_public
    wire = HttpClient(allow=allow, proxies=settings.proxies)
    fetch = make_fetch(
        wire,
        store,
        agent=user_agent(contact),
        has_contact=contact is not None,
        clock=clock,
        jitter=jitter,
        allow_private=rules.allow_private,
        deadline=rules.timeout,
        asks_anew=asks_anew,
    )
    media = settings.root / "content" / "media"

    def picture(url: str) -> Picture:
        # Not for a send whose story brings no picture: it is heavy to import.
        from newsletter.content.web.pictures import make_pictures

        return make_pictures(fetch, media, public=settings.media.url)(url)

    return Web(fetch=fetch, seen=store, picture=picture, close=wire.close)


def user_agent(contact: str | None) -> str:
    """Say who asks, and whom to write to about it."""
    return f"{PRODUCT}/{__version__}" + (f" (+mailto:{contact})" if contact else "")
