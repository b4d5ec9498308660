"""Commands as real processes that start at once: forked from one that has loaded everything."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

_LOADED = (
    "newsletter.app",
    "newsletter.assembling",
    "newsletter.cli.send",
    "newsletter.delivery.send",
    "newsletter.proofing",
    "newsletter.providers.sendgrid",
    "newsletter.sources.markdown",
    "newsletter.storage.ledger",
    "rich.console",
    "rich.progress",
    "rich.table",
)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["builders_processes", *_LOADED])


def start(
    words: Sequence[str], *, root: Path, environment: Mapping[str, str], output: Path
) -> BaseProcess:
    """Start `newsletter WORDS` in a folder; all it says goes to the file `output`."""
    process = _CONTEXT.Process(
        target=_run, args=(tuple(words), str(root), dict(environment), str(output))
    )
    process.start()
    return process


def _run(words: tuple[str, ...], root: str, environment: dict[str, str], output: str) -> None:
    os.chdir(root)
    os.environ.update(environment)
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv = ["newsletter", *words]
    from newsletter.cli import main

    main()
