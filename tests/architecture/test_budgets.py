"""Small files, small functions, and a sentence on everything public."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from statistics import median

import pytest
from builders_source import Module, functions, length, modules, public_definitions

LONGEST_FILE, MEDIAN_FILE = 400, 150
LONGEST_FUNCTION, MEDIAN_FUNCTION = 50, 8
NO_CONCEPT = {"util", "utils", "helper", "helpers", "common", "manager", "service", "handler"}
# A migration is a record of what was done to a database; it is never changed and never called.
RECORDS = "newsletter/storage/migrations/versions/"

each_module = pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)


@each_module
def test_file_is_short(module: Module) -> None:
    assert module.lines <= LONGEST_FILE


def test_most_files_are_shorter_still() -> None:
    assert median(module.lines for module in modules()) <= MEDIAN_FILE


@each_module
def test_no_function_is_long(module: Module) -> None:
    if module.name.startswith(RECORDS):
        return
    found = {one.name: length(one) for one in functions(module)}
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    lengths = [length(one) for module in modules() for one in functions(module)]
    assert median(lengths) <= MEDIAN_FUNCTION


@each_module
def test_module_says_what_it_is(module: Module) -> None:
    assert first_line(module.tree).endswith(".")


@each_module
def test_everything_public_is_explained_in_a_sentence(module: Module) -> None:
    lines = {name: first_line(node) for name, node in public_definitions(module)}
    assert [name for name, line in lines.items() if not line.endswith(".")] == []


@each_module
def test_module_is_named_after_a_concept(module: Module) -> None:
    parts = {PurePosixPath(part).stem.strip("_") for part in PurePosixPath(module.name).parts}
    assert not parts & NO_CONCEPT


def first_line(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Give the first line of a docstring; nothing when there is none."""
    return (ast.get_docstring(node) or "").partition("\n")[0]
