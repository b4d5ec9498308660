"""Answers and items of feeds are kept by both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newsletter.content.source import SeenItem, StoredAnswer
from newsletter.storage.database import Database
from newsletter.storage.fetched import FetchedAnswers

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
ANSWER = StoredAnswer(
    url="https://site.example/feed",
    accept="*/*",
    found_at="https://site.example/feed.xml",
    moved=2,
    status=200,
    etag='W/"a"',
    last_modified="Sun, 01 Mar 2026 05:00:00 GMT",
    headers={"etag": 'W/"a"'},
    body=b"\x00\xff<rss/>",
    at=NOW,
    expires=NOW + timedelta(hours=1),
)
ITEM = SeenItem(key="id-1", link="site.example/a", title_hash="h", first_seen=NOW, is_old=True)


def test_an_answer_comes_back_as_it_was_kept(database: Database) -> None:
    store = FetchedAnswers(database)
    store.keep(ANSWER)
    assert store.answer(ANSWER.url, "*/*") == ANSWER
    assert store.answer(ANSWER.url, "text/html") is None


def test_the_newest_answer_of_an_address_replaces_the_one_before(database: Database) -> None:
    store = FetchedAnswers(database)
    newer = replace(ANSWER, refusal="It answered 500.", etag=None)
    store.keep(ANSWER)
    store.keep(newer)
    assert store.answer(ANSWER.url, "*/*") == newer


def test_an_address_that_is_no_longer_asked_is_forgotten(database: Database) -> None:
    store = FetchedAnswers(database)
    store.keep(ANSWER)
    later = NOW + timedelta(days=31, hours=1)
    store.keep(replace(ANSWER, url="https://other.example/", at=later, expires=later))
    assert store.answer(ANSWER.url, "*/*") is None


def test_what_is_gone_for_long_makes_nothing_else_forgotten(database: Database) -> None:
    store = FetchedAnswers(database)
    store.keep(ANSWER)
    gone = NOW + timedelta(days=365)
    store.keep(replace(ANSWER, url="https://gone.example/", refusal="Gone.", expires=gone))
    assert store.answer(ANSWER.url, "*/*") == ANSWER


def test_items_are_kept_as_they_were_seen_first_and_by_feed(database: Database) -> None:
    store = FetchedAnswers(database)
    store.remember("https://site.example/feed", [ITEM])
    later = replace(ITEM, first_seen=NOW + timedelta(hours=1), is_old=False)
    store.remember("https://site.example/feed", [later, replace(later, key="id-2")])
    store.remember("https://site.example/feed", [])
    seen = {item.key: item for item in store.seen("https://site.example/feed")}
    assert seen == {"id-1": ITEM, "id-2": replace(later, key="id-2")}
    assert store.seen("https://other.example/feed") == ()
