"""What every fact of the bundled library promises; the rules are those of tools/library/facts.py.

A new fact needs nothing here: it is found in the file and held to the rules at once.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.library import tool

rules, wording = tool("facts"), tool("wording")
FACTS = wording.read(rules.FACTS)
GOOD: dict[str, Any] = {
    "id": "f0001",
    "text": "A knot is one nautical mile an hour, as sailors reckon.",
    "reference": "A Book of Ropes",
    "url": None,
    "checked": "2026-11-23",
    "date": None,
    "group": "sea",
    "licence": "CC0-1.0",
}


def found(**changes: Any) -> str:
    """Say what the rules find in a good fact after some changes."""
    return " ".join(rules.problems_of(GOOD | changes))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_an_entry_keeps_the_rules(fact: dict[str, Any]) -> None:
    assert list(rules.problems_of(fact)) == []


def test_the_facts_together_are_enough_and_different() -> None:
    assert list(rules.problems_between(FACTS)) == []


def test_ids_follow_the_order_of_the_file() -> None:
    ids = [fact["id"] for fact in FACTS]
    assert ids == sorted(ids)


def test_a_day_of_the_year_has_few_facts() -> None:
    days = Counter(fact["date"] for fact in FACTS if fact["date"])
    assert max(days.values()) <= 3


def test_a_good_fact_has_no_problem() -> None:
    assert found() == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "Far too short."}, "14 characters"),
        ({"text": "Long sentences tire. " + "word " * 60 + "end."}, "characters; 40 to 280"),
        ({"text": "This was the tallest tower of all when it was built there."}, "“tallest”"),
        ({"text": "There are still some people who tie knots by the sea there."}, "“still”"),
        ({"text": 'A straight "quotation mark" is not what a printer would use.'}, "curly"),
        ({"text": "“A quotation that is opened and never closed, to the very end."}, "unequally"),
        ({"text": "one that begins with a small letter is no whole sentence, is it."}, "whole"),
        ({"text": "It is one sentence. It is a second one. It is a third one."}, "3 sentences"),
        ({"date": "02-30", "text": "In 1901 a knot was one nautical mile an hour."}, "no day"),
        ({"date": "02-28"}, "does not name its year"),
        ({"checked": "2026-13-01"}, "no date"),
        ({"url": "http://www.example.org/knot"}, "absolute https"),
        ({"reference": ""}, "reference"),
        ({"id": "1"}, "id"),
        ({"group": "Sea and Sky"}, "group"),
        ({"licence": "MIT"}, "licence"),
    ],
)
def test_a_broken_fact_is_found(changes: dict[str, Any], said: str) -> None:
    assert said in found(**changes)


def test_a_missing_field_is_found() -> None:
    assert "wanted are" in " ".join(rules.problems_of({"id": "f0001", "text": GOOD["text"]}))


def test_initials_and_titles_end_no_sentence() -> None:
    assert rules.sentences_in("It was St. Mark who met J. R. Smith there. They spoke.") == 2


def test_two_facts_that_say_nearly_the_same_are_found() -> None:
    other = GOOD | {"id": "f0002", "text": "A knot is one nautical mile an hour, sailors reckon."}
    assert list(wording.alike([GOOD, other])) == [("f0001", "f0002")]
    assert (
        list(wording.alike([GOOD, other | {"text": "Ropes are made of hemp or of steel."}])) == []
    )


def test_too_few_facts_and_too_many_of_a_group_are_found() -> None:
    many = [GOOD | {"id": f"f{n:04}", "text": f"Fact{n} of{n} its{n} own{n}"} for n in range(61)]
    said = " ".join(rules.problems_between(many))
    for part in ("There are 61 facts", "0 facts belong", "There are 1 groups", "has 61 facts"):
        assert part in said
    assert "occurs more than once" in " ".join(rules.problems_between([GOOD, GOOD]))


def test_the_tool_prints_a_report_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules.main() == 0
    printed = capsys.readouterr().out
    assert f"{len(FACTS)} facts in" in printed
    assert "belong to a day" in printed


def test_the_tool_names_what_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_text(json.dumps(GOOD | {"text": "Short."}) + "\n", encoding="utf-8")
    monkeypatch.setattr(rules, "FACTS", path)
    assert rules.main() == 1
    assert "f0001: has 6 characters" in capsys.readouterr().out
