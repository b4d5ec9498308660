"""The morning that the pictures show: the example publication, at a moment that stands still."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from unittest.mock import patch

import uvicorn
from rich.console import Console
from typer.testing import CliRunner

from newsletter.app import App, build
from newsletter.cli import _shell
from newsletter.cli import app as program
from newsletter.core.clock import SystemClock
from newsletter.core.config import settings as configuration
from newsletter.message.render.inline import inline

NAME = "The Harbour Brief"
DAY = date(2026, 3, 9)
BEFORE = date(2026, 3, 8)
MOMENT = datetime(2026, 3, 9, 6, 12, tzinfo=UTC)
COLUMNS = 88
ENVIRONMENT = {"NEWSLETTER_SCHEDULE__APPROVAL": "required"}


@dataclass(frozen=True, slots=True)
class Said:
    """A command and what it wrote, with its colours, as a terminal gets it."""

    words: str
    text: str


@contextmanager
def standing_still(at: datetime = MOMENT) -> Iterator[None]:
    """Let every clock show one moment, and no setting or program of this machine count."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    with (
        patch.object(SystemClock, "now", lambda _: at),
        patch.object(SystemClock, "sleep"),
        patch("newsletter.message.probes.programs.which", return_value=None),
        patch("newsletter.message.render.inline_process.inline", _inlined),  # no process for it
        patch.dict(os.environ, kept, clear=True),
    ):
        yield


@cache
def _inlined(html: str, base_css: str) -> str:
    return inline(html, base_css)


def run(folder: Path, *words: str) -> Said:
    """Run a command in this process, in a folder, as at a terminal of a known width."""

    def console(*, error: bool = False) -> Console:
        return Console(
            stderr=error, highlight=False, force_terminal=True, force_interactive=False,
            color_system="standard", width=COLUMNS, legacy_windows=False,
        )  # fmt: skip

    with chdir(folder), patch.object(_shell, "console", console):
        done = CliRunner().invoke(program, list(words), color=True)
    if done.exit_code not in {0, 4}:
        raise RuntimeError(f"newsletter {' '.join(words)}: {done.output}") from done.exception
    return Said(" ".join(("newsletter", *words)), done.output)


def begin(folder: Path) -> Path:
    """Make the publication, yesterday's edition sent and today's waiting; return its folder."""
    run(folder, "init", "my-brief", "--name", NAME, "--zone", "Europe/London")
    root = folder / "my-brief"
    run(root, "subscribers", "import", "subscribers.example.csv", "--yes")
    with standing_still(MOMENT - timedelta(days=1)):
        run(root, "send", "--now")
    run(root, "assemble")
    return root


@contextmanager
def opened(root: Path) -> Iterator[App]:
    """Open the publication for one piece of work."""
    app = build(configuration.load(root, ENVIRONMENT))
    try:
        yield app
    finally:
        app.close()


@contextmanager
def serving(server: uvicorn.Server, sockets: Sequence[object]) -> Iterator[None]:
    """Serve beside what is done here, and end it again."""
    thread = threading.Thread(target=server.run, kwargs={"sockets": list(sockets)})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
