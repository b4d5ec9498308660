"""Ask the publication's own site, as a reader's mail program would: opt-out and health."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.core.config.settings import Settings
from newsletter.core.http.answer import HttpFailure
from newsletter.core.http.client import HttpClient
from newsletter.core.model.checkup import Check
from newsletter.message.sample_readers import TOKEN
from newsletter.operations.doctor import rules

_SECONDS = 15.0


def look(settings: Settings, client: HttpClient | None = None) -> Iterator[Check]:
    """Yield what was found, one line a question."""
    base = settings.publication.url.rstrip("/")
    with client or HttpClient(connections=1, proxies=settings.proxies) as wire:
        first = _asked(wire, "GET", f"{base}/healthz")
        if isinstance(first, Check):
            yield first
            return
        yield health(first)
        answer = _asked(wire, "POST", f"{base}/u/{TOKEN}", body=b"List-Unsubscribe=One-Click")
        yield answer if isinstance(answer, Check) else unsubscribe(answer)


def health(status: int) -> Check:
    """Judge what the site says of its own health. Pure."""
    if status == 200:
        return Check(id="site.health", level="ok", measured="/healthz says that the site is well")
    return Check(
        id="site.health",
        level="warning",
        measured=f"/healthz answers {status}",
        rule="The site says itself whether it is well",
        next="Start `newsletter web` behind your proxy, and look at its log.",
    )


def unsubscribe(status: int) -> Check:
    """Judge the answer to a one-click post with the token of nobody. Pure."""
    if status in {200, 202, 204}:
        return Check(
            id="site.unsubscribe",
            level="ok",
            measured=f"A one-click opt-out is answered with {status}, without a redirect",
            **rules.LEAVING.on(),
        )
    moved = 300 <= status < 400
    return Check(
        id="site.unsubscribe",
        level="problem",
        measured=f"A one-click opt-out is answered with {status}",
        **rules.LEAVING.on(),
        next="Answer at this very address: RFC 8058 allows no redirect."
        if moved
        else "Let /u/… of the site lead to `newsletter web`, posts as well.",
    )


def _asked(wire: HttpClient, method: str, url: str, body: bytes | None = None) -> int | Check:
    headers = {"User-Agent": "newsletter-doctor"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        return wire.exchange(method, url, headers=headers, body=body, timeout=_SECONDS).status
    except HttpFailure as failure:
        return Check(
            id="site.answers",
            level="problem",
            measured=f"{urlsplit(url).netloc} gives no answer: {failure}",
            **rules.LEAVING.on(),
            next="The link of every mail leads there: set up its DNS, certificate and proxy, and "
            "start `newsletter web`.",
        )
