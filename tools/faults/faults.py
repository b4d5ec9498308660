"""Find the places of a module where a small fault can be planted, and plant one. Pure.

A fault is what a tired person types: a limit off by one, a comparison without its equal, `or` for
`and`, a forgotten argument. Annotations, decorators and f-strings are left alone.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

Defaults = Mapping[str, frozenset[str]]  # name of a function or class → arguments with a default

_COMPARISONS: Mapping[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_UNTOUCHED = {"annotation", "returns", "decorator_list"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One change to the bytes of a module."""

    line: int
    start: int
    end: int
    new: bytes

    def planted(self, source: bytes) -> bytes:
        """Return the module with the fault in it."""
        return source[: self.start] + self.new + source[self.end :]


@dataclass(frozen=True, slots=True)
class _Text:
    """The bytes of a module, and where its nodes stand in them."""

    source: bytes
    starts: tuple[int, ...]  # of each line

    def span(self, node: ast.expr | ast.keyword) -> tuple[int, int]:
        """Return where a node begins and ends."""
        last, column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[last - 1] + column

    def fault(self, start: int, end: int, new: str) -> Fault:
        """Return the fault that puts `new` between two places."""
        return Fault(self.source.count(b"\n", 0, start) + 1, start, end, new.encode())

    def instead_of(self, node: ast.expr, new: str) -> Fault:
        """Return the fault that puts `new` for a node."""
        return self.fault(*self.span(node), new)

    def between(self, left: ast.expr, right: ast.expr, *, pattern: str, new: str) -> Fault | None:
        """Return the fault that puts `new` for the operator between two nodes."""
        start, end = self.span(left)[1], self.span(right)[0]
        found = re.search(pattern.encode(), self.source[start:end])
        return self.fault(start + found.start(), start + found.end(), new) if found else None


def faults_of(source: bytes, defaults: Defaults) -> list[Fault]:
    """List every fault that can be planted in a module, from top to bottom."""
    starts = (0, *accumulate(len(line) for line in source.splitlines(keepends=True)))
    text = _Text(source, starts)
    found = (one for node in _nodes(ast.parse(source)) for one in _faults(node, text, defaults))
    return sorted({one for one in found if one}, key=lambda one: (one.start, one.new))


def defaults_of(trees: Iterable[ast.Module]) -> Defaults:
    """Return which arguments functions and classes can do without, by the bare name of both."""
    found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name] |= {name for name, _ in _optional(node.args)}
            elif isinstance(node, ast.ClassDef):
                found[node.name] |= {
                    one.target.id
                    for one in node.body
                    if isinstance(one, ast.AnnAssign)
                    and one.value
                    and isinstance(one.target, ast.Name)
                }
    return found


def _optional(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = (*arguments.posonlyargs, *arguments.args)[::-1]
    for argument, default in (
        *zip(positional, arguments.defaults[::-1], strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ):
        if default is not None:
            yield argument.arg, default


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):  # Python 3.11 does not know where its parts stand
        return
    yield node
    for name, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        for part in parts if name not in _UNTOUCHED else ():
            if isinstance(part, ast.AST):
                yield from _nodes(part)


def _faults(node: ast.AST, text: _Text, defaults: Defaults) -> Iterator[Fault | None]:
    match node:
        case ast.Compare():
            yield from _comparisons(node, text)
        case ast.BoolOp():
            yield from _connections(node, text)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield _sum(node, text)
        case ast.UnaryOp(op=ast.Not()):
            start, end = text.span(node)[0], text.span(node.operand)[0]
            yield text.fault(start, end, text.source[start:end].decode().replace("not ", ""))
        case ast.Constant():
            yield from _constants(node, text)
        case ast.Call():
            yield from _calls(node, text, defaults)
        case ast.Return(value=ast.expr() as value):
            yield _answer(value, text)
        case ast.If(test=test) | ast.IfExp(test=test):
            yield _condition(test, text)
        case ast.comprehension(ifs=tests):
            yield from (text.instead_of(test, "True") for test in tests)
        case _:
            return


def _comparisons(node: ast.Compare, text: _Text) -> Iterator[Fault | None]:
    operands = pairwise((node.left, *node.comparators))
    for (left, right), operator in zip(operands, node.ops, strict=True):
        pattern, new = _COMPARISONS[type(operator)]
        yield text.between(left, right, pattern=pattern, new=new)


def _connections(node: ast.BoolOp, text: _Text) -> Iterator[Fault | None]:
    old, new, nothing = (
        ("and", "or", "True") if isinstance(node.op, ast.And) else ("or", "and", "False")
    )
    for left, right in pairwise(node.values):
        yield text.between(left, right, pattern=rf"\b{old}\b", new=new)
    yield from (text.instead_of(value, nothing) for value in node.values)


def _sum(node: ast.BinOp, text: _Text) -> Fault | None:
    for side in (node.left, node.right):
        if isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str):
            return None  # texts have no difference
    pattern, new = (r"\+", "-") if isinstance(node.op, ast.Add) else ("-", "+")
    return text.between(node.left, node.right, pattern=pattern, new=new)


def _condition(test: ast.expr, text: _Text) -> Fault | None:
    """Turn a condition around that nothing else here turns around."""
    if isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        return None
    start, end = text.span(test)
    return text.fault(start, end, f"not ({text.source[start:end].decode()})")


def _constants(node: ast.Constant, text: _Text) -> Iterator[Fault]:
    if isinstance(node.value, bool):
        yield text.instead_of(node, str(not node.value))
    elif isinstance(node.value, int):
        yield from (text.instead_of(node, str(node.value + step)) for step in (-1, 1))


def _answer(value: ast.expr, text: _Text) -> Fault | None:
    match value:
        case ast.Constant(value=bool()):
            return None  # turned around as every constant is
        case ast.Constant(value=None):
            return text.instead_of(value, "True")
        case _:
            return text.instead_of(value, "None")


def _calls(node: ast.Call, text: _Text, defaults: Defaults) -> Iterator[Fault]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if isinstance(node.func, ast.Name) and name in _SWAPPED:
        yield text.instead_of(node.func, _SWAPPED[name])
    if name == "timedelta" and not node.args and not node.keywords:
        yield text.instead_of(node, "timedelta(seconds=1)")
    for keyword in node.keywords:
        if keyword.arg in defaults.get(name, ()):
            start, end = text.span(keyword)
            comma = re.match(rb"\s*,\s*", text.source[end:])
            yield text.fault(start, end + (comma.end() if comma else 0), "")
