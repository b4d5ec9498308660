"""The provider `outbox`, with real files and the standard library's own reading of them."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import AccountRefused, Uncertain
from newsletter.core.model import Attempt
from newsletter.delivery.provider import Provider
from newsletter.delivery.providers import _mail, outbox
from tests.support.delivery import (
    NAME,
    NOW,
    FixedClock,
    make_attempt,
    make_envelope,
    make_message,
    make_recipient,
)
from tests.support.edition import make_settings


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return outbox.make(make_settings(tmp_path, outbox={"dir": "out"}), FixedClock())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out" / "2027-03-09"


def read(file: Path) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(file.read_bytes(), policy=SMTP))


def texts_of(mail: EmailMessage) -> list[str]:
    return [part.get_content() for part in mail.iter_parts()]


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_every_recipient_gets_a_file_named_by_position(provider: Provider, folder: Path) -> None:
    submission = provider.submit(make_attempt(count=2))
    assert submission.provider_id == "outbox-attempt-1"
    assert names_in(folder) == [
        "000001-reader1@example.com.eml",
        "000002-reader2@example.com.eml",
    ]


def test_mail_is_whole(provider: Provider, folder: Path) -> None:
    person = make_recipient(1, name="Zoë O’Neil, 株", address="zoe@example.com")
    provider.submit(make_attempt(person))
    mail = read(folder / "000001-zoe@example.com.eml")
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    (to,) = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == ("Zoë O’Neil, 株", "zoe@example.com")
    assert mail["From"] == "The Harbour Brief <brief@brief.example.org>"
    assert mail["Reply-To"] == "desk@brief.example.org"
    assert mail["Subject"] == "Gulls over the quay, Zoë O’Neil, 株"
    assert mail["Date"].datetime == NOW
    assert mail["List-Unsubscribe"] == f"<{person.unsubscribe_url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "The Harbour Brief <main.brief.example.org>"
    assert len(mail.keys()) == len(set(mail.keys()))


def test_values_are_put_into_both_parts(provider: Provider, folder: Path) -> None:
    person = make_recipient(1, name="<Ann>")
    provider.submit(make_attempt(person))
    text, html = texts_of(read(folder / "000001-reader1@example.com.eml"))
    assert text.startswith("Dear <Ann>,")
    assert html.startswith("<p>Dear &lt;Ann&gt;,</p>")
    assert person.unsubscribe_url in text
    assert person.unsubscribe_url in html
    assert "-q0a1b2c" not in text + html


def test_sender_without_reply_address_has_no_such_header(provider: Provider, folder: Path) -> None:
    provider.submit(make_attempt(envelope=make_envelope(reply_to=None), count=1))
    assert read(folder / "000001-reader1@example.com.eml")["Reply-To"] is None


@given(
    name=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=120),
    line=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=1200),
)
def test_mail_keeps_every_letter_and_the_length_of_lines(name: str, line: str) -> None:
    message = make_message(text=f"{line}\n", html=f"<p>{line}\n")
    person = make_recipient(1, name=name)
    written = _mail.letter(make_envelope(), message).copy(person, date=NOW)
    assert all(len(one) <= 998 for one in written.split(b"\r\n"))
    again = cast("EmailMessage", message_from_bytes(written, policy=SMTP))
    assert [one.rstrip("\r\n") for one in texts_of(again)] == [line, f"<p>{line}"]
    (to,) = again["To"].addresses
    # Python 3.11 reads a space between encoded words that is not there (RFC 2047, 6.2).
    assert "".join(to.display_name.split()) == "".join(name.split())
    assert to.addr_spec == "reader1@example.com"


def test_message_id_is_the_same_for_the_same_reader_and_edition() -> None:
    envelope = make_envelope()
    same = _mail.message_id(envelope, "Ann@example.com")
    assert same == _mail.message_id(envelope, "ann@example.com")
    assert same.endswith("@brief.example.org>")
    assert "ann" not in same
    others = [
        _mail.message_id(envelope, "bob@example.com"),
        _mail.message_id(make_envelope(publication="other"), "ann@example.com"),
        _mail.message_id(make_envelope(kind="test"), "ann@example.com"),
        _mail.message_id(make_envelope(edition=NOW.date().replace(day=8)), "ann@example.com"),
    ]
    assert len({same, *others}) == 5


def test_same_attempt_again_overwrites(provider: Provider, folder: Path) -> None:
    provider.submit(make_attempt(count=3))
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    provider.submit(make_attempt(count=3, id="attempt-2"))
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert after == before
    assert len(after) == 3


@pytest.mark.parametrize("line", ["y" * 1200, "é" * 600])
def test_line_that_is_too_long_for_mail_is_encoded(line: str) -> None:
    message = make_message(text=f"{line}\n", html=f"<p>{line}\n")
    written = _mail.letter(make_envelope(), message).copy(make_recipient(), date=NOW)
    assert max(map(len, written.split(b"\r\n"))) <= 998
    mail = cast("EmailMessage", message_from_bytes(written, policy=SMTP))
    assert [line in text for text in texts_of(mail)] == [True, True]


def test_longest_name_keeps_to_the_length_of_lines() -> None:
    letter = _mail.letter(make_envelope(), make_message())
    written = letter.copy(make_recipient(name="n" * 900), date=NOW)
    assert max(map(len, written.split(b"\r\n"))) <= 998


def test_test_send_does_not_overwrite_the_edition(provider: Provider, folder: Path) -> None:
    provider.submit(make_attempt(count=1))
    provider.submit(make_attempt(count=1, envelope=make_envelope(kind="test")))
    assert names_in(folder) == [
        "000001-reader1@example.com.eml",
        "test-000001-reader1@example.com.eml",
    ]


@pytest.mark.parametrize("address", ["a/../../b@example.com", "a%2f*?|b@example.com", "é"])
def test_file_names_are_plain_and_stay_in_the_folder(address: str) -> None:
    name = outbox.file_name(make_recipient(1, address=address), kind="edition")
    assert Path(name).name == name
    assert name.isascii()
    assert not set(name) & set("/\\%*?|")


def test_file_names_fit_file_systems_and_stay_unique() -> None:
    long = "x" * 64 + "@" + "d" * 63 + ".example"
    names = {outbox.file_name(make_recipient(n, address=long), kind="test") for n in (1, 2)}
    assert len(names) == 2
    assert all(len(name) < 200 for name in names)


def test_two_attempts_at_once_do_not_meet(provider: Provider, folder: Path) -> None:
    def attempt(number: int) -> Attempt:
        people = (make_recipient(number * 10 + n) for n in range(5))
        return make_attempt(*people, id=f"attempt-{number}")

    threads = [
        threading.Thread(target=provider.submit, args=(attempt(number),)) for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names_in(folder)) == 20


def test_folder_that_cannot_be_made_needs_a_person(provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")
    with pytest.raises(AccountRefused, match="outbox") as caught:
        provider.submit(make_attempt())
    assert "[outbox] dir" in caught.value.hint


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Let no file grow over 100 kB; Python turns the system's signal into an OSError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_disk")
def test_nothing_appears_when_the_disk_fills_up(provider: Provider, folder: Path) -> None:
    usual = make_recipient(2)
    values = dict(usual.substitutions) | {NAME.html_tag: "y" * 200_000}
    large = replace(usual, substitutions=values)
    with pytest.raises(AccountRefused, match="too large"):
        provider.submit(make_attempt(make_recipient(1), large))
    assert names_in(folder) == []


def test_failure_after_the_first_mail_appeared_is_uncertain(
    provider: Provider, folder: Path
) -> None:
    (folder / "000002-reader2@example.com.eml" / "in the way").mkdir(parents=True)
    with pytest.raises(Uncertain, match="may be missing"):
        provider.submit(make_attempt(count=2))


def test_folder_of_the_settings_may_be_absolute(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    settings = make_settings(tmp_path / "publication", outbox={"dir": str(elsewhere)})
    outbox.make(settings, FixedClock()).submit(make_attempt())
    assert len(names_in(elsewhere / "2027-03-09")) == 2
