"""Streams that are closed, full, read no further, or of an encoding that lacks signs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

import newsletter
from newsletter.cli import _shell
from newsletter.cli import app as commands
from newsletter.core.errors import NewsletterError
from tests.support.publication import Publication, make_publication
from tests.support.time import PATIENCE

PROGRAM = f"'{sys.executable}' -m newsletter"


@pytest.fixture
def brief(tmp_path) -> Publication:
    made = make_publication(tmp_path / "brief", NEWSLETTER_DELIVERY__PROVIDER="outbox")
    made.open().close()  # or each command begins with all migrations
    return made


def shell(brief: Publication, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    words = {"PYTHONPATH": str(Path(newsletter.__file__).parents[1])}
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("newsletter ", f"{PROGRAM} ", 1)],
        cwd=brief.root,
        env=os.environ | brief.environment | words | environment,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}]
)
def test_an_encoding_that_lacks_signs_is_written_plainer(brief, environment):
    # No spam filter and no speller: what they say, and the time they take, is not the subject.
    done = shell(brief, "newsletter check", **environment, PATH="")
    assert done.returncode == 0, done.stderr
    shown = shell(brief, "newsletter config show --json", **environment)
    assert json.loads(shown.stdout.decode("latin-1"))["publication"]["name"] == "The Brief"


def test_a_full_disk_is_told_when_all_is_done(brief):
    done = shell(brief, "newsletter assemble > /dev/full")
    assert done.returncode == 1
    assert b"could not be written to standard output" in done.stderr
    assert [*(brief.root / "editions").iterdir()]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_none(brief, closed):
    done = shell(brief, f"newsletter assemble {closed}")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_that_saw_enough_ends_nothing(brief):
    done = shell(brief, "newsletter config show | head -1; echo done")
    assert b"done" in done.stdout
    assert done.stderr == b""


def test_twenty_columns_can_be_read(brief):
    told = shell(brief, "newsletter assemble", COLUMNS="20").stdout.decode()
    assert "what: How the tide tables are made" in told
    assert "markdown: content/stories/tides.md" in told


def hears_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize(
    "words",
    [
        ("sandbox", "--port", "0"),
        ("preview", "--port", "0", "--no-open"),
        ("schedule",),
        ("events", "listen", "--port", "0"),
    ],
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_asked_to_end_ends_well(brief, words, number):
    environment = {"PYTHONUNBUFFERED": "1", "NEWSLETTER_DELIVERY__PROVIDER": "sendgrid"}
    environment["SENDGRID_WEBHOOK_PUBLIC_KEY"] = PUBLIC_KEY
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", *words],
        cwd=brief.root,
        env=os.environ
        | brief.environment
        | {"PYTHONPATH": str(Path(newsletter.__file__).parents[1])}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=hears_signals,  # noqa: PLW1509  # a background job of a shell ignores Ctrl-C
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(number)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out.decode()


@pytest.mark.parametrize("words", [("schedule",), ("worker", "--once"), ("run",)])
def test_who_is_asked_to_end_while_it_opens_ends_in_order(brief, monkeypatch, words):
    opens = _shell.publication

    @contextmanager
    def opening(config):
        os.kill(os.getpid(), signal.SIGTERM)
        with opens(config) as publication:
            yield publication

    monkeypatch.setattr(_shell, "publication", opening)
    before = signal.signal(signal.SIGTERM, lambda *_: pytest.fail("nobody heard it"))
    try:
        done = CliRunner().invoke(
            commands, [*words, "--config", str(brief.root)], env=brief.environment
        )
    finally:
        signal.signal(signal.SIGTERM, before)
    assert done.exit_code in {0, 3, 75} or isinstance(done.exception, NewsletterError)


PUBLIC_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/"
    "m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
)
