"""What every check promises: found by its name, documented, pure, and able to fail.

A new check needs an example: a file in `check_examples/`, whose `BROKEN` has a message in which it
has to find something, and whose `NEARLY` has one that is just good enough, each by its code.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.core.model.findings import Fault, Severity
from newsletter.message import check
from newsletter.message.check import Checked
from newsletter.message.html.document import parse
from tests.support.checked import good
from tests.support.edition import make_edition, make_story
from tests.support.plugins import examples

CODES = check.codes()
MODULES = {
    code: importlib.import_module(f"newsletter.message.checks.{code.replace('-', '_')}")
    for code in CODES
}
IMPURE = {"os", "pathlib", "io", "socket", "time", "datetime", "random", "sqlite3", "subprocess"}
FOLDER = Path(__file__).parent / "check_examples"
BROKEN: dict[str, Callable[[], Checked]] = {}
NEARLY: dict[str, Callable[[], Checked]] = {}
for found in examples(FOLDER).values():
    BROKEN |= found.BROKEN
    NEARLY |= getattr(found, "NEARLY", {})


def findings(code: str, checked: Checked) -> list[Fault]:
    return list(MODULES[code].check(checked))


def test_every_check_has_an_example_that_fails() -> None:
    assert sorted(BROKEN) == list(CODES), f"write an example into {FOLDER}"


@pytest.mark.parametrize("code", CODES)
def test_a_good_message_has_no_finding(code: str) -> None:
    assert findings(code, good()) == []


@pytest.mark.parametrize("code", NEARLY)
def test_what_is_just_good_enough_has_no_finding(code: str) -> None:
    assert findings(code, NEARLY[code]()) == []


@pytest.mark.parametrize("code", CODES)
def test_the_example_is_found_and_said_in_sentences(code: str) -> None:
    found = findings(code, BROKEN[code]())
    assert found
    for fault in found:
        for text in (fault.message, fault.hint):
            assert re.match(r"[A-Z0-9“<]", text), text
            assert text.endswith((".", "…")), text


@pytest.mark.parametrize("code", CODES)
def test_the_example_is_measured_against_its_limit_at_its_place(code: str) -> None:
    broken = BROKEN[code]()
    for fault in findings(code, broken):
        assert fault.measured
        assert fault.limit
        assert fault.place is not None
        if fault.place.tag:
            assert fault.place.index < len(list(parse(broken.html).all(fault.place.tag)))


@pytest.mark.parametrize("code", CODES)
def test_a_check_names_itself_as_its_file_and_has_a_level(code: str) -> None:
    assert code == MODULES[code].CODE
    assert MODULES[code].LEVEL in set(Severity) - {Severity.OFF}


@pytest.mark.parametrize("code", CODES)
def test_a_check_is_documented(code: str) -> None:
    module = MODULES[code]
    assert re.fullmatch(r"[A-Z].+\.", (module.__doc__ or "").strip(), re.DOTALL)
    assert re.match(r"Find .+\.$", inspect.getdoc(module.check) or "", re.DOTALL)


@pytest.mark.parametrize("code", CODES)
def test_a_check_is_pure(code: str) -> None:
    tree = ast.parse(inspect.getsource(MODULES[code]))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} & IMPURE == set()
    broken = BROKEN[code]()
    assert findings(code, broken) == findings(code, broken)


@pytest.mark.parametrize("code", CODES)
def test_an_empty_message_is_checked_without_an_exception(code: str) -> None:
    blank = make_story(headline="", paragraphs=(), image=None)
    empty = replace(
        good(),
        edition=make_edition(stories=(blank,)),
        message=replace(good().message, preheader="", fields=()),
        subject="",
        html="",
        text="",
        unsubscribe_url="",
    )
    findings(code, empty)
