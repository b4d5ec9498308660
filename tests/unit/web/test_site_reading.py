"""The pages to read: what was sent is what is shown, the same bytes for everybody."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.core.model import Edition
from newsletter.core.model.single_mails import MailKind, SingleMail
from newsletter.storage.site.answers import CommentState, Said
from newsletter.storage.tables import frozen_edition
from newsletter.web.site.application import open_records
from newsletter.web.site.reading import shelf
from tests.support.archive import HEADLINES, SENT, correct_edition, earlier, fill, send_edition
from tests.support.edition import make_edition
from tests.support.examples import examples
from tests.support.site import HOST, NOW, client, open_app
from tests.support.structured import article_of, problems, scripts

DAY = f"/editions/{SENT}"
PAGES = ("/", "/latest", DAY, "/archive", "/archive/2026-02", "/archive?q=tide")
FEEDS = ("/feed.atom", "/feed.json", "/sitemap.xml", "/news-sitemap.xml")


@pytest.fixture(autouse=True)
def _looking_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "LOOKED_AGAIN", 0.0)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Edition]]:
    app = open_app(tmp_path_factory.mktemp("read") / "p", NEWSLETTER_MEDIA__URL=f"{HOST}/media")
    edition = fill(app, count=6)
    yield app, edition
    app.close()


@pytest.fixture(scope="module")
def site(full: tuple[App, Edition]) -> TestClient:
    return client(full[0])


def test_an_edition_is_the_same_bytes_for_everybody(
    full: tuple[App, Edition], site: TestClient
) -> None:
    first = site.get(DAY)
    other = client(full[0], address="198.51.100.4").get(
        DAY, headers={"accept-language": "ar", "cookie": "reader=1", "user-agent": "x"}
    )
    assert first.status_code == 200
    assert first.content == other.content
    assert first.headers["etag"] == other.headers["etag"]
    assert "vary" not in first.headers
    assert "set-cookie" not in first.headers
    assert site.get("/latest").content == first.content


@pytest.mark.parametrize("path", [*PAGES[:5], *FEEDS])
def test_who_has_a_page_is_told_so(site: TestClient, path: str) -> None:
    whole = site.get(path)
    known = site.get(path, headers={"if-none-match": f'"other", W/{whole.headers["etag"]}'})
    assert (whole.status_code, known.status_code, known.content) == (200, 304, b"")
    assert known.headers["etag"] == whole.headers["etag"]
    assert site.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    head = site.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


def test_all_of_an_edition_is_on_its_page(full: tuple[App, Edition], site: TestClient) -> None:
    _, edition = full
    text = site.get(DAY).text
    assert edition.fact
    assert edition.quote
    assert edition.word
    for words in (
        *(story.headline for story in edition.stories),
        "runner beans",
        edition.fact.text,
        edition.quote.text,
        edition.word.definition,
        edition.others[0].text,
        edition.intro[0],
    ):
        assert words in text
    assert f'<link rel="canonical" href="{HOST}{DAY}">' in text
    assert '<meta name="robots" content="max-image-preview:large">' in text
    assert "No ratings yet" in text
    assert [kind for kind, _ in scripts(text)] == ["application/ld+json"]
    assert "img-src 'self' https:" in site.get(DAY).headers["content-security-policy"]


def test_an_edition_is_a_news_article_with_its_own_picture(
    full: tuple[App, Edition], site: TestClient
) -> None:
    text = site.get(DAY).text
    article = article_of(text)
    assert problems(article) == []
    assert article["url"] == f"{HOST}{DAY}"
    image = full[1].stories[0].image
    assert image
    assert article["image"] == [image.url]
    assert f'<meta property="og:image" content="{image.url}">' in text


def test_an_edition_without_a_picture_has_a_drawn_one(site: TestClient) -> None:
    day = next(
        SENT - timedelta(days=n) for n in (1, 2) if (SENT - timedelta(days=n)).toordinal() % 2
    )
    text = site.get(f"/editions/{day}").text
    (address,) = article_of(text)["image"]
    assert f'<meta property="og:image" content="{address}">' in text
    assert '<meta property="og:image:width" content="1200">' in text
    answer = site.get(address.removeprefix(HOST))
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)


def test_a_new_edition_and_a_correction_are_seen_at_once(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p")
    site = client(app)
    assert site.get("/").status_code == 200
    assert "Nothing has been sent yet" in site.get("/archive").text
    assert site.get("/latest").status_code == 404
    edition = make_edition(date=SENT)
    send_edition(app, edition)
    before = site.get(DAY)
    at = NOW + timedelta(minutes=24)
    correct_edition(app, edition, text="There are forty pins.", at=at)
    after = site.get(DAY)
    assert after.headers["etag"] != before.headers["etag"]
    assert "Corrected at 9:24" in after.text
    assert "There are forty pins." in after.text
    article = article_of(after.text)
    assert problems(article) == []
    assert article["dateModified"] == "2026-03-02T09:24:00+00:00"
    assert article["datePublished"] == "2026-03-02T09:00:00+00:00"
    send_edition(app, make_edition(date=SENT + timedelta(days=1)), at=at)
    assert str(SENT + timedelta(days=1)) in site.get("/").text
    assert 'rel="next"' in site.get(DAY).text
    app.close()


def test_what_was_sent_is_shown_whatever_became_of_its_file(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p")
    send_edition(app, make_edition(date=SENT))
    folder = app.settings.root / "editions" / str(SENT)
    folder.mkdir(parents=True)
    (folder / "edition.toml").write_text('[[stories]]\nheadline = "Changed since"\ntext = "x"\n')
    assert "Changed since" not in client(app).get(DAY).text
    with app.database.write() as connection:
        connection.execute(sa.update(frozen_edition).values(content="no = [toml"))
    shown = client(app).get(DAY)
    assert shown.status_code == 200
    assert "The old swing bridge" in shown.text
    app.close()


@pytest.mark.parametrize(
    "path",
    [
        "/editions/2026-02-30",
        "/editions/2031-01-01",
        "/editions/0000-00-00",
        "/editions/2031-01-01/card.png",
        "/archive/2026-13",
        "/archive/2031-01",
        "/editions/",
        "/media/none.png",
    ],
)
def test_what_is_not_there_is_told_in_the_readers_language(site: TestClient, path: str) -> None:
    answer = site.get(path, headers={"accept-language": "de"})
    assert answer.status_code == 404
    assert answer.headers["content-language"] == "de"


def test_the_front_page_and_the_archive_are_in_the_readers_language(site: TestClient) -> None:
    for path in ("/", "/archive"):
        answer = site.get(path, headers={"accept-language": "ar"})
        assert '<html lang="ar" dir="rtl">' in answer.text
        assert answer.headers["vary"] == "Accept-Language"
        assert 'lang="en" dir="ltr"' in answer.text
    assert '<html lang="en"' in site.get(DAY, headers={"accept-language": "ar"}).text


def test_the_archive_goes_by_month_and_the_months_lead_to_each_other(site: TestClient) -> None:
    march = site.get("/archive").text
    february = site.get("/archive/2026-02").text
    assert march.count('class="line"') == 2
    assert february.count('class="line"') == 4
    assert 'href="/archive/2026-02"' in march
    assert f'<link rel="canonical" href="{HOST}/archive">' in site.get("/archive/2026-03").text
    assert 'href="/archive"' in february


def test_a_search_marks_what_it_found_and_says_when_that_is_nothing(site: TestClient) -> None:
    found = site.get("/archive?q=TIDE")
    assert "<mark>Tides</mark>" in found.text
    assert "noindex" in found.text
    nothing = site.get("/archive", params={"q": "<b>zebra"})
    assert nothing.status_code == 200
    assert "Nothing was found with “&lt;b&gt;zebra”" in nothing.text
    assert 'name="q" type="search" maxlength="200" value="&lt;b&gt;zebra"' in nothing.text


def test_a_search_with_many_answers_has_pages(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p")
    fill(app, count=33)
    site = client(app)
    first = site.get("/archive?q=bridge").text
    assert first.count('class="line"') == 30
    (path,) = set(re.findall(r'href="(/archive\?q=bridge&amp;after=\d+)"', first))
    second = site.get(path.replace("&amp;", "&")).text
    assert second.count('class="line"') == 3
    assert 'href="/archive?q=bridge"' in second
    app.close()


def test_feeds_have_everything_and_are_announced(
    full: tuple[App, Edition], site: TestClient
) -> None:
    for path in ("/", DAY, "/archive"):
        text = site.get(path).text
        for feed in ("/feed.atom", "/feed.json"):
            assert f'href="{feed}"' in text
            assert f"{HOST}{feed}" in site.get(feed).text
    answer = site.get("/feed.atom")
    read = feedparser.parse(answer.content, sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert len(read.entries) == 6
    content = read.entries[0].content[0].value
    for words in ("runner beans", "Word of the day", full[1].stories[0].headline[:5]):
        assert words in content + read.entries[0].title
    assert not re.search(r'(?:href|src)="(?!https?://|mailto:)', content)
    document = json.loads(site.get("/feed.json").content)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["url"] for one in document["items"]] == [one.link for one in read.entries]
    assert document["items"][0]["content_html"] == content


def test_maps_name_every_edition_and_the_news_of_two_days(site: TestClient) -> None:
    everything = site.get("/sitemap.xml").content
    places = {one.text for one in ET.fromstring(everything).iter() if one.tag.endswith("}loc")}
    assert {f"{HOST}/", f"{HOST}{DAY}", f"{HOST}/archive"} <= places
    assert len(places) == 8
    assert site.get("/news-sitemap.xml").text.count("<news:title>") == 2
    assert f"Sitemap: {HOST}/news-sitemap.xml" in site.get("/robots.txt").text


def test_pictures_of_the_publication_last_long_and_nothing_else_is_served(
    full: tuple[App, Edition], site: TestClient
) -> None:
    folder = full[0].settings.root / "content" / "media"
    folder.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "navy").save(out, "PNG")
    named, kept = "bridge.png", f"{'a1' * 10}.png"
    for name in (named, kept):
        (folder / name).write_bytes(out.getvalue())
    (folder / "notes.txt").write_text("not for readers")
    answer = site.get(f"/media/{kept}")
    assert (answer.content, answer.headers["content-type"]) == (out.getvalue(), "image/png")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "immutable" not in site.get(f"/media/{named}").headers["cache-control"]
    etag = answer.headers["etag"]
    assert site.get(f"/media/{kept}", headers={"if-none-match": etag}).status_code == 304
    for path in ("notes.txt", "..%2f..%2fconfig.toml", ".hidden.png", "%00.png", "a" * 500):
        assert site.get(f"/media/{path}").status_code == 404


_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([*PAGES[:4], *FEEDS, "/media/x", f"{DAY}/card.png", "/robots.txt"]),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "PURGE"]),
    query=st.dictionaries(st.sampled_from(["q", "after", "page"]) | _TEXT, _TEXT, max_size=3),
    tag=_TEXT,
)
def test_no_request_is_a_fault_of_ours(
    site: TestClient, path: str, method: str, query: dict[str, str], tag: str
) -> None:
    headers = {"if-none-match": tag.encode(), "accept-language": tag.encode()}
    answer = site.request(method, path, params=query, headers=headers)
    assert answer.status_code < 500


def test_stars_and_approved_comments_are_shown(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p")
    fill(app, count=2)
    site, answers = client(app), open_records(app).answers
    assert "No ratings yet" in site.get(DAY).text
    before = site.get(DAY).headers["etag"]
    for reader, stars in (("ann@example.org", 5), ("ben@example.org", 4)):
        answers.vote(reader, SENT, stars, now=NOW)
    assert "4.5 of 5, from 2 readers" in site.get(DAY).text
    assert "4.5 of 5, from 2 readers" in site.get("/").text
    assert site.get(DAY).headers["etag"] != before
    said = Said(edition=SENT, canonical="ann@example.org", name="Ann <b>", text="We heard it too.")
    new = answers.write(said, _notice, now=NOW)
    assert "We heard it too." not in site.get(DAY).text
    answers.decide(new, CommentState.APPROVED, by="editor", now=NOW)
    text = site.get(DAY).text
    assert "We heard it too." in text
    assert "Ann &lt;b&gt;" in text
    assert "ann@example.org" not in text
    app.close()


def _notice(number: int) -> SingleMail:
    return SingleMail(
        kind=MailKind.NOTICE,
        key=str(number),
        to="editor@example.org",
        expires_at=NOW + timedelta(days=1),
    )


def test_an_edition_of_a_name_with_markup_is_shown_as_it_is_written(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p", NEWSLETTER_PUBLICATION__NAME='"Salt" & <Sea>')
    odd = replace(earlier(SENT, HEADLINES[0]), subject="</title><script>alert(1)</script>")
    send_edition(app, odd)
    for path in PAGES[:4]:
        text = client(app).get(path).text
        assert "<Sea>" not in text
        assert not [kind for kind, _ in scripts(text) if "json" not in kind]
    app.close()
