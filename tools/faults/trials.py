"""Try a fault: put it into a copy of the tree and run the tests that could notice it, in a fork."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from faults import Fault
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parents[2]
_PROFILE = "faults"
_PHASES = (Phase.explicit, Phase.generate)  # a failure is enough, it need not be a small one
_QUIET = (
    *("-x", "-q", "-p", "no:xdist", f"--hypothesis-profile={_PROFILE}"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
_OWN = ("newsletter", "builders", "conftest", "support", "test_", "tests", "__m")
_LOADED = Path("loaded.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """The tests of one module, and how long they may take."""

    module: Path
    source: bytes
    tests: tuple[str, ...]  # their files, and what else pytest is told
    seconds: float

    def survivors(self, faults: Sequence[Fault]) -> Iterator[Fault]:
        """Yield the faults that no test notices; tests that hang notice."""
        _compiled(self.module).unlink(missing_ok=True)
        try:
            for fault in faults:
                self.module.write_bytes(fault.planted(self.source))
                if _in_fork(_run, self.tests, seconds=self.seconds) == 0:
                    yield fault
        finally:
            self.module.write_bytes(self.source)


def enter(tree: Path, tests: Path) -> None:
    """Copy the tree, go there, and load what the tests load of other people's packages.

    A fork then has to load our own modules only.
    """
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "demo", "__pycache__"))
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    settings.register_profile(_PROFILE, deadline=None, derandomize=True, phases=_PHASES)
    _in_fork(_load, (str(tests),), seconds=600)
    for name in _LOADED.read_text().split():
        with suppress(Exception):
            importlib.import_module(name)


def begin(module: Path, tests: Sequence[Path], *, only: str) -> Trials | None:
    """Run a module's tests as it stands; None when they fail, or there are none.

    `only` is an expression of `pytest -k`.
    """
    paths = (*map(str, tests), "-k", only)
    start = time.monotonic()
    if not tests or _in_fork(_run, paths, seconds=600) != 0:
        return None
    seconds = 10 + 3 * (time.monotonic() - start)
    return Trials(module=module, source=module.read_bytes(), tests=paths, seconds=seconds)


def tests_of(module: Path, folder: Path) -> list[Path]:
    """List the tests that import a module, or one of its folder that does; the former first."""
    tests = sorted(folder.rglob("test_*.py"))
    direct = [path for path in tests if imports(path) & _names(module)]
    around = [path for path in tests if imports(path) & _users(module)]
    return [*direct, *(path for path in around if path not in direct)]


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the names of modules that a file imports, and of what it takes out of them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return frozenset(found)


@cache
def _users(module: Path) -> frozenset[str]:
    """Return the names of a module and of those of its folder that import it, near or far."""
    found = _names(module)
    siblings = [path for path in sorted(module.parent.glob("*.py")) if path.stem != "__init__"]
    for _ in siblings:
        found = found.union(*(_names(one) for one in siblings if imports(one) & found))
    return found


def _names(module: Path) -> frozenset[str]:
    """Return what a module is imported as: its name, and what its package passes on of it."""
    package, own = ".".join(module.parent.parts), ".".join(module.with_suffix("").parts)
    if module.stem == "__init__":
        return frozenset({package})
    passed_on = imports(module.with_name("__init__.py"))
    parts = {name.removeprefix(own) for name in passed_on if name.startswith(f"{own}.")}
    return frozenset({own, *(package + part for part in parts)})


def _compiled(module: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(module)))


def _in_fork(work: Callable[[Sequence[str]], None], paths: Sequence[str], *, seconds: float) -> int:
    """Do work in a fork of this process; return what it exits with, -9 when it was ended."""
    process = multiprocessing.get_context("fork").Process(target=work, args=(paths,))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode or 0


def _load(paths: Sequence[str]) -> None:
    code = _pytest([*paths, "--collect-only"])
    _LOADED.write_text("\n".join(name for name in sys.modules if not name.startswith(_OWN)))
    sys.exit(code)


def _run(paths: Sequence[str]) -> None:
    # Written within the same second a module of the same size would pass for the one before.
    sys.dont_write_bytecode = True
    sys.exit(_pytest(paths))


def _pytest(arguments: Sequence[str]) -> int:
    """Run pytest in silence, whatever writes to the terminal and by whatever way."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return int(pytest.main([*_QUIET, *arguments]))
