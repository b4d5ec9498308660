"""A publication with sources on the web: a bad server costs its part, never the edition."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from newsletter.app import App
from newsletter.content.chain import assemble
from newsletter.content.source import Fetch, Fetched, Web
from newsletter.content.web.pictures import make_pictures
from newsletter.core.errors import SourceError
from newsletter.core.model import Edition, Part
from tests.support.edition import make_settings
from tests.support.http import Script, ScriptedServer, always, dribbling, response
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication
from tests.support.time import PATIENCE, hold_time
from tests.support.web import NOW, Memory, open_fetch, rss, rss_item, web_page

DAY = NOW.date()


def html(body: str, status: int = 200) -> bytes:
    return response(status, body.encode(), content_type="text/html; charset=utf-8")


def jpeg(width: int = 1600, height: int = 900) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "JPEG")
    return out.getvalue()


def publication_with_feed(root: Path, url: str, **environment: str) -> Publication:
    """Write a publication whose chain begins with a feed and ends with an evergreen story."""
    chain = [{"type": "feed", "url": url}, {"type": "markdown", "rotate": True}]
    return make_publication(
        root,
        NEWSLETTER_SOURCES__STORY=json.dumps(chain),
        **{"NEWSLETTER_FETCH__ALLOW_PRIVATE": "true", "NEWSLETTER_FETCH__TIMEOUT": str(PATIENCE)}
        | environment,
    )


def assembled(publication: Publication, clock: MovingClock | None = None) -> Edition:
    app = publication.open(clock or MovingClock(NOW))
    try:
        return app.assembler.assemble(DAY).edition
    finally:
        app.close()


def tried(edition: Edition) -> list[str]:
    entry = next(entry for entry in edition.background.provenance if entry.part is Part.STORY)
    return [one.reason for one in entry.tried]


BOMB = gzip.compress(bytes(8_000_000))
ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
ENTITY_BOMB = (
    f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "tide">{ENTITIES}]>'
    + rss(rss_item("&e9;").replace("&amp;", "&")).partition("?>")[2]
)
DRIP = dribbling(response(200, b"<rss/>" * 99))
HOSTILE = {
    "a web page": (always(html("<!doctype html><p>Sign in")), "a web page in the place"),
    "a gzip bomb": (always(response(200, BOMB, content_encoding="gzip")), "when it is unpacked"),
    "a drip": (DRIP, "did not end within 0.1 seconds"),
    "nothing": (lambda connection: connection.reset(), "gave no answer"),
    "an error": (always(response(500)), "answered 500"),
    "too much": (always(response(429, retry_after="3600")), "answered 429"),
    "garbage": (always(response(200, b"\xff\xfe\x00tide")), "not a feed"),
    "an entity bomb": (always(response(200, ENTITY_BOMB.encode())), "declares entities"),
    "an endless turn": (always(response(302, location="/x")), "redirects more than 5 times"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_server_costs_its_source_and_not_the_edition(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, reason = HOSTILE[name]
    with ScriptedServer(script) as server:
        limit = patience_with(script, server, monkeypatch)
        publication = publication_with_feed(
            tmp_path / "p", f"{server.url}/feed", NEWSLETTER_FETCH__TIMEOUT=str(limit)
        )
        edition = assembled(publication)
    assert edition.stories[0].headline == "How the tide tables are made"
    assert [reason in one for one in tried(edition)] == [True], tried(edition)


QUOTA = json.dumps([{"q": "Too many requests. Obtain an auth key.", "a": "zenquotes.io"}])
LIMITED = json.dumps([{"q": "Rate limit exceeded, try again later.", "a": "Unknown"}])
AWAY = response(302, location="http://169.254.169.254/latest/meta-data")
FOREIGN = response(200, b"\x1b\x00", content_encoding="br")
BAD_ANSWERS = [
    ("quote", "zenquotes", always(response(200, QUOTA.encode())), "message of its own as a quote"),
    ("quote", "zenquotes", always(response(200, LIMITED.encode())), "error message"),
    ("quote", "wikiquote", always(html("<!doctype html><p>Sign in")), "a web page"),
    ("fact", "uselessfacts", always(AWAY), "may be connected to"),
    ("fact", "wikimedia", always(response(200, BOMB, content_encoding="gzip")), "unpacked"),
    ("word", "wiktionary", always(response(200, ENTITY_BOMB.encode())), "declares entities"),
    ("word", "merriam_webster", DRIP, "did not end within"),
    ("word", "wiktionary", always(FOREIGN), "was not asked for"),
]


def patience_with(script: Script, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> float:
    """Return the seconds a server may take; they are to run out for the one that drips."""
    if script is not DRIP:
        return PATIENCE
    hold_time(monkeypatch, until=lambda: server.requests)
    return 0.1


class Through:
    """A `Fetch` that asks one server for whatever host is named."""

    def __init__(self, fetch: Fetch, server: str) -> None:
        self.fetch, self.server = fetch, server

    def __call__(self, url: str, **how: Any) -> Fetched:
        return self.fetch(self.server + urlsplit(url).path, **how)


@pytest.mark.parametrize(
    ("part", "source", "script", "reason"),
    BAD_ANSWERS,
    ids=[f"{source}: {reason}" for _, source, _, reason in BAD_ANSWERS],
)
def test_a_bad_answer_is_on_record_and_the_library_steps_in(
    part: str,
    source: str,
    script: Script,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chains = {one: [{"type": "library"}] for one in ("fact", "quote", "word")}
    chains[part] = [{"type": source}, {"type": "library"}]
    settings = make_settings(tmp_path, sources={"story": [{"type": "page"}]} | chains)
    with ScriptedServer(script) as server:
        limit = patience_with(script, server, monkeypatch)
        with open_fetch(deadline=limit, allow=lambda address: address == "127.0.0.1") as fetch:
            web = Web(fetch=Through(fetch, server.url))
            edition = assemble(DAY, settings, now=NOW, web=web)
    (entry,) = [one for one in edition.background.provenance if one.part == part]
    assert entry.source == "library"
    assert [(one.source, reason in one.reason) for one in entry.tried] == [(source, True)], entry
    assert edition.missing == (Part.STORY,)


def test_the_own_network_is_not_asked_unless_it_is_allowed(tmp_path: Path) -> None:
    with ScriptedServer(always(response(200, b"secret"))) as inner:
        publication = publication_with_feed(
            tmp_path / "p", inner.url.replace("127.0.0.1", "localhost").rpartition(":")[0],
            NEWSLETTER_FETCH__ALLOW_PRIVATE="false",
        )  # fmt: skip
        edition = assembled(publication)
        assert inner.requests == []
    assert "may be connected to" in tried(edition)[0]


def test_the_feeds_story_leads_and_is_asked_for_once_an_hour(tmp_path: Path) -> None:
    feed = rss(rss_item("From the feed", published=NOW))
    with ScriptedServer(always(response(200, feed.encode()))) as server:
        publication = publication_with_feed(tmp_path / "p", f"{server.url}/feed")
        editions = [assembled(publication) for _ in range(2)]
        assert len(server.requests) == 1
    assert [edition.stories[0].headline for edition in editions] == ["From the feed"] * 2
    assert server.requests[0].headers["user-agent"].startswith("daily-news-brief/")


def test_an_outage_later_does_not_bring_yesterdays_item_again(tmp_path: Path) -> None:
    feed = rss(rss_item("From the feed", published=NOW))
    with ScriptedServer(always(response(200, feed.encode()))) as server:
        publication = publication_with_feed(tmp_path / "p", f"{server.url}/feed")
        assembled(publication)
    tomorrow = MovingClock(datetime(2026, 3, 2, 6, tzinfo=UTC))
    app: App = publication.open(tomorrow)
    edition = app.assembler.assemble(tomorrow.moment.date()).edition
    app.close()
    assert edition.stories[0].headline == "How the tide tables are made"
    assert "gave no answer" in tried(edition)[0]


# --- pictures ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "content" / "media"


def test_a_picture_is_stored_for_a_fine_screen_and_asked_for_once(folder: Path) -> None:
    clock = MovingClock(NOW)
    with ScriptedServer(always(response(200, jpeg()))) as server, open_fetch(clock=clock) as ask:
        picture = make_pictures(ask, folder, public="https://brief.example.org/media/")
        found = picture(f"{server.url}/a.jpg")
        clock.moment = datetime(2026, 4, 1, tzinfo=UTC)
        assert picture(f"{server.url}/a.jpg") == found
        assert len(server.requests) == 1
    (file,) = folder.iterdir()
    assert found.url == f"https://brief.example.org/media/{file.name}"
    assert (found.width, found.height) == (1280, 720)
    with Image.open(file) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1280, 720))


def test_a_transparent_picture_stays_transparent(folder: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(out, "PNG")
    with (
        ScriptedServer(always(response(200, out.getvalue()))) as server,
        open_fetch() as ask,
    ):
        found = make_pictures(ask, folder, public="https://brief.example.org")(server.url)
    assert found.url.endswith(".png")
    assert (found.width, found.height) == (400, 300)


def bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<svg/>", "no picture that mail programs show"),
        (jpeg(200, 100), "only 200 pixels wide"),
        (jpeg()[:3000], "damaged"),
        (bomb(), "too many|no picture"),
    ],
    ids=["svg", "small", "broken", "bomb"],
)
def test_what_is_no_picture_for_a_mail_is_refused(body: bytes, reason: str, folder: Path) -> None:
    with ScriptedServer(always(response(200, body))) as server, open_fetch() as ask:
        picture = make_pictures(ask, folder, public="https://brief.example.org")
        with pytest.raises(SourceError, match=reason):
            picture(server.url)
    assert not folder.exists()


def test_where_nothing_serves_pictures_only_https_addresses_are_used(folder: Path) -> None:
    with open_fetch(Memory()) as ask, pytest.raises(SourceError, match="no https address"):
        make_pictures(ask, folder, public=None)("http://site.example/a.jpg")


# --- a story from an address ---------------------------------------------------------------------


def test_a_published_page_becomes_a_draft(tmp_path: Path) -> None:
    head = '<meta property="og:image:alt" content="A ferry">'
    body = (
        '<img src="/quay.jpg" alt="A *quay*"><p>Image credit to AFP</p>'
        "<p>Fact of the Day (Almanac): A knot is one nautical mile in an hour.</p>"
    )
    page = web_page('The "ferry" keeps its hours', head=head, body=body)

    def serve(connection) -> None:  # type: ignore[no-untyped-def]
        while request := connection.read_request():
            is_picture = request.target == "/quay.jpg"
            connection.send(response(200, jpeg()) if is_picture else html(page))

    with ScriptedServer(serve) as server:
        publication = make_publication(
            tmp_path / "p",
            NEWSLETTER_FETCH__ALLOW_PRIVATE="true",
            NEWSLETTER_MEDIA__URL="https://brief.example.org/media",
        )
        url = f"{server.url}/ferry"
        found = publication.json("new", "--from-url", url, "--date", "2026-03-01")
        publication.run("new", "--from-url", url, "--date", "2026-03-01", check=2)
    assert found["headline"] == 'The "ferry" keeps its hours'
    assert found["paragraphs"] == 3
    assert found["left_out"][:2] == ["fact", "navigation (1)"]
    edition = assembled(publication)
    lead = edition.stories[0]
    assert (lead.headline, lead.link, len(lead.paragraphs)) == (found["headline"], url, 3)
    assert lead.image is not None
    assert (lead.image.alt, lead.image.credit) == ("A *quay*", "AFP")
    assert lead.image.url == found["image"]


def test_a_page_that_is_away_leaves_no_draft(tmp_path: Path) -> None:
    publication = make_publication(tmp_path / "p", NEWSLETTER_FETCH__ALLOW_PRIVATE="true")
    with ScriptedServer(always(response(404))) as server:
        done = publication.run("new", "--from-url", server.url, "--date", "2026-03-01", check=1)
    assert "answered 404" in done.stderr
    assert not list((tmp_path / "p" / "content").rglob("2026*"))
    publication.run("new", "--from-url", "https://x.example", "--from-page", "-", check=2)


def test_an_encoding_that_is_declared_wrongly_is_mended(tmp_path: Path) -> None:
    page = web_page("Café hours").replace("crew", "cr\u00e9w").encode("cp1252")
    answer = response(200, page, content_type="text/html; charset=utf-8")
    with ScriptedServer(always(answer)) as server:
        chain = json.dumps([{"type": "article", "url": f"{server.url}/p"}])
        publication = make_publication(
            tmp_path / "p",
            NEWSLETTER_SOURCES__STORY=chain,
            NEWSLETTER_FETCH__ALLOW_PRIVATE="true",
        )
        lead = assembled(publication).stories[0]
    assert lead.headline == "Café hours"
    assert "its créw" in lead.paragraphs[0]
