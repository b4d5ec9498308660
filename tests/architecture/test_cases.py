"""The acceptance cases of delivery: each has tests, and docs/delivery.md says where."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.support.source_code import ROOT

TESTS = ROOT / "tests"
_NUMBERED = re.compile(r"test_case_((?:\d\d_)+)")
_ROW = re.compile(r"^\| (\d+) \|.*\| (.*) \|$", re.MULTILINE)


def cases_tested() -> dict[int, set[str]]:
    """Return the files of tests for each case, by the numbers in the tests' names."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for file in TESTS.rglob("test_*.py"):
        for name in names_in(file):
            numbered = _NUMBERED.match(name)
            for number in numbered[1].split("_")[:-1] if numbered else ():
                found[int(number)].add(file.stem)
    return dict(found)


def names_in(file: Path) -> list[str]:
    """List the functions of a file whose names say that they are tests."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def cases_documented() -> dict[int, set[str]]:
    """Return the files each case names in the documentation."""
    text = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    return {int(number): set(re.findall(r"`(\w+)`", files)) for number, files in _ROW.findall(text)}


def test_each_of_the_cases_has_tests() -> None:
    assert sorted(cases_tested()) == list(range(1, 40))


def test_the_documentation_says_where_each_case_is_tested() -> None:
    assert cases_documented() == cases_tested()
