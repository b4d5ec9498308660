"""SpamAssassin and Hunspell: what they write is read, and where they are missing nothing is."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.core.errors import UsageError
from newsletter.message.external import Misspelt, SpamRule
from newsletter.message.probes import programs, spamassassin, spelling
from tests.support.edition import make_edition, make_second_story, make_story

REPORT = """\
Received: from somebody by elsewhere
X-Spam-Report: nobody's (9.9 points, 5.0 required)

A mail that says (1.0 points, 2.0 required) itself.
 9.9 NOT_A_RULE             This stands in the mail

Content analysis details:   (1.3 points, 5.0 required)

 pts rule name              description
---- ---------------------- --------------------------------------------------
-0.0 NO_RECEIVED            Informational: message has no Received headers
 0.6 MISSING_MID            Missing Message-Id: header
 0.7 HTML_FONT_LOW_CONTRAST BODY: HTML font color similar or identical to
                            background
 0.0 HTML_MESSAGE           BODY: HTML included in message
"""
ISPELL = """\
@(#) International Ispell Version 3.2.06 (but really Hunspell 1.7.1)
*
& wrold 2 6: world, wold
+ LIGHT
# qzx 12

& wrold 2 6: world, wold
& Saltmouth 3 12: Salt mouth, Salt-mouth, Goalmouths
& harbour's 1 3: harbor's
-
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave nothing on the PATH but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def install(path: Path, name: str, script: str) -> None:
    program = path / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_a_spam_report_is_read_behind_the_mail() -> None:
    report = spamassassin.parse(REPORT)
    assert report is not None
    assert (report.points, report.required) == (1.3, 5.0)
    assert [rule.name for rule in report.rules] == [
        "NO_RECEIVED",
        "MISSING_MID",
        "HTML_FONT_LOW_CONTRAST",
        "HTML_MESSAGE",
    ]
    assert report.rules[2] == SpamRule(
        points=0.7,
        name="HTML_FONT_LOW_CONTRAST",
        description="BODY: HTML font color similar or identical to background",
    )


@pytest.mark.parametrize("text", ["", "Content analysis details: none", "(x points, y required)"])
def test_what_is_no_report_says_nothing(text: str) -> None:
    assert spamassassin.parse(text) is None


def test_the_program_is_given_the_mail_and_asks_nobody_else(path: Path) -> None:
    install(
        path,
        "spamassassin",
        f"/bin/cat > {path}/mail; echo \"$@\" > {path}/words; echo ' (0.1 points, 5.0 required)'",
    )
    report = spamassassin.report(b"Subject: x\r\n\r\ny")
    assert report is not None
    assert report.points == 0.1
    assert (path / "mail").read_bytes() == b"Subject: x\r\n\r\ny"
    assert (path / "words").read_text().split() == ["-L", "-t", "-x"]


@pytest.mark.parametrize("script", ["exit 3", "echo nothing to read"])
def test_a_program_that_fails_leaves_the_report_empty(path: Path, script: str) -> None:
    install(path, "spamassassin", script)
    assert spamassassin.report(b"") is None


def test_a_program_that_hangs_is_ended(path: Path) -> None:
    install(path, "slow", "exec /bin/sleep 60")
    assert programs.said(("slow",), b"", seconds=0.2) is None


def test_without_the_programs_nothing_is_said(path: Path) -> None:
    assert list(path.iterdir()) == []
    assert spamassassin.report(b"") is None
    assert spelling.doubts("wrold", language="en", known=frozenset()) == ()


def test_doubts_are_read_each_once_without_names_and_known_words(path: Path) -> None:
    (path / "said").write_text(ISPELL)
    install(path, "hunspell", f"/bin/cat {path}/said")
    assert spelling.doubts("x", language="en", known=frozenset({"harbour"})) == (
        Misspelt(word="wrold", suggestions=("world", "wold")),
        Misspelt(word="qzx"),
    )


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "en_US"),
        ("en-GB", "en_GB"),
        ("sv", "sv_SE"),
        ("pt-br", "pt_BR"),
        ("zh-Hant", "zh_Hant"),
    ],
)
def test_the_dictionary_is_that_of_the_language(path: Path, language: str, asked: str) -> None:
    install(path, "hunspell", f'for word; do last=$word; done; echo "$last" >> {path}/asked')
    assert spelling.doubts("x", language=language, known=frozenset()) == ()
    assert (path / "asked").read_text().split() == [asked]


def test_a_dictionary_that_is_missing_is_passed_over(path: Path) -> None:
    install(
        path, "hunspell", f'for word; do last=$word; done; echo "$last" >> {path}/asked; exit 1'
    )
    assert spelling.doubts("x", language="de-AT", known=frozenset()) == ()
    assert (path / "asked").read_text().split() == ["de_AT", "de_DE", "de"]


def test_no_line_of_the_text_is_a_command(path: Path) -> None:
    install(path, "hunspell", f"/bin/cat > {path}/text")
    spelling.doubts("*wrold\n\n!terse", language="en", known=frozenset())
    assert (path / "text").read_text().splitlines() == ["^*wrold", "^!terse"]


def test_prose_has_the_editor_s_words_and_no_marks_or_addresses() -> None:
    edition = make_edition(
        stories=(make_second_story(), make_story(paragraphs=("See https://x.example/qzx now.",))),
        subject="A subject",
    )
    text = spelling.prose(edition)
    for part in ("A subject", "new seeds", "runner beans", "rules of the shelf", "See", "now."):
        assert part in text
    for mark in ("*", "](", "https", "qzx"):
        assert mark not in text
    assert spelling.prose(replace(edition, stories=(), fact=None, word=None)) == "A subject\n"


def test_the_list_of_known_words(tmp_path: Path) -> None:
    file = tmp_path / "spelling.txt"
    assert spelling.listed(file) == frozenset()
    file.write_text("# Names\nSaltmouth quayside\ngarum  # the sauce\n", encoding="utf-8")
    assert spelling.listed(file) == {"saltmouth", "quayside", "garum"}
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"spelling\.txt cannot be read"):
        spelling.listed(file)
