"""Where `tools/faults` plants a fault, and what it makes of the line."""

from __future__ import annotations

import ast
import importlib
import sys
from typing import Any

import pytest

from tests.support.source_code import ROOT, modules

TOOL = ROOT / "tools" / "faults"  # no package, and not installed


@pytest.fixture(scope="module")
def faults() -> Any:
    sys.path.append(str(TOOL))
    return importlib.import_module("faults")


@pytest.mark.parametrize(
    ("line", "planted"),
    [
        ("a < b", ["a <= b"]),
        ("a >= b != c", ["a > b != c", "a >= b == c"]),
        ("a is not None", ["a is None"]),
        ("a not in b", ["a in b"]),
        ("a and b", ["True and b", "a or b", "a and True"]),
        ("(a) or b", ["(False) or b", "(a) and b", "(a) or False"]),
        ("not a", ["a"]),
        ("'é' + a", []),
        ("due - lead", ["due + lead"]),
        ("timedelta(minutes=20)", ["timedelta(minutes=19)", "timedelta(minutes=21)"]),
        ("timedelta()", ["timedelta(seconds=1)"]),
        ("min(a)", ["max(a)"]),
        ("'é', True", ["'é', False"]),
        ("x if a else y", ["x if not (a) else y"]),
        ("[x for x in y if x]", ["[x for x in y if True]"]),
        ("sent(a, by=b, at=c)", ["sent(a, at=c)"]),
        ("f'{a < 1}'", []),
    ],
)
def test_a_line_has_these_faults(faults: Any, line: str, planted: list[str]) -> None:
    source = line.encode()
    found = faults.faults_of(source, {"sent": frozenset({"by"})})
    assert [one.planted(source).decode() for one in found] == planted


def test_what_is_returned_is_exchanged(faults: Any) -> None:
    source = b"def f(a: int = 0) -> int | None:\n    return a\n    return None\n    return False\n"
    found = faults.faults_of(source, {})
    assert [(one.line, one.new) for one in found] == [
        (1, b"-1"),
        (1, b"1"),
        (2, b"None"),
        (3, b"True"),
        (4, b"True"),
    ]


def test_arguments_with_a_default_are_those_of_functions_and_classes(faults: Any) -> None:
    source = "def f(a, b=1, *, c, d=2): ...\nclass G:\n    e: int\n    g: int = 3\n"
    defaults = faults.defaults_of([ast.parse(source)])
    assert (defaults["f"], defaults["G"]) == ({"b", "d"}, {"g"})


def test_every_module_with_a_fault_in_it_can_still_be_read(faults: Any) -> None:
    defaults = faults.defaults_of(module.tree for module in modules())
    for module in modules():
        if module.name.startswith(("newsletter/core/", "newsletter/delivery/")):
            source = (ROOT / module.name).read_bytes()
            for fault in faults.faults_of(source, defaults)[::7]:
                planted = fault.planted(source)
                assert planted != source
                ast.parse(planted)
