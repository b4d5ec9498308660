"""How long `newsletter --help` takes, against importing Typer alone: the two in turn, medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 21
BARE = [sys.executable, "-c", "import typer"]
HELP = [sys.executable, "-m", "newsletter", "--help"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    pairs = [(seconds(HELP), seconds(BARE)) for _ in range(ROUNDS)]
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"newsletter --help    {statistics.median(a for a, _ in pairs) * 1000:6.0f} ms")
    print(f"import typer         {statistics.median(b for _, b in pairs) * 1000:6.0f} ms")
    print(f"ratio                {ratio:6.2f}   (limit 1.6)")


if __name__ == "__main__":
    main()
