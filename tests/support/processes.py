"""Commands as real processes that start at once: forked from one that has loaded everything."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from newsletter.core import plugins
from tests.support.outputs import OUTPUTS
from tests.support.time import PATIENCE

LOADED = (
    "newsletter.app",
    "newsletter.content.chain",
    "newsletter.delivery.audit.evidence",
    "newsletter.cli.audit",
    "newsletter.cli.send",
    "newsletter.cli.subscribers",
    "newsletter.delivery.sender",
    "newsletter.delivery.sends",
    "newsletter.content.web.opening",
    "newsletter.content.library.dictionary",
    "newsletter.editions.assembler",
    "newsletter.editions.proofs",
    "newsletter.delivery.providers.sendgrid.provider",
    "newsletter.content.sources.library",
    "newsletter.content.sources.markdown",
    "newsletter.delivery.control",
    "newsletter.delivery.worker",
    "newsletter.message.render.inline",
    "newsletter.message.render.jinja",
    "newsletter.storage.approvals",
    "newsletter.storage.used_content",
    "newsletter.storage.sends.audit_record",
    "newsletter.storage.fetched",
    "newsletter.storage.sends.ledger",
    "newsletter.storage.sends.recalls",
    "newsletter.storage.migrate",
    "newsletter.subscribers.imports.importer",
    "psycopg",
    "rich.console",
    "rich.progress",
    "rich.table",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    *(f"newsletter.message.checks.{name}" for name in plugins.names("newsletter.message.checks")),
)
_CONTEXT = multiprocessing.get_context("forkserver")
_PRELOADED = ("chaos", "processes", "warm")
_CONTEXT.set_forkserver_preload([*(f"tests.support.{one}" for one in _PRELOADED), *LOADED])
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Running:
    """A command at work; all it says goes to two files."""

    process: BaseProcess
    out: Path
    err: Path

    @property
    def returncode(self) -> int | None:
        """Return the exit code, negative for the signal that ended it, None while it runs."""
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal; harmless when it has ended."""
        if self.process.is_alive() and self.process.pid:
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def wait(self) -> int:
        """Wait for its end; give the exit code."""
        self.process.join(2 * PATIENCE)
        assert self.process.exitcode is not None, f"still at work after {2 * PATIENCE} s"
        return self.process.exitcode

    def said(self) -> str:
        """Return what it has said up to now."""
        return self.out.read_text(encoding="utf-8") if self.out.exists() else ""

    def communicate(self) -> tuple[str, str]:
        """Wait for its end; give what it said."""
        self.wait()
        return self.said(), self.err.read_text(encoding="utf-8")


def start(
    words: Sequence[str], *, root: Path, environment: Mapping[str, str], output: Path
) -> Running:
    """Start `newsletter WORDS` in a folder, with this environment and nothing else.

    What it says goes to files in the folder `output`.
    """
    OUTPUTS.given(environment)
    output.mkdir(parents=True, exist_ok=True)
    number = next(_numbers)
    out, err = output / f"{number}.out", output / f"{number}.err"
    process = fork(_run, tuple(words), str(root), dict(environment), str(out), str(err))
    return Running(process, out, err)


def fork(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Call a function in a process of its own, in which everything is loaded already."""
    _start_server()
    process = _CONTEXT.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


@cache
def _start_server() -> None:
    """Start the process that all are forked from; it has to be told where the builders lie."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()


def _run(
    words: tuple[str, ...], root: str, environment: dict[str, str], out: str, err: str
) -> None:
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    for name, descriptor in ((out, 1), (err, 2)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    sys.argv = ["newsletter", *words]
    from newsletter.cli import main

    main()
