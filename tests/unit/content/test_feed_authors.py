"""Who is named as an item's author, and what an item is called, by the rules of each format."""

from __future__ import annotations

import json

import pytest

from newsletter.content.feeds.items import FeedItem, read_items
from newsletter.content.source import Fetched
from tests.support.web import NOW, rss, rss_item

URL = "https://site.example/feed"
XHTML = "http://www.w3.org/1999/xhtml"


def only(body: str, *, language: str = "en") -> FeedItem:
    fetched = Fetched(url=URL, status=200, headers={}, body=body.encode(), at=NOW)
    (item,) = read_items(fetched, name=URL, language=language)
    return item


def atom(entry: str, *, feed: str = "", more: str = "") -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {more}>{feed}<entry><id>urn:1</id>'
        f"<title>Tides</title>{entry}</entry></feed>"
    )


def json_feed(*, authors: object = None, **item: object) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "authors": authors,
            "items": [{"id": 1, "content_text": "Text."} | item],
        }
    )


def person(name: str, *, email: str = "", tag: str = "author") -> str:
    address = f"<email>{email}</email>" if email else ""
    return f"<{tag}><name>{name}</name>{address}</{tag}>"


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("<author>cleo@mail.example (Cleo Dunn)</author>", "Cleo Dunn"),
        ("<author>Cleo Dunn &lt;cleo@mail.example&gt;</author>", "Cleo Dunn"),
        ("<author><![CDATA[Cleo Dunn <cleo@mail.engineering>]]></author>", "Cleo Dunn"),
        ("<author>cleo@mail.example</author>", None),
        ("<dc:creator>cleo@mail.example</dc:creator>", None),
        ("<dc:creator>Cleo</dc:creator><dc:creator>Ben</dc:creator>", "Cleo and Ben"),
        ("<author>cleo@mail.example (Cleo)</author><dc:creator>Cleo</dc:creator>", "Cleo"),
        ("<dc:creator><![CDATA[O&#8217;Neill &amp; <b>Sons</b>]]></dc:creator>", "O’Neill & Sons"),
        ("<dc:creator>By Cleo Dunn</dc:creator>", "Cleo Dunn"),
        ("<itunes:author>Harbour Radio</itunes:author>", "Harbour Radio"),
        ("<itunes:author>Harbour Radio</itunes:author><dc:creator>Cleo</dc:creator>", "Cleo"),
        ("<dc:contributor>Ben</dc:contributor><dc:publisher>Harbour</dc:publisher>", None),
        ("<media:credit>Ben</media:credit>", None),
        ("", None),
    ],
)
def test_authors_of_rss(more: str, named: str | None) -> None:
    assert only(rss(rss_item(more=more))).author == named


def test_who_answers_for_a_whole_feed_of_rss_is_no_author() -> None:
    editor = "<managingEditor>ed@mail.example (Ed Moor)</managingEditor>"
    assert only(rss(editor, rss_item())).author is None


def test_authors_of_atom_are_all_named_and_no_address_is() -> None:
    several = person("Cleo Dunn", email="cleo@mail.example") + person("Ben Quay")
    assert only(atom(several)).author == "Cleo Dunn and Ben Quay"
    assert only(atom(several), language="de").author == "Cleo Dunn und Ben Quay"
    assert only(atom("<author><email>cleo@mail.example</email></author>")).author is None
    assert only(atom(person("cleo@mail.example"))).author is None
    assert only(atom(person("Ben", tag="contributor"))).author is None


def test_an_entry_of_atom_without_author_has_that_of_its_source_or_feed() -> None:
    feed = person("Harbour Desk", email="desk@mail.example")
    source = f"<source>{person('Cleo Dunn')}</source>"
    assert only(atom("", feed=feed)).author == "Harbour Desk"
    assert only(atom(source, feed=feed)).author == "Cleo Dunn"
    assert only(atom(person("Ben") + source, feed=feed)).author == "Ben"


def test_authors_of_json_feed() -> None:
    cleo, ben = {"name": "Cleo"}, {"name": "Ben <ben@mail.example>"}
    assert only(json_feed(authors=[ben])).author == "Ben"
    found = json_feed(authors=None, author=cleo)
    assert only(found).author == "Cleo"
    item = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "author": {"name": "Desk"},
            "items": [{"id": 1, "content_text": "x", "authors": [cleo, ben, {"url": "x"}, 5]}],
        }
    )
    assert only(item).author == "Cleo and Ben"


# --- titles --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<title>Using &lt;template&gt; &amp;amp; x</title>", "Using <template> &amp; x"),
        ('<title type="text">1 &lt;b&gt; 2</title>', "1 <b> 2"),
        ('<title type="html">1 &lt;b&gt;2&lt;/b&gt; &amp;amp; 3</title>', "1 2 & 3"),
        (
            f'<title type="xhtml"><div xmlns="{XHTML}">1 <b>2</b> &lt;x&gt;</div></title>',
            "1 2 <x>",
        ),
        ("<title><![CDATA[A & <B>]]></title>", "A & <B>"),
    ],
)
def test_titles_of_atom_are_what_their_type_says(written: str, title: str) -> None:
    body = atom("").replace("<title>Tides</title>", written)
    assert only(body).title == title


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<![CDATA[Fish &amp; <b>chips</b>]]>", "Fish & chips"),
        ("Fish &amp;amp; &lt;i&gt;chips&lt;/i&gt;", "Fish & chips"),
        ("Using &lt;template&gt; at sea", "Using <template> at sea"),
        ("<![CDATA[Vec<T> and List<String>]]>", "Vec<T> and List<String>"),
        ("I &lt;3 tides", "I <3 tides"),
        ("Two\n  lines", "Two lines"),
        ("Tea<br/>time", "Tea time"),
    ],
)
def test_titles_of_rss_are_read_as_the_web_reads_them(written: str, title: str) -> None:
    assert only(rss(f"<item><title>{written}</title></item>")).title == title


def test_titles_of_json_feed_are_plain_text() -> None:
    assert only(json_feed(title="Vec<b> &amp; a\n <i>")).title == "Vec<b> &amp; a <i>"


def test_a_title_of_a_picture_is_not_the_items() -> None:
    media = '<media:content url="x"><media:title>A quay at dawn</media:title></media:content>'
    item = f"<item><title>The ferry</title><link>https://a.example/</link>{media}</item>"
    assert only(rss(item)).title == "The ferry"
    assert only(rss(item.replace("<title>The ferry</title>", ""))).title == ""
    other = "<dc:title>Named by its archive</dc:title>"
    assert only(rss(item.replace("<title>The ferry</title>", other))).title == (
        "Named by its archive"
    )


# --- which text ----------------------------------------------------------------------------------

CAPTION = "<media:description>Seen from the crane, a long way off.</media:description>"


@pytest.mark.parametrize(
    "more",
    [
        CAPTION,
        f'<media:content url="https://a.example/a.jpg" medium="image">{CAPTION}</media:content>',
        f"<media:group>{CAPTION}</media:group>",
        '<media:description type="html">A caption</media:description>',
        "<dc:description>What the archive says.</dc:description>",
        "<itunes:summary>What the player says.</itunes:summary>",
    ],
)
@pytest.mark.parametrize("content", ["<p>The whole text.</p>", None])
def test_a_caption_is_never_the_text(more: str, content: str | None) -> None:
    text = "The text of the item."
    before = f"<item>{more}<description>{text}</description></item>"
    assert only(rss(before)).html == text
    found = only(rss(rss_item(description=text, content=content, more=more)))
    assert found.html == (content or text)


def test_a_caption_alone_is_no_text_and_what_an_archive_says_is() -> None:
    assert only(rss(f"<item><title>A</title>{CAPTION}</item>")).html == ""
    other = "<dc:description>What the archive says.</dc:description>"
    assert only(rss(f"<item><title>A</title>{other}</item>")).html == "What the archive says."


def test_another_prefix_for_the_same_vocabulary_is_known() -> None:
    body = rss(rss_item(content=None, description="Text.", more=CAPTION)).replace("media:", "m:")
    assert only(body.replace("xmlns:media", "xmlns:m")).html == "Text."


@pytest.mark.parametrize("order", [1, -1])
def test_content_beats_description_however_long(order: int) -> None:
    parts = (
        "<description>" + "Long teaser. " * 50 + "</description>",
        "<content:encoded><![CDATA[<p>Text.</p>]]></content:encoded>",
    )
    assert only(rss(f"<item>{''.join(parts[::order])}</item>")).html == "<p>Text.</p>"


def test_content_without_words_does_not_beat_a_description_with_some() -> None:
    image = '<img src="https://a.example/a.jpg" alt="A quay">'
    found = only(rss(rss_item(content=image, description="Some words.")))
    assert found.html == "Some words."
    assert [one.url for one in found.pictures] == ["https://a.example/a.jpg"]


def test_plain_text_of_atom_and_json_keeps_its_lines() -> None:
    lines = "One &lt; two\nthree\n\nFour"
    kept = "<p>One &lt; two<br>three</p><p>Four</p>"
    assert only(atom(f'<content type="text">{lines}</content>')).html == kept
    assert only(atom(f"<summary>{lines}</summary>")).html == kept
    assert only(json_feed(content_text="One < two\nthree\n\nFour")).html == kept


def test_the_markup_of_an_item_is_handed_over_whole() -> None:
    body = (
        '<p class="a">10<sup>6</sup> <del>x</del> <q>y</q></p><ol start="3"><li>z</li></ol>'
        '<details><summary>s</summary>t</details><img data-src="/a.jpg"><!-- more -->'
        '<p><a href="/b?x=1&amp;y=2#c">soft&shy;hyphen</a></p>'
    )
    assert only(rss(rss_item(content=body))).html == body
    html = body.replace("&", "&amp;").replace("<", "&lt;")
    assert only(atom(f'<content type="html">{html}</content>')).html == body


def test_inline_markup_is_handed_over_as_html() -> None:
    inner = 'One &lt; two<br/>three <img src="/a.jpg" alt="a"/><b>x</b>'
    right = 'One &lt; two<br>three <img src="/a.jpg" alt="a"><b>x</b>'
    div = f'<div xmlns="{XHTML}">{inner}</div>'
    assert only(atom(f'<content type="xhtml">{div}</content>')).html == right
    assert only(rss(f"<item><description><p>{inner}</p></description></item>")).html == (
        f"<p>{right}</p>"
    )


def test_relative_addresses_start_where_the_feed_says() -> None:
    entry = '<link href="/1"/><content type="html">x</content>'
    assert only(atom(entry)).base == "https://site.example/1"
    found = only(atom(entry, more='xml:base="https://other.example/blog/"'))
    assert (found.link, found.base) == (
        "https://other.example/1",
        "https://other.example/blog/",
    )


def test_a_sign_that_is_cut_in_half_does_not_spoil_a_json_feed() -> None:
    body = json_feed(title="A @ smile", content_text="B\tC").replace("@", r"\ud83d")
    assert only(body).title == "A � smile"
    assert only(body.replace(r"\tC", "\tC")).html == "<p>B\tC</p>"
    assert only(json_feed(title="A @ smile").replace("@", r"\ud83d\ude00")).title == "A 😀 smile"
