"""What strangers post is read as far as it can be, each entry for itself."""

from __future__ import annotations

import codecs
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import InputError
from newsletter.core.model.events import EventKind
from newsletter.delivery.events import payload
from newsletter.delivery.providers.sendgrid.events import _Parser
from tests.support.events import NOW, make_entry, make_event

GOOD = make_entry("delivered", 7)


def read(body: bytes):
    return payload.entries_of(body, lambda found: _Parser(None).parse(found, received_at=NOW))


def addresses(body: bytes) -> list[str | None]:
    return [one.event.canonical if one.event else None for one in read(body)]


ONE = json.dumps(GOOD)
FORMS = {
    "an array": f"[{ONE}]",
    "an object": ONE,
    "an object over lines": json.dumps(GOOD, indent=2),
    "a line each": f"{ONE}\n{ONE}\r\n\n",
    "lines with commas": f"{ONE},\n{ONE}",
    "a post a line": f"[{ONE}]\n[{ONE}, {ONE}]\n",
    "an array of posts": f"[[{ONE}], [{ONE}]]",
    "one behind the other": f"{json.dumps(GOOD, indent=1)}\n{json.dumps(GOOD, indent=1)}",
    "posts glued together": f"[{ONE}][{ONE}]",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_every_form_is_taken_with_and_without_a_byte_order_mark(form, mark):
    assert set(addresses(mark + form.encode())) == {"reader0007@example.org"}


def test_what_an_editor_of_windows_writes_is_taken():
    assert addresses(f"[{ONE}]".encode("utf-16")) == ["reader0007@example.org"]


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", codecs.BOM_UTF8, b"?", b"5", b'"text"', b"null", b"[", b"<html>", b"[" * 90_000],
)
def test_what_holds_no_event_is_refused_and_the_wanted_is_said(body):
    with pytest.raises(InputError) as caught:
        read(body)
    assert "one event a line" in caught.value.hint


SPOILT = [
    b"7",
    b"null",
    b'"text"',
    b"[]",
    b'{"event": "bounce", "email": "%s@example.org"}' % (b"x" * 8_000),
]
ODD = [
    b'{"event": "bounce", "email": "a@example.org", "reason": "\\ud83d"}',
    b'{"event": "bounce", "email": "a@example.org", "reason": "\xff\xfe caf\xe9"}',
    b'{"event": "bounce", "email": "a@example.org", "reason": "a\x01b\nc"}',
    b'{"event": "bounce", "email": "a@example.org", "timestamp": NaN}',
    b'{"event": "bounce", "email": "a@example.org", "timestamp": 1e400, "n": -Infinity}',
    b'{"event": "bounce", "email": "a@example.org", "n": %s}' % (b"9" * 400),
    b'{"event": "bounce", "email": "a@example.org", "n": %s1%s}' % (b"[" * 90, b"]" * 90),
    b'{"event": "%s", "email": "a@example.org", "sg_event_id": "%s", "nl_attempt": "%s"}'
    % (b"e" * 9_000, b"i" * 9_000, b"t" * 9_000),
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_bytes_in_an_entry_harm_neither_it_nor_the_others(odd):
    assert addresses(b"[%s, %s]" % (odd, ONE.encode())) == [
        "a@example.org",
        "reader0007@example.org",
    ]


@pytest.mark.parametrize("spoilt", SPOILT)
def test_an_entry_that_cannot_be_taken_is_kept_whole_with_its_reason(spoilt):
    first, second = read(b"[%s, %s]" % (spoilt, ONE.encode()))
    assert first.event is None
    assert first.problem.endswith(".")
    assert first.found == json.loads(spoilt)
    assert second.event is not None


OF_OTHERS = [
    {"RecordType": "Bounce", "Type": "HardBounce", "Email": "ann@example.org"},
    {"event-data": {"event": "failed", "recipient": "ann@example.org"}, "signature": {}},
    {"event": "bounce", "time": 1_790_000_000, "MessageID": 7, "email": "ann@example.org"},
    {"event": "hard_bounce", "email": "ann@example.org", "ts": 1_790_000_000},
    {"event": "unsubscribed", "email": "ann@example.org", "timestamp": 1_790_000_000},
    {"Type": "Notification", "Message": "{}"},
    {"type": "email.bounced", "data": {"to": ["ann@example.org"]}},
    {"msys": {"message_event": {"type": "bounce", "rcpt_to": "ann@example.org"}}},
    {"events": [GOOD]},
    make_entry("unsubscribe", email=...),
    make_entry("spamreport", email=["ann@example.org"]),
]


@pytest.mark.parametrize("foreign", OF_OTHERS)
def test_what_is_no_event_of_ours_is_said_and_never_passed_over(foreign):
    """Each was taken as some event of nobody, and the opt-out in it was lost."""
    first, second = read(json.dumps([foreign, GOOD]).encode())
    assert first.event is None
    assert "no event" in first.problem or "no address" in first.problem
    assert second.event is not None


@pytest.mark.parametrize("stamp", ["1790000000", 1_790_000_000_000, "2026-09-21T14:13:20Z", 1.79e9])
def test_a_moment_is_read_as_stores_write_it(stamp):
    """An opt-out of years ago was dated today, and undid what its person asked for since."""
    ((one,), (same,)) = (
        read(json.dumps([make_entry("unsubscribe", timestamp=at)]).encode())
        for at in (stamp, 1_790_000_000)
    )
    assert one.event.at == same.event.at


def test_a_name_in_capitals_is_the_same_event():
    (one,) = read(json.dumps(make_entry("Bounce", nl_position=7)).encode())
    assert (one.event.kind, one.event.position) == (EventKind.BOUNCED, 7)


def test_an_entry_that_a_parser_chokes_on_is_set_aside_alone():
    def parse(found):
        if any(one["n"] == 2 for one in found):
            raise OverflowError("reader2@example.org")
        return [make_event(number=one["n"]) for one in found]

    body = b'[{"n": 1}, {"n": 2}, {"n": 3}]'
    entries = payload.entries_of(body, parse)
    assert [bool(one.event) for one in entries] == [True, False, True]
    assert "OverflowError" in entries[1].problem
    assert "reader2" not in entries[1].problem


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
NAMES = ("event", "email", "timestamp", "sg_event_id", "sg_message_id", "nl_attempt", "reason")


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6), max_size=4))
def test_every_field_is_bounded_whatever_is_in_it(entries):
    found = read(json.dumps([*entries, GOOD]).encode())
    assert len(found) == len(entries) + 1
    assert found[-1].event is not None
    for event in (one.event for one in found if one.event):
        assert len(event.canonical or "") <= 320
        assert max(map(len, (event.key, event.event_id or "", event.attempt_id or ""))) <= 200
        "".join(filter(None, (event.name, event.reason, event.canonical))).encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    with suppress(InputError):
        read(body)


SECONDS = st.integers(-5, 2**34) | st.floats(0, 1e10) | st.just(2**63) | st.text(max_size=3)
ODD = {"timestamp": SECONDS, "sg_event_id": JSON | st.text("é", min_size=190, max_size=300)}
ODD |= {"sg_message_id": st.text(max_size=5), "reason": st.text("a@b \x00", max_size=40)}
ODD |= {"nl_position": st.sampled_from(["1", "0", "-1", "x", "9" * 12, "9" * 13])}


@given(st.lists(st.fixed_dictionaries({"event": st.sampled_from(NAMES)}, optional=ODD), max_size=5))
def test_a_post_is_read_at_once_as_each_of_its_entries_is_read_for_itself(entries):
    entries = [make_entry("bounce", **one) for one in entries]
    at_once = read(json.dumps(entries).encode()) if entries else ()
    apart = [one for entry in entries for one in read(json.dumps(entry).encode())]
    assert [*at_once] == apart


def test_keys_and_ids_lie_in_the_order_of_time():
    seconds = [1_790_000_000, 1_790_000_001, 1_790_000_300]
    (early, later, last) = (
        read(json.dumps([make_entry("delivered", 9 - place, timestamp=second)]).encode())[0].event
        for place, second in enumerate(seconds)
    )
    assert early.key < later.key < last.key
    assert early.event_id < later.event_id < last.event_id
