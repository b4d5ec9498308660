"""One received mail is judged from its headers; any other file is a clear answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.errors import InputError
from newsletter.core.model.checkup import Check
from newsletter.operations.doctor.authentication import read_results
from newsletter.operations.doctor.received import domain_of, judge, read
from tests.support.examples import examples

RESULTS = (
    "Authentication-Results: mx.mailbox.example;\r\n"
    "  dkim=pass header.i=@port-anselm.example header.s=s1 header.b=abcd;\r\n"
    "  spf=pass (mailbox: domain of b@em1.port-anselm.example designates 192.0.2.7 as permitted"
    " sender) smtp.mailfrom=b@em1.port-anselm.example;\r\n"
    "  dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=brief.port-anselm.example\r\n"
)
HOP = (
    "Received: from o1.out.example (o1.out.example [192.0.2.7]) by mx.mailbox.example\r\n"
    "  with ESMTPS id 5 (version=TLS1_3 cipher=TLS_AES_256); Tue, 1 Dec 2026 07:00:09 +0000\r\n"
)
SIGNED = "from:to:subject:date:mime-version:list-unsubscribe:list-unsubscribe-post"


def mail(
    *,
    results: str = RESULTS,
    hop: str = HOP,
    signed: str = SIGNED,
    link: str = "<https://b.port-anselm.example/u/abcdefghijklmnopqrstuv>",
    post: str = "List-Unsubscribe=One-Click",
    body: str = "Good morning.",
) -> bytes:
    """Write a mail as a mailbox might have got it."""
    lines = (
        f"{hop}{results}"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=port-anselm.example; s=s1; h={signed};\r\n"
        "  bh=aaaa; b=bbbb\r\n"
        'From: "The Brief" <brief@brief.port-anselm.example>\r\n'
        "To: ann@mailbox.example\r\nSubject: The tides\r\nDate: Tue, 1 Dec 2026 07:00:00 +0000\r\n"
        f"List-Unsubscribe: {link}\r\nList-Unsubscribe-Post: {post}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGood morning.\r\n"
        f"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{body}</p>\r\n--x--\r\n"
    )
    return lines.encode()


def lines(raw: bytes) -> dict[str, Check]:
    return {one.id: one for one in judge(read(raw))}


def test_a_mail_in_order_has_no_line_that_is_not() -> None:
    found = lines(mail())
    assert {one.level for one in found.values()} == {"ok", "info"}
    assert "brief.port-anselm.example" in found["received.alignment"].measured
    assert "port-anselm.example covers both" in found["received.signature"].measured


@pytest.mark.parametrize(
    ("change", "line", "level"),
    [
        ({"results": RESULTS.replace("dkim=pass", "dkim=fail")}, "received.dkim", "problem"),
        ({"results": RESULTS.replace("spf=pass", "spf=softfail")}, "received.spf", "problem"),
        (
            {"results": RESULTS.replace("dmarc=pass", "dmarc=bestguesspass")},
            "received.dmarc",
            "problem",
        ),
        ({"results": ""}, "received.authentication", "warning"),
        (
            {
                "results": RESULTS.replace("port-anselm.example header.s", "out.example header.s")
                .replace("b@em1.port-anselm.example;", "b@out.example;")
                .replace("dmarc=pass", "dmarc=fail")
            },
            "received.alignment",
            "problem",
        ),
        ({"signed": "from:to:list-unsubscribe"}, "received.signature", "problem"),
        ({"link": "=?utf-8?q?=3Chttps=3A//b.example/u/abc=3E?="}, "received.one-click", "problem"),
        ({"link": "<mailto:leave@port-anselm.example>"}, "received.one-click", "problem"),
        (
            {"link": "<https://a.example/1>\r\nList-Unsubscribe: <https://b.example/2>"},
            "received.one-click",
            "problem",
        ),
        ({"post": "One-Click"}, "received.one-click", "problem"),
        ({"hop": HOP.replace("ESMTPS", "ESMTP").replace("TLS", "")}, "received.tls", "warning"),
        ({"hop": ""}, "received.tls", "info"),
        (
            {"body": '<a href="https://u7.ct.sendgrid.net/ls/click?upn=x">on</a>'},
            "received.rewritten",
            "warning",
        ),
    ],
)
def test_each_fault_has_its_line(change: dict[str, str], line: str, level: str) -> None:
    found = lines(mail(**change))
    assert found[line].level == level
    assert found[line].next or level == "info"


def test_only_the_word_of_the_last_receiver_counts() -> None:
    forged = RESULTS.replace("dkim=pass", "dkim=fail") + RESULTS.replace("mx.mailbox", "mx.liar")
    assert lines(mail(results=forged))["received.dkim"].level == "problem"


def test_a_receiver_that_names_itself_nowhere_is_read() -> None:
    told = (
        "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=em1.a.example; dkim=none (message not "
        "signed) header.d=none;dmarc=fail action=oreject header.from=a.example;compauth=fail"
    )
    found = read_results([told])
    assert found is not None
    assert [found.verdict(name) for name in ("spf", "dkim", "dmarc")] == ["pass", "none", "fail"]
    assert (found.domains("dkim"), found.domains("spf")) == ([], ["em1.a.example"])


def test_a_hop_within_the_mailbox_is_not_the_last_from_outside() -> None:
    inside = "Received: from a1.mailbox.example by b2.mailbox.example with LMTP id 9\r\n"
    assert lines(mail(hop=inside + HOP))["received.tls"].level == "ok"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "no mail"),
        (b"Dear doctor,\r\n\r\nhow am I?", "no mail"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Outlook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(300), "no mail"),
        (b"<html><body>From: me</body></html>", "no mail"),
    ],
)
def test_what_is_no_mail_is_told(raw: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as told:
        read(raw)
    assert told.value.hint


def test_a_mail_out_of_an_mbox_or_with_a_mark_is_read() -> None:
    for before in (b"From brief@a.example Tue Dec  1 07:00:00 2026\n", b"\xef\xbb\xbf"):
        assert lines(before + mail())["received.signature"].level == "ok"


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(max_size=300), st.integers(0, 1500), st.integers(0, 40))
def test_a_mail_that_was_cut_and_soiled_is_an_answer(junk: bytes, at: int, taken: int) -> None:
    raw = mail()
    soiled = raw[:at] + junk + raw[at + taken :]
    try:
        found = list(judge(read(soiled)))
    except InputError:
        return
    assert all(one.measured for one in found)


def test_the_domain_of_an_address_is_the_last_one() -> None:
    assert domain_of('"a@b.example" <c@D.example.>') == "d.example"
    assert domain_of("nobody") == ""
