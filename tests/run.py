"""Run everything `make test` stands for: lint, types, import directions, then every test.

    python tests/run.py           all of it
    python tests/run.py --lint    without the tests

What the tests need beyond Python packages is a Chromium and a PgBouncer: those on this machine,
else Debian's packages where we may install them, else (Chromium) Playwright's own download.
Nothing is skipped silently: when something cannot be had, the run fails and says what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHROMIUM = "NEWSLETTER_TEST_CHROMIUM"  # read by tests/support/chromium.py
PGBOUNCER = "NEWSLETTER_TEST_PGBOUNCER"  # read by tests/support/pgbouncer.py
# The one that never has a window takes half the processor of the others.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
SEARCHED = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
PYTEST: list[str | Path] = [sys.executable, "-m", "pytest"]
CODE = ("newsletter", "tests", "benchmarks", "tools")


def main() -> int:
    lint: list[tuple[str, list[str | Path]]] = [
        ("Style", [BIN / "ruff", "check", *CODE]),
        ("Format", [BIN / "ruff", "format", "--check", *CODE]),
        ("Types", [BIN / "mypy"]),
        ("Import directions", [BIN / "lint-imports", "--no-cache"]),
    ]
    if "--lint" in sys.argv:
        return run_all(lint)
    keep_bytecode()
    with compiling():
        if code := run_all(lint):
            return code
    os.environ[CHROMIUM] = find_chromium()
    os.environ[PGBOUNCER] = find_pgbouncer()
    workers = str(min(os.cpu_count() or 1, 4))
    return run("Tests", [*PYTEST, "-n", workers])


def run_all(steps: list[tuple[str, list[str | Path]]]) -> int:
    """Run one command after the other, up to the first that fails; give its exit code."""
    return next(filter(None, (run(title, command) for title, command in steps)), 0)


def run(title: str, command: list[str | Path]) -> int:
    print(f"\n── {title} " + "─" * (70 - len(title)), flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def keep_bytecode() -> None:
    """Let the many processes of the tests compile each module once, and not in this folder."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "bytecode"))


@contextmanager
def compiling() -> Iterator[None]:
    """Have the tests' modules compiled beside what takes one processor, where they never were.

    Else each worker compiles all of them for itself, which takes half a minute.
    """
    if Path(os.environ["PYTHONPYCACHEPREFIX"]).exists():
        yield
        return
    collect = [*PYTEST, "-p", "no:xdist", "--collect-only", "-qq"]
    with subprocess.Popen(collect, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            yield
        except BaseException:
            process.kill()
            raise


def find_chromium() -> str:
    """Return the path of a Chromium, installing one where that is possible."""
    found = on_this_machine(CHROMIUM, NAMES)
    found = found or from_debian((NAMES[0], "fonts-liberation"), CHROMIUM, NAMES)
    found = found or from_playwright()
    if found is None:
        sys.exit(
            "The browser tests need a Chromium, and none could be had. Install one (Debian: "
            f"apt-get install {NAMES[0]}), or name yours with {CHROMIUM}=/path/to/chromium."
        )
    return found


def find_pgbouncer() -> str:
    """Return the path of a PgBouncer, installing one where that is possible."""
    names = ("pgbouncer",)
    found = on_this_machine(PGBOUNCER, names) or from_debian(names, PGBOUNCER, names)
    if found is None:
        sys.exit(
            "The tests of sends through a pooler need a PgBouncer, and none could be had. Install "
            f"one (Debian: apt-get install pgbouncer), or name yours with "
            f"{PGBOUNCER}=/path/to/pgbouncer."
        )
    return found


def on_this_machine(variable: str, names: tuple[str, ...]) -> str | None:
    named = os.environ.get(variable)
    if named and Path(named).is_file():
        return named
    return next(filter(None, (shutil.which(name, path=SEARCHED) for name in names)), None)


def from_debian(packages: tuple[str, ...], variable: str, names: tuple[str, ...]) -> str | None:
    """Install Debian's packages, where this is Debian and we are root."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    print(f"Installing {packages[0]} from Debian …", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--no-install-recommends", *packages]):
        command = ["apt-get", *step, "-y", "-qq"]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=quiet)
    return on_this_machine(variable, names)


def from_playwright() -> str | None:
    """Let Playwright download its own build."""
    from playwright.sync_api import sync_playwright

    print("Downloading Playwright's Chromium …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


if __name__ == "__main__":
    sys.exit(main())
