"""Build the release, and prove it: the same bytes twice, nothing missing, at work on every Python.

    make release                     from the last commit; uncommitted changes are refused
    python tools/release/release.py --into DIR

Nothing is uploaded. `.github/workflows/release.yml` does that, from a tag, with what this made.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BILL = "sboms/sbom.cdx.json"
OLDEST = (3, 11)
NEWEST = (3, 15)


def main() -> int:
    """Build, compare, check and try the packages; print what they are."""
    into = Path(sys.argv[2]).resolve() if sys.argv[1:2] == ["--into"] else ROOT / "dist"
    if said("git", "status", "--porcelain"):
        sys.exit("The project has uncommitted changes: a release is made of a commit.")
    with tempfile.TemporaryDirectory() as name:
        first, second = (built(Path(name) / one) for one in ("first", "second"))
        compare(first, second)
        into.mkdir(parents=True, exist_ok=True)
        files = [Path(shutil.copy2(file, into)) for file in first]
    look_into(files)
    wheel = next(file for file in files if file.suffix == ".whl")
    worked = [version for version, python in pythons() if works(wheel, python, version)]
    for file in files:
        print(f"{digest(file)}  {file.name}  {file.stat().st_size:,} bytes")
    print(f"The demo ran from the wheel on Python {', '.join(worked)}.")
    return 0


def built(folder: Path) -> list[Path]:
    """Build sdist and wheel from a copy of the commit that is nothing but the commit."""
    source = folder / "source"
    source.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", source], input=archive.stdout, check=True)
    moment = said("git", "log", "-1", "--format=%ct")
    run(
        *(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "made", source),
        SOURCE_DATE_EPOCH=moment,
    )
    return sorted((folder / "made").iterdir())


def compare(first: Sequence[Path], second: Sequence[Path]) -> None:
    """Hold the two builds against each other, byte by byte."""
    ours, again = ([(file.name, digest(file)) for file in files] for files in (first, second))
    if ours != again:
        sys.exit(f"Two builds of one commit differ: {ours} and {again}.")


def look_into(files: Sequence[Path]) -> None:
    """Check what the packages say of themselves and hold; the bill of materials is in the wheel."""
    run(sys.executable, "-m", "twine", "check", "--strict", *files)
    for wheel in (file for file in files if file.suffix == ".whl"):
        run(sys.executable, "-m", "check_wheel_contents", wheel)
        names = zipfile.ZipFile(wheel).namelist()
        if not any(name.endswith(f".dist-info/{BILL}") for name in names):
            sys.exit(f"{wheel.name} carries no {BILL}.")


def pythons() -> Iterator[tuple[str, Path]]:
    """Find every Python we support on this machine, the oldest first."""
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        version = f"3.{minor}"
        kept = sorted(managed.glob(f"{version}.*/bin/python{version}"))
        if found := (str(kept[-1]) if kept else shutil.which(f"python{version}")):
            yield version, Path(found)


def works(wheel: Path, python: Path, version: str) -> bool:
    """Install the wheel into an empty environment, and run the demo from an empty folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(python, "-m", "venv", folder / "venv")
        tools = folder / "venv" / "bin"
        run(tools / "python", "-m", "pip", "install", "-q", wheel)
        print(f"── The demo on Python {version}", flush=True)
        told = run(tools / "newsletter", "demo", cwd=folder, quiet=True)
    if not re.search(r"\bevery recipient\b|\bcomplete\b", told, re.IGNORECASE):
        sys.exit(f"The demo on Python {version} proved nothing:\n{told}")
    return True


def run(*words: object, cwd: Path = ROOT, quiet: bool = False, **more: str) -> str:
    """Run a command; end with what it said when it fails. Settings of ours reach it not."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=kept | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or not quiet:
        print(done.stdout, flush=True)
    if done.returncode:
        sys.exit(f"{' '.join(str(word) for word in words)} ended with {done.returncode}.")
    return done.stdout


def said(*words: str) -> str:
    """Return what a command wrote, in one line."""
    return subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
