"""What the program says is said at the desk in its language, and in English byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from newsletter.core.errors import Held, Where
from newsletter.core.model import Part
from newsletter.core.model.findings import Finding, Severity
from newsletter.core.sentences import said
from newsletter.message import check
from newsletter.subscribers.imports.questions import Question
from newsletter.web.desk import languages, words
from newsletter.web.desk.error_words import spoken, told_of
from newsletter.web.desk.finding_words import in_words

DAY = date(2027, 3, 9)


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """Sit at a desk in German."""
    words.speak(languages.catalogue("de"))
    yield
    words.speak(languages.catalogue("en"))


def finding(code: str, message: str, hint: str = "") -> Finding:
    """Build a finding."""
    return Finding(message, hint, code=code, severity=Severity.WARNING)


def test_a_sentence_is_its_english_to_everybody_else() -> None:
    sentence = said("The edition of %(day)s went out and stays as it is.", day=DAY)
    assert sentence == "The edition of 2027-03-09 went out and stays as it is."
    assert spoken(sentence) == "Die Ausgabe vom 2027-03-09 ging hinaus und bleibt, wie sie ist."
    assert said("100 % of it") == "100 % of it"  # without values a sign of percent is one


def test_what_fills_a_sentence_is_left_alone_unless_it_is_a_word_of_ours() -> None:
    used = said("The %(part)s was used on %(day)s.", part=Part.QUOTE, day=DAY)
    assert spoken(used) == "Schon am 2027-03-09 verwendet: Zitat."
    link = said("The link “%(text)s” leads nowhere.", text="Sent")
    assert spoken(link) == "Der Link „Sent“ führt nirgends hin."


def test_cells_that_are_asked_about_stand_in_the_marks_of_the_language() -> None:
    asked = Question(column="Status", about="values", values=(("K", 1_200), ("X, Y", 1)))
    assert spoken(asked.sentence).endswith(": „K“ (1,200), „X, Y“ (1).")


def test_a_reason_that_came_out_of_a_file_is_found_as_it_is() -> None:
    assert spoken("a list of links") == "eine Liste von Links"
    assert spoken("Words of a reader") == "Words of a reader"
    assert spoken("") == ""


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        # why a source had nothing stands in edition.toml, without what it was made of
        (
            (
                "https://tide.example/feed has no story for today: “Low water” is of 2027-03-07 "
                "06:00 UTC, more than 36 hours old."
            ),
            (
                "https://tide.example/feed hat keinen Artikel für heute: “Low water” ist vom "
                "2027-03-07 06:00 UTC, älter als 36 Stunden."
            ),
        ),
        (
            "https://tide.example/a gave no answer: the connection was lost: reset by peer.",
            "https://tide.example/a gab keine Antwort: die Verbindung brach ab: reset by peer.",
        ),
        # several in a row, one behind its place, and one with the sign between them within it
        (
            (
                "stories/a.md, line 3: the story has no headline; https://tide.example/b "
                "answered 503; it is not asked again before 08:00 UTC."
            ),
            (
                "stories/a.md, line 3: der Artikel hat keine Überschrift; https://tide.example/b "
                "antwortete mit 503; vor 08:00 UTC wird dort nicht wieder gefragt."
            ),
        ),
        # what a mail server said is its own
        (
            "the mail server refuses it: 550 No such person here",
            "der Mailserver lehnt es ab: 550 No such person here",
        ),
        ("joined on the site", "auf der Website angemeldet"),
        ("550 No such person here", "550 No such person here"),
    ],
)
def test_a_sentence_that_was_kept_is_told_by_its_template(kept: str, told: str) -> None:
    assert spoken(kept) == told
    words.speak(languages.catalogue("en"))
    assert spoken(kept) == kept


def test_a_text_that_only_looks_like_a_sentence_of_ours_is_nobodys_and_costs_little() -> None:
    for text in (": ", "; " * 2_000, "x" * 100_000, "“" * 3_000, "a: " * 1_300):
        assert spoken(text) == text


def test_an_error_is_told_behind_its_place_and_without_commands() -> None:
    error = Held(
        said("There was no edition on %(day)s.", day=DAY),
        hint="Run newsletter assemble.",
        where=Where(file="config.toml", line=3),
    )
    told = told_of(error)
    assert told["message"] == "config.toml, line 3: Am 2027-03-09 gab es keine Ausgabe."
    assert told["hint"] == ""
    assert error.what == "config.toml, line 3: There was no edition on 2027-03-09."


def test_a_finding_carries_its_data_into_the_other_language() -> None:
    message = said("The picture “%(source)s” has no https address.", source="a.jpg")
    told = in_words(finding("img-url", message, said("Whole and new.")))
    assert told["title"] == told["message"] == "Das Bild „a.jpg“ hat keine https-Adresse."


@pytest.mark.parametrize("code", check.codes())
def test_no_finding_has_an_english_title_at_a_desk_in_german(code: str) -> None:
    """Each check either has words for an editor, or makes sentences that can be translated."""
    bare = in_words(finding(code, "x y z"))
    assert bare["title"] != "x y z" or code in _MAKES_SENTENCES


# Their own sentences are marked with `said`, and hold what was found.
_MAKES_SENTENCES = frozenset(
    {
        "img-answers", "img-url", "img-weight", "link-answers", "link-insecure", "link-scheme",
        "paragraph-repeated", "placeholder-left", "spelling", "word-sentence",
    }
)  # fmt: skip
