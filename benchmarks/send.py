"""How fast an edition is handed over, against a bare reference in the same run.

    python benchmarks/send.py [RECIPIENTS …]        default: 10000 100000

Both post batches of 1,000 with name, link and header for each recipient to the same sink on this
machine, and both keep a durable record of every batch.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import publication
from apart import apart
from reference import ready_made, reference
from sink import sink

CONNECTIONS = 4


def main() -> None:
    counts = [int(word) for word in sys.argv[1:]] or [10_000, 100_000]
    with sink() as port:
        floor = 1000 * 1000 / ready_made(port, 1000)
    print(f"the sink takes ready-made bodies of {floor:,.0f} recipients/s on one connection")
    print(f"{'recipients':>12} {'newsletter':>14} {'reference':>14} {'ratio':>7} {'memory':>18}")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, sink() as port:
            root = Path(folder)
            apart(_make, root, count, port)
            bare = apart(reference, root, port, CONNECTIONS)
            ours = apart(publication.send, root)
        print(
            f"{count:>12,} {count / ours.seconds:>12,.0f}/s {count / bare.seconds:>12,.0f}/s "
            f"{bare.seconds / ours.seconds:>7.2f} {ours.memory:>7.0f} / {bare.memory:.0f} MB"
        )


def _make(root: Path, count: int, port: int) -> float:
    return publication.make(
        root, count=count, port=port, connections=CONNECTIONS, database="sqlite:///newsletter.db"
    )


if __name__ == "__main__":
    main()
