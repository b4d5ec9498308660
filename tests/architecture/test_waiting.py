"""No test judges by less than half a minute of a clock on the wall: machines have other work."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.source_code import modules

TESTS = Path(__file__).parents[1]
LEAST = 30.0  # seconds
LIMITS = {"timeout", "deadline"}  # arguments and keys that say how long something may take
WAITS = {"acquire", "communicate", "join", "result", "settimeout", "settle", "sleep", "wait"}
CLOCKS = {"monotonic", "perf_counter", "time"}
# A time-out that is the subject is `SHORT` of tests/support/time.py, with its time held. What else
# is short:
ALLOWED = {
    "time.py: sleep(0.02)": "between two looks",
    "harness.py: timeout=0.25": "lost answers are the subject; a doubt too many is recalled",
    "harness.py: timeout=1": "between two looks",
    "test_probes_network.py: wait(0.01)": "so that a second request would be seen",
    "test_never_again.py: wait(0.5)": "for what the database's lock holds up anyway",
    "test_sandbox_webhook.py: settle(0.05)": "that it does not happen is the subject",
    "test_schedule_daemon.py: wait(0.1)": "a tick is at work, however long",
    "test_schedule_daemon.py: wait(0.15)": "a tick is at work, however long",
    "test_sqlite.py: join(0.3)": "that it does not happen is the subject",
    "test_desk_truth.py: wait(1)": "so that a second writer would have written",
    "editors_morning.py: sleep(0.02)": "between two looks",
    "test_http_client.py: wait(0.01)": "a server that reads slowly",
}


def short_waits(source: str) -> Iterator[str]:
    """Find every wait and limit of less than half a minute."""
    tree = ast.parse(source)
    known = dict(constants(tree))
    for node in ast.walk(tree):
        yield from limits(node, known)
        yield from waits(node, known)
        yield from races(node, known)


def constants(tree: ast.Module) -> Iterator[tuple[str, float]]:
    """List the numbers that have a name in a module."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and (number := number_of(node.value, {})) is not None:
            yield from ((one.id, number) for one in node.targets if isinstance(one, ast.Name))


def number_of(node: ast.expr | None, known: dict[str, float]) -> float | None:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return float(node.value)
    return None


def is_short(node: ast.expr | None, known: dict[str, float]) -> bool:
    number = number_of(node, known)
    return number is not None and number < LEAST


def limits(node: ast.AST, known: dict[str, float]) -> Iterator[str]:
    """Find limits that are given by name: as an argument, its default, or a key."""
    given: list[tuple[str | None, ast.expr | None]] = []
    if isinstance(node, ast.Call):
        given = [(one.arg, one.value) for one in node.keywords]
    elif isinstance(node, ast.Dict):
        given = [
            (str(key.value) if isinstance(key, ast.Constant) else None, value)
            for key, value in zip(node.keys, node.values, strict=True)
        ]
    elif isinstance(node, ast.arguments):
        placed = node.args[len(node.args) - len(node.defaults) :]
        given = [(one.arg, value) for one, value in zip(placed, node.defaults, strict=True)]
        named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        given += [(one.arg, value) for one, value in named]
    for name, value in given:
        if name and name.lower() in LIMITS and is_short(value, known):
            yield f"{name}={number_of(value, known):g}"


def waits(node: ast.AST, known: dict[str, float]) -> Iterator[str]:
    """Find what is waited for so long, and what happens if it does not come."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        on_a_clock = ast.unparse(node.func.value).endswith("clock")  # it moves when it is told to
        if node.func.attr in WAITS and not on_a_clock and is_short(node.args[0], known):
            yield f"{node.func.attr}({number_of(node.args[0], known):g})"


def races(node: ast.AST, known: dict[str, float]) -> Iterator[str]:
    """Find comparisons of a clock on the wall with so little time."""
    if not isinstance(node, ast.Compare):
        return
    asks = any(
        isinstance(one, ast.Attribute) and one.attr in CLOCKS and ast.unparse(one.value) == "time"
        for one in ast.walk(node)
    )
    above = (right for how, right in zip(node.ops, node.comparators, strict=True) if is_upper(how))
    if asks and any(is_short(one, known) for one in above):
        yield ast.unparse(node)


def is_upper(comparison: ast.cmpop) -> bool:
    return isinstance(comparison, ast.Lt | ast.LtE)


def test_nothing_is_judged_by_so_little_time() -> None:
    found = {
        f"{file.name}: {wait}"
        for file in TESTS.rglob("*.py")
        for wait in short_waits(file.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED)


@pytest.mark.parametrize(
    "source",
    [
        "thread.join(5)",
        "event.wait(29.9)",
        "threading.Barrier(4, timeout=20)",
        "settings(delivery={'timeout': 0.5})",
        "def ask(url, *, timeout=5.0): ...",
        "PATIENCE = 10\nevent.wait(PATIENCE)",
        "assert time.monotonic() - begun < 3",
        "time.sleep(1)",
    ],
)
def test_a_short_wait_is_found(source: str) -> None:
    assert list(short_waits(source))


@pytest.mark.parametrize(
    "source",
    [
        "thread.join(60)",
        "', '.join(words)",
        "clock.sleep(7)",
        "assert time.monotonic() - begun > 3",
    ],
)
def test_a_patient_one_is_not(source: str) -> None:
    assert not list(short_waits(source))


def test_no_thread_of_the_program_waits_for_an_event_without_an_end() -> None:
    """A signal that comes as a wait of the main thread begins is heard when the wait is over."""
    found = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in calls(module.tree)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "wait" and not node.args
    ]
    assert found == []


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield every call that no coroutine awaits."""
    awaits = (node for node in ast.walk(tree) if isinstance(node, ast.Await))
    awaited = {inner for node in awaits for inner in ast.walk(node)}
    return (one for one in ast.walk(tree) if isinstance(one, ast.Call) and one not in awaited)
