"""Bytes of feeds as text, and signs that XML forbids and a browser reads."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.content.feeds.encoding import text_of
from newsletter.content.feeds.items import FeedItem, read_items
from newsletter.content.feeds.repair import repaired
from newsletter.content.source import Fetched
from newsletter.core.errors import SourceError
from tests.support.web import NOW, rss, rss_item

URL = "https://site.example/feed"


def read(body: str | bytes, *, content_type: str = "", at: datetime = NOW) -> tuple[FeedItem, ...]:
    """Read a feed as it came over the network."""
    data = body.encode() if isinstance(body, str) else body
    headers = {"content-type": content_type} if content_type else {}
    return read_items(Fetched(url=URL, status=200, headers=headers, body=data, at=at), name=URL)


def declared(label: str, text: str = "Grüße – “ja”", *, doctype: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="{label}"?>{doctype}<rss version="2.0"><channel><item>'
        f"<title>{text}</title><description>{text}</description></item></channel></rss>"
    )


GERMAN = "Grüße – “ja”"
RUSSIAN = "Привет, порт"


@pytest.mark.parametrize(
    ("label", "codec", "content_type", "text"),
    [
        ("utf-8", "utf-8", "", GERMAN),
        ("UTF8", "utf-8", "", GERMAN),
        ("iso-8859-1", "cp1252", "", GERMAN),  # as browsers read the label
        ("latin1", "cp1252", "application/rss+xml", GERMAN),
        ("us-ascii", "cp1252", "text/xml", GERMAN),
        ("windows-1251", "cp1251", "text/xml", RUSSIAN),
        ("utf-8", "cp1251", "text/xml; charset=windows-1251", RUSSIAN),
        ("iso-8859-1", "koi8-r", 'text/xml; charset="KOI8-R"', RUSSIAN),
        ("iso-8859-1", "utf-8", "application/xml;charset=utf-8", RUSSIAN),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1", RUSSIAN),
        ("gb2312", "gb18030", "", "港口乐队"),
        ("shift_jis", "cp932", "", "港の音楽"),
        ("euc-kr", "cp949", "", "항구"),
        ("no-such", "utf-8", "", GERMAN),
        ("utf-16", "utf-8", "", GERMAN),  # its label could be read, so it is none
        ("utf-16", "utf-16", "", RUSSIAN),
        ("utf-16", "utf-16-be", "", RUSSIAN),
        ("utf-8", "utf-16-le", "text/xml; charset=utf-8", RUSSIAN),
        ("utf-32", "utf-32", "", RUSSIAN),
        ("iso-8859-1", "utf-8-sig", "text/xml; charset=iso-8859-1", RUSSIAN),
        ("cp037", "cp037", "", "Harbour"),
    ],
)
def test_the_encoding_is_found_in_the_order_of_the_standards(
    label: str, codec: str, content_type: str, text: str
) -> None:
    (item,) = read(declared(label, text).encode(codec), content_type=content_type)
    assert item.title == text


def test_a_doctype_on_the_line_of_the_declaration_is_not_taken_for_it() -> None:
    doctype = '<!DOCTYPE rss SYSTEM "rss.dtd"><?style encoding="utf-8"?>'
    (item,) = read(declared("iso-8859-1", doctype=doctype).encode("cp1252"))
    assert item.title == GERMAN


def test_names_of_html_may_be_taken_in_and_own_ones_not() -> None:
    latin = '<!DOCTYPE rss [ <!ENTITY % HTMLlat1 PUBLIC "-//W3C//X" "http://w3.example/l.ent"> ]>'
    (item,) = read(declared("utf-8", "Caf&eacute;", doctype=latin))
    assert item.title == "Café"
    with pytest.raises(SourceError, match="entities of its own"):
        read(declared("utf-8", "&me;", doctype='<!DOCTYPE rss [<!entity me "x">]>'))


def test_without_a_label_the_script_decides() -> None:
    bare = declared("x", "Où est le café à la crème ? " * 3).partition("?>")[2]
    assert read(bare.encode("cp1252"))[0].title.startswith("Où est le café à la crème ?")


def test_single_bytes_that_are_no_utf_8_do_not_spoil_the_rest() -> None:
    body = declared("utf-8", "Größe @ 5").encode().replace(b"@", b"\x96")
    assert read(body)[0].title == "Größe – 5"


@given(st.binary(max_size=300), st.text(max_size=40))
@example(b"", "UNDEFINED")
@example(b"\xff-", "punycode")
@example(b"xn--\xff", "idna")
def test_any_bytes_are_a_text_that_can_be_written(body: bytes, label: str) -> None:
    text_of(body, content_type=f"text/xml; charset={label}").encode()
    start = f'<?xml version="1.0" encoding="{label}"?>'.encode(errors="replace")
    text_of(start + body).encode()


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("R&D day", "R&D day"),
        ("Fish & chips", "Fish & chips"),
        ("AT&T; a story", "AT&T; a story"),
        ("Caf&eacute; &hellip; &ndash;", "Café … –"),
        ("It&#146;s &#x80;5", "It’s €5"),
        ("A &#55357;&#56832; B", "A 😀 B"),
        ("A &#xD83D;&#xDE00; B", "A 😀 B"),
        ("A &#xD83D; B", "A � B"),
        ("A &#56832; B", "A � B"),
        ("A &#0; B", "A � B"),
        ("A &#99999999999; B", "A � B"),
        ("A &#11; B", "A B"),
        ("A\x0bB\x03C", "A B C"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("&copy 2026 Harbour", "© 2026 Harbour"),
        ("&amp;amp; &lt;b&gt;x&lt;/b&gt;", "& x"),
    ],
)
def test_references_and_stray_signs_read_as_in_a_browser(written: str, read_as: str) -> None:
    items = read(declared("utf-8", written))
    assert items[0].title == read_as
    assert len(read(rss(f"<item><title>{written}</title></item>", rss_item("Next")))) == 2


def test_an_address_keeps_its_bare_ampersands() -> None:
    link = "https://site.example/p?a=1&lang=en&copy=2&region=3&amp;x=4"
    body = f'<p>See <a href="{link}">it</a>.</p>'
    (item,) = read(rss(f"<item><link>{link}</link><description>{body}</description></item>"))
    assert item.link == "https://site.example/p?a=1&lang=en&copy=2&region=3&x=4"


def test_what_is_in_cdata_stays_as_it_is() -> None:
    body = "<p>R&D &copy; &#8217; <b>x</b></p><!-- c --><pre>&amp;lt;</pre>"
    (item,) = read(rss(rss_item(content=body)))
    assert item.html == body


def test_comments_and_instructions_are_no_text() -> None:
    (item,) = read("\n <!-- a --><?x y?>" + declared("utf-8", "A<!-- b > -->B<?php echo ?>C"))
    assert item.title == "ABC"


@pytest.mark.parametrize(
    "part",
    [
        "<a " + " ".join(f'a{n}="1"' for n in range(5_000)) + ">",
        "<a " + " ".join(f"a{n}" for n in range(5_000)) + ">",
        "<b>" * 130_000,
        "<a " * 130_000,
        "<!--" * 130_000,
        "&x" * 110_000,
        "<i/>" * 130_000,
        "<item/>" * 10_001,
    ],
)
def test_what_would_keep_a_parser_busy_is_refused(part: str) -> None:
    with pytest.raises(SourceError, match="more "):
        read(f'<rss version="2.0"><channel><item>{part}</item></channel></rss>')


def test_a_name_is_no_longer_than_a_name() -> None:
    author = "a." * 500_000 + "@"
    (item,) = read(rss(rss_item(more=f"<author>{author}</author>")))
    assert len(item.author or "") < 2_000


@given(st.text(max_size=200))
def test_mending_a_mended_text_changes_nothing(text: str) -> None:
    once = repaired(f"<a>{text}</a>", service="x")
    assert repaired(once, service="x") == once
