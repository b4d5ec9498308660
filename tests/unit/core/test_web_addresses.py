"""Any address becomes one that mail can carry, as a browser would read it, or none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.validity import is_web_address
from newsletter.core.web_addresses import as_carried, is_carried

BASE = "https://quay.example/news/today?day=1#top"


# The right side is what Chromium's `new URL(…).href` says, but where a note says otherwise.
@pytest.mark.parametrize(
    ("written", "carried"),
    [
        ("https://quay.example/café", "https://quay.example/caf%C3%A9"),
        ("https://quay.example/caf%E9?q=%A4", "https://quay.example/caf%E9?q=%A4"),
        ("https://quay.example/a b?c d#e f", "https://quay.example/a%20b?c%20d#e%20f"),
        ("HTTPS://Quay.Example:443/A", "https://quay.example/A"),
        ("http://quay.example:0080/", "http://quay.example/"),
        ("https://quay.example:80/", "https://quay.example:80/"),
        ("https://bücher.example/ä?ö#ü", "https://xn--bcher-kva.example/%C3%A4?%C3%B6#%C3%BC"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://ＱＵＡＹ。example/", "https://quay.example/"),
        ("https://☕.example/", "https://xn--53h.example/"),
        ("https://mist_y.example/", "https://mist_y.example/"),
        ("https://qu%61y.example/", "https://quay.example/"),
        ("https://quay.example./x", "https://quay.example./x"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://017700000001/", "http://127.0.0.1/"),
        ("http://[2001:DB8:0:0:1::]/", "http://[2001:db8:0:0:1::]/"),
        ("http://[::ffff:1.2.3.4]:8080/", "http://[::ffff:102:304]:8080/"),
        ("https:quay.example", "https://quay.example"),  # a browser adds a /
        ("https:///quay.example\\a\\b", "https://quay.example/a/b"),
        ("https://quay.example/a/./b/../c/%2E%2e/d", "https://quay.example/a/d"),
        ("https://quay.example/a/..", "https://quay.example/"),
        ("https://quay.example//a//", "https://quay.example//a//"),
        ("https://quay.example/Tide_(moon)[1]", "https://quay.example/Tide_(moon)[1]"),
        ("https://quay.example/\ta\nb", "https://quay.example/ab"),
        ("https://quay.example?", "https://quay.example?"),
        ("https://quay.example/?a=1&&b;c=&d#", "https://quay.example/?a=1&&b;c=&d#"),
        ("https://quay.example/?it's", "https://quay.example/?it%27s"),
        ("https://quay.example/#:~:text=a,b", "https://quay.example/#:~:text=a,b"),
        ("https://quay.example/\ud83c\udf0a/\ud83c", "https://quay.example/%F0%9F%8C%8A/%EF%BF%BD"),
        # a browser leaves these, which end an address or encode nothing
        ("https://quay.example/100%", "https://quay.example/100%25"),
        ("https://quay.example/%2?%g", "https://quay.example/%252?%25g"),
        ("https://quay.example/a|b^c`d{e}", "https://quay.example/a%7Cb%5Ec%60d%7Be%7D"),
        # a browser encodes white space other than ASCII's at the ends
        (" \u00a0https://quay.example/a\u200b ", "https://quay.example/a"),
    ],
)
def test_an_address_is_read_as_a_browser_reads_it(written: str, carried: str) -> None:
    assert as_carried(written) == carried
    assert is_web_address(written)


@pytest.mark.parametrize(
    ("written", "carried"),
    [
        ("", "https://quay.example/news/today?day=1"),
        ("#a", "https://quay.example/news/today?day=1#a"),
        ("?b", "https://quay.example/news/today?b"),
        ("c", "https://quay.example/news/c"),
        ("../../d/", "https://quay.example/d/"),
        ("/é", "https://quay.example/%C3%A9"),
        ("\\f", "https://quay.example/f"),
        ("//pier.example/g", "https://pier.example/g"),
        ("\\\\pier.example", "https://pier.example"),
        ("https:h", "https://quay.example/news/h"),
        ("http:pier.example", "http://pier.example"),
        ("i:j", None),
        ("mailto:ida@quay.example", None),
        ("javascript:alert(1)", None),
        ("data:image/gif;base64,R0lGODlh", None),
    ],
)
def test_a_relative_address_is_joined(written: str, carried: str | None) -> None:
    assert as_carried(written, base=BASE) == carried


@pytest.mark.parametrize(
    "written",
    [
        "", "quay.example", "//quay.example", "/x", "https://", "https:///", "ftp://quay.example/",
        "https://ida:secret@quay.example/", "https://ida@quay.example/", "https://quay.example:x/",
        "https://quay.example:65536/", "https://a b.example/", "https://a..example/",
        "https://a|b.example/", "https://quay%zz.example/", "https://xn--\u00fc.example/",
        "http://256.1.1.1/", "http://1.2.3.4.5/", "http://1.2.0x100000/", "http://08.1/",
        "http://[::1", "http://[::1%25eth0]/", "http://[1.2.3.4]/", f"https://{'a' * 64}.example/",
        f"https://quay.example/{'a' * 9000}", f"https://quay.example/{'é' * 2000}",
        "https://\u202equay.example/",
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_refused(written: str) -> None:
    assert as_carried(written) is None
    assert not is_web_address(written)


_SIGNS = st.sampled_from(
    [*"aé/\\.:?#[]()@%&=;' \t\n\x00|`{}^<>\"", "%2e", "%E9", "..", "\ud800", "日"]
)
_WRITTEN = st.one_of(
    st.text(),
    st.lists(_SIGNS, max_size=30).map("".join),
    st.lists(_SIGNS, max_size=30).map(lambda signs: "https://quay.example" + "".join(signs)),
    st.text(max_size=12).map("http://".__add__),
)


@given(_WRITTEN, st.sampled_from(["", BASE, "http://quay.example"]))
def test_what_is_carried_is_ascii_without_white_space_and_stays_as_it_is(
    written: str, base: str
) -> None:
    carried = as_carried(written, base=base)
    if carried is None:
        return
    assert re.fullmatch(r"https?://[a-z0-9.:_\[\]-]+(?:[/?#][!-~]*)?", carried)
    assert not re.search(r"[\"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})", carried)
    assert is_carried(carried)
    assert is_web_address(carried)
