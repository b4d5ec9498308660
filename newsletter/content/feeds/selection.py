"""Which item of a feed is today's, if any: freshness and identity of content.md 7.2. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from newsletter.content.feeds.items import FeedItem
from newsletter.content.source import SeenItem
from newsletter.content.web.links import link_key
from newsletter.core.sentences import said

AHEAD = timedelta(minutes=15)  # clocks differ; what is dated later waits until then
# Addresses are asked once an hour, so the last look before a send may have missed that much.
_MISSED = timedelta(hours=1)
_REASONS_TOLD = 2
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to do with a feed."""

    item: FeedItem | None
    reason: str = ""  # why there is none, without a full stop
    remember: tuple[SeenItem, ...] = ()  # what was not known before


def choose(
    items: Sequence[FeedItem],
    seen: Sequence[SeenItem],
    *,
    now: datetime,
    max_age: timedelta,
    last_sent: datetime | None,
    used_on: Callable[[FeedItem], date | None],
) -> Choice:
    """Choose the newest item that is fresh, new and unused.

    Fresh is what was published at most `max_age` ago and not before the last edition was sent.
    Where nothing was seen before, the feed is new: all its items count as old from then on, but
    for the one that is chosen and those dated in the future.
    """
    known = {item.key: _find(item, seen) for item in items}
    reasons: list[str] = []
    chosen: FeedItem | None = None
    for item in sorted(items, key=lambda one: -_age_order(one)):
        reason = _untimely(item, known[item.key], now=now, max_age=max_age, last_sent=last_sent)
        reason = reason or _objection(item, known[item.key], used_on=used_on)
        if reason is None:
            chosen = item
            break
        reasons.append(reason)
    return Choice(
        item=chosen,
        reason="" if chosen else "; ".join(reasons[:_REASONS_TOLD]),
        remember=_unknown(items, known, chosen, is_new=not seen, now=now),
    )


def _age_order(item: FeedItem) -> float:
    # An undated item may be today's, so what it lacks is told first.
    return item.published.timestamp() if item.published else float("inf")


def _find(item: FeedItem, seen: Sequence[SeenItem]) -> SeenItem | None:
    """Find an item among those that were seen.

    Its guid decides; the link only where it has none, or had none. A guid that changed with the
    scheme of its address is the same one, and so is that of an item whose link and title stayed.
    """
    by_key = next((one for one in seen if one.key == item.key), None)
    return by_key or next((one for one in seen if _is_same(item, one)), None)


def _is_same(item: FeedItem, known: SeenItem) -> bool:
    address = item.address
    is_there = bool(address) and address in {known.link, known.key}
    is_titled = item.title_hash == known.title_hash
    if item.guid and known.key not in {address, known.title_hash}:  # both have a guid
        guid = _bare(item.guid)
        return (guid == _bare(known.key) and guid != item.guid) or (is_there and is_titled)
    return is_there if address else is_titled


def _bare(guid: str) -> str:
    """Return a guid that is an address without what changes when its site moves."""
    return _SCHEME.sub("", guid).rstrip("/")


def _untimely(
    item: FeedItem,
    known: SeenItem | None,
    *,
    now: datetime,
    max_age: timedelta,
    last_sent: datetime | None,
) -> str | None:
    """Say why the time of an item is not now."""
    name = _name(item)
    if known is not None and known.is_old:
        return said("%(name)s stood in the feed already when it was new", name=name)
    if item.published is None:
        first = known.first_seen if known else now
        return said(
            "%(name)s has no date (first seen %(first)s UTC), so an editor has to take it over",
            name=name,
            first=f"{first:%Y-%m-%d %H:%M}",
        )
    published = f"{item.published:%Y-%m-%d %H:%M} UTC"
    if item.published > now + AHEAD:
        return said(
            "%(name)s is dated %(published)s, which is still to come",
            name=name,
            published=published,
        )
    if now - item.published > max_age:
        hours = max_age.total_seconds() / 3600
        return said(
            "%(name)s is of %(published)s, more than %(hours)s hours old",
            name=name,
            published=published,
            hours=f"{hours:g}",
        )
    if last_sent is not None and item.published < last_sent - _MISSED:
        return said(
            "%(name)s is of %(published)s, before the last edition was sent",
            name=name,
            published=published,
        )
    return None


def _objection(
    item: FeedItem, known: SeenItem | None, *, used_on: Callable[[FeedItem], date | None]
) -> str | None:
    """Say why a timely item is not taken."""
    if not item.title:
        return said("%(name)s cannot lead an edition", name=_name(item))
    if known is not None and _is_another(item, known):
        return said(
            "%(name)s stands in the place of another story that was seen there first",
            name=_name(item),
        )
    used = used_on(item)
    return said("%(name)s was used on %(day)s", name=_name(item), day=used) if used else None


def _name(item: FeedItem) -> str:
    return f"“{item.title}”" if item.title else said("an item without a title")


def _is_another(item: FeedItem, known: SeenItem) -> bool:
    return known.title_hash != item.title_hash and known.link not in {
        item.address,
        link_key(item.link or ""),
    }


def _unknown(
    items: Sequence[FeedItem],
    known: dict[str, SeenItem | None],
    chosen: FeedItem | None,
    *,
    is_new: bool,
    now: datetime,
) -> tuple[SeenItem, ...]:
    def is_old(item: FeedItem) -> bool:
        is_ahead = item.published is not None and item.published > now + AHEAD
        return is_new and item is not chosen and not is_ahead

    fresh = {
        item.key: SeenItem(
            key=item.key,
            link=item.address,
            title_hash=item.title_hash,
            first_seen=now,
            is_old=is_old(item),
        )
        for item in reversed(items)
        if known[item.key] is None
    }
    return tuple(fresh.values())
