"""Headers are read back as they were meant: by two parsers, in eight scripts."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.message.header_lines import list_id, list_id_lines, mailbox_lines, text_lines

SCRIPTS = {
    "Latin": "abcdefgh äöüßéèñçåø",
    "Greek": "αβγδεζηθικλμν",
    "Cyrillic": "абвгдежзийклмн",
    "Arabic": "ابتثجحخدذرزس",
    "Hebrew": "אבגדהוזחטיכל",
    "Devanagari": "कखगघङचछजझञट",
    "Han": "東京都港区海新聞今日天気",
    "Emoji": "🌊⚓🚢🐟👩‍🚀",
}
ASCII = "abcxyzABC019 .,:;!?'\"()[]<>@=_-&%"
MIXED = ("".join(SCRIPTS.values()) + ASCII).replace(" ", "")
words = st.one_of(
    st.text(MIXED, min_size=1, max_size=14),
    *[st.text(signs.replace(" ", ""), min_size=1, max_size=14) for signs in SCRIPTS.values()],
    st.text("abcdefgh", min_size=1, max_size=30),
)
texts = st.lists(words, min_size=1, max_size=14).map(" ".join)
SUBJECT = "Zölle und Bußgelder: Für Äpfel über 3 € zahlt Sören Ährenfelds Kühlhaus künftig drauf"


def modern(lines: str, name: str):
    return message_from_bytes(lines.encode() + b"\r\n", policy=policy.default)[name]


def older(lines: str, name: str) -> str:
    value = message_from_bytes(lines.encode() + b"\r\n")[name]
    return re.sub(r"\r?\n(?=[ \t])", "", str(value))


def decoded(text: str) -> str:
    return str(make_header(decode_header(text)))


def assert_fit_for_mail(lines: str) -> None:
    assert lines.isascii()
    assert lines.endswith("\r\n")
    for line in lines[:-2].split("\r\n"):
        assert len(line) <= 998
        assert line.strip()
        assert all(len(word) <= 75 for word in line.split() if word.startswith("=?"))


@given(texts)
@example(SUBJECT)
def test_a_subject_is_read_back_by_both_parsers(text):
    lines = text_lines("Subject", text)
    assert_fit_for_mail(lines)
    assert str(modern(lines, "Subject")) == text
    assert decoded(older(lines, "Subject")) == text


@given(texts)
@example("Ørsted, Åse; née Müller-Lüdenscheidt zu Groß-Gerau und Öhringen an der Ohrn")
def test_a_name_is_read_back_by_both_parsers(name):
    lines = mailbox_lines("To", "ada@reader.example", display=name)
    assert_fit_for_mail(lines)
    (found,) = modern(lines, "To").addresses
    # Before Python 3.13 it keeps the white space between two encoded words of a name.
    if lines.count("=?") <= 1:
        assert found.display_name == name
    assert "".join(found.display_name.split()) == "".join(name.split())
    assert found.addr_spec == "ada@reader.example"
    display, address = parseaddr(older(lines, "To"))
    assert (decoded(display), address) == (name, "ada@reader.example")


@given(texts)
@example("Der Hafenbote: Ausgabe für Köln <und Umgebung> mit allen Beilagen und Äußerungen")
@example("The Brief: <all of it>")
def test_a_list_id_has_one_id_and_the_name_before_it(name):
    lines = list_id_lines(list_id(f"{name} <main.brief.example.org>"))
    assert_fit_for_mail(lines)
    raw = older(lines, "List-Id")
    assert raw.endswith("<main.brief.example.org>")
    phrase = raw.removesuffix("<main.brief.example.org>").strip()
    display, identifier = parseaddr(f"{phrase} <main@brief.example.org>")
    assert (decoded(display), identifier) == (name, "main@brief.example.org")
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", raw)  # RFC 2919, 3: a phrase, then the id
    assert bare.count("<") == bare.count(">") == 1
    assert ":" not in bare


@pytest.mark.parametrize("text", ["Gulls over the quay", "Möwen über dem Kai", "今日の海"])
def test_what_was_written_well_is_written_as_it_was(text):
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = text
    mail["To"] = Address(text, addr_spec="ada@reader.example")
    assert text_lines("Subject", text) == mail.policy.fold("Subject", mail["Subject"])
    written = mailbox_lines("To", "ada@reader.example", display=text)
    assert written == mail.policy.fold("To", mail["To"])
