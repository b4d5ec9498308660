"""The project's own source as text and syntax trees, for the tests of its architecture."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "newsletter"
Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.ClassDef | Function


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file."""

    name: str  # relative to the project, as in "newsletter/app.py"
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Count its lines."""
        return len(self.text.splitlines())


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the package."""
    return tuple(_module(path) for path in sorted(PACKAGE.rglob("*.py")))


def functions(module: Module) -> Iterator[Function]:
    """Yield all functions and methods of a module, nested ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Count the lines of a function, without its docstring and decorators."""
    whole = _last_line(function) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return whole
    return whole - (_last_line(function.body[0]) - function.body[0].lineno + 1)


def public_definitions(module: Module) -> Iterator[tuple[str, Documented]]:
    """Yield public classes, functions and methods with their dotted names."""
    return _public(module.tree, "")


def words(identifier: str) -> list[str]:
    """Split a name into its lower-case words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", identifier).replace("_", " ")
    return spaced.lower().split()


def _module(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix()
    return Module(name, text, ast.parse(text, filename=name))


def _public(parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Documented]]:
    for node in parent.body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{prefix}{node.name}.")


def _last_line(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno
