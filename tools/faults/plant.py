"""Plant small faults in pure modules, one at a time, and list those that no unit test notices.

    python tools/faults/plant.py                             40 faults in each of the pure modules
    python tools/faults/plant.py --module newsletter/core/calendar.py --most 500
    python tools/faults/plant.py --seed 2                    other faults

It works in a copy of the tree that is thrown away. The tests of a module are those that import it,
or a module of the same folder that does. What survives is printed with its line before and after:
either it makes no difference that anybody could see, or a test is missing. The same seed plants
the same faults, and hypothesis tries the same examples each time.
"""

from __future__ import annotations

import argparse
import ast
import random
import tempfile
import time
from pathlib import Path

import trials
from faults import Defaults, Fault, defaults_of, faults_of

PURE = (
    "core/calendar.py",
    "core/model/recipients.py",
    "core/model/waves.py",
    "core/segments/*.py",
    "content/edition.py",
    "content/pasted/*.py",
    "content/repeats.py",
    "content/runway.py",
    "content/validity.py",
    "subscribers/addresses.py",
    "subscribers/imports/plan.py",
    "subscribers/lifecycle.py",
    "message/merge.py",
    "editions/status.py",
    "delivery/attempts.py",
    "delivery/audit/rules.py",
    "delivery/events/rules.py",
    "delivery/health.py",
    "delivery/outcomes.py",
    "delivery/plan.py",
    "delivery/recall.py",
    "delivery/warmup.py",
    "operations/tick.py",
)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", type=Path, action="append", help="one or more; else all pure")
    parser.add_argument("--most", type=int, default=40, help="faults in a module (default: 40)")
    parser.add_argument("--seed", type=int, default=1, help="which of its faults (default: 1)")
    parser.add_argument("--tests", type=Path, default=Path("tests/unit"), help="folder of tests")
    parser.add_argument("--only", default="", help="which tests, as pytest's -k; else all")
    given = parser.parse_args()
    modules = [path.resolve().relative_to(trials.ROOT) for path in given.module or pure_modules()]
    with tempfile.TemporaryDirectory() as folder:
        trials.enter(Path(folder, "tree"), given.tests)
        defaults = defaults_of(map(parsed, Path("newsletter").rglob("*.py")))
        counts = [plant(module, given, defaults) for module in modules]
    planted, survived = (sum(column) for column in zip(*counts, strict=True))
    print(f"\n{planted} faults planted in {len(modules)} modules; {survived} survived.")


def pure_modules() -> list[Path]:
    """List the modules that `PURE` names."""
    return [path for name in PURE for path in sorted(trials.ROOT.glob(f"newsletter/{name}"))]


def plant(module: Path, given: argparse.Namespace, defaults: Defaults) -> tuple[int, int]:
    """Plant faults in one module and print what survives; return how many of each there were."""
    source, start = module.read_bytes(), time.monotonic()
    found = faults_of(source, defaults)
    chosen = random.Random(given.seed).sample(found, min(given.most, len(found)))
    tests = trials.tests_of(module, given.tests)
    trial = trials.begin(module, tests, only=given.only) if chosen else None
    if trial is None:
        why = "no test of it passes as it stands" if chosen else "there is nothing to plant"
        print(f"{module}: {why}", flush=True)
        return 0, 0
    survived = 0
    for fault in trial.survivors(sorted(chosen, key=lambda one: one.start)):
        survived += 1
        print(told(fault, module, source), flush=True)
    print(
        f"{module}: {len(chosen)} of {len(found)} faults planted, {survived} survived "
        f"{len(tests)} files of tests; {time.monotonic() - start:.0f} s",
        flush=True,
    )
    return len(chosen), survived


def told(fault: Fault, module: Path, source: bytes) -> str:
    """Return where a fault stands, and its line before and after."""
    before = source.splitlines()[fault.line - 1].decode().strip()
    after = fault.planted(source).splitlines()[fault.line - 1].decode().strip()
    return f"{module}:{fault.line}\n    - {before}\n    + {after}"


def parsed(path: Path) -> ast.Module:
    """Read a file as Python."""
    return ast.parse(path.read_bytes())


if __name__ == "__main__":
    main()
