"""Small files, small functions, and a sentence on everything public."""

from __future__ import annotations

import ast
from statistics import median

from builders_source import Module, functions, length, modules, public_definitions

LONGEST_FILE, MEDIAN_FILE = 400, 150
LONGEST_FUNCTION, MEDIAN_FUNCTION = 50, 8
NO_CONCEPT = {"util", "utils", "helper", "helpers", "common", "manager", "service", "handler"}
# A migration is a record of what was done to a database; it is never changed and never called.
RECORDS = "newsletter/storage/migrations/versions/"


def test_no_file_is_long() -> None:
    found = {module.name: module.lines for module in modules()}
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FILE} == {}


def test_most_files_are_shorter_still() -> None:
    assert median(module.lines for module in modules()) <= MEDIAN_FILE


def test_no_function_is_long() -> None:
    found = {
        f"{module.name}: {one.name}": length(one)
        for module in modules()
        for one in functions(module)
        if not module.name.startswith(RECORDS)
    }
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    lengths = [length(one) for module in modules() for one in functions(module)]
    assert median(lengths) <= MEDIAN_FUNCTION


def test_every_module_says_what_it_is() -> None:
    silent = [module.name for module in modules() if not first_line(module.tree).endswith(".")]
    assert silent == []


def test_everything_public_is_explained_in_a_sentence() -> None:
    silent = [
        f"{module.name}: {name}"
        for module in modules()
        for name, node in public_definitions(module)
        if not first_line(node).endswith(".")
    ]
    assert silent == []


def test_every_module_is_named_after_a_concept() -> None:
    assert [module.name for module in modules() if name_parts(module) & NO_CONCEPT] == []


def name_parts(module: Module) -> set[str]:
    """Give the folders and the file of a module, as bare names."""
    return {part.removesuffix(".py").strip("_") for part in module.name.split("/")}


def first_line(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Give the first line of a docstring; nothing when there is none."""
    return (ast.get_docstring(node) or "").partition("\n")[0]
