"""`newsletter sandbox` as a process of its own: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.sandbox import Client, make_body
from tests.support.time import PATIENCE


@contextmanager
def running(folder: Path, *words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "newsletter", "sandbox", "--port", "0", "--dir", str(folder)]
    with subprocess.Popen(
        [*command, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def announcement(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    lines = ""
    for line in process.stdout:
        lines += line
        if line == "}\n":
            break
    found: dict[str, str] = json.loads(lines)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_takes_mail_until_a_signal_and_ends_with_0(tmp_path: Path, number: int) -> None:
    with running(tmp_path / "box", "--json") as process:
        told = announcement(process)
        client = Client(told["url"])
        assert client.send(make_body())[0] == 202
        process.send_signal(number)
        _, errors = process.communicate(timeout=PATIENCE)
        client.close()

    assert (process.returncode, errors) == (0, "")
    assert len(list((tmp_path / "box" / "mails").glob("*.eml"))) == 1


def test_people_are_told_where_it_is_and_how_to_send_to_it(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        assert process.stdout is not None
        shown = ""
        while "SENDGRID_API_KEY" not in shown:
            shown += process.stdout.readline()
        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE)

    assert "NEWSLETTER_SENDGRID__BASE_URL=http://127.0.0.1:" in shown
    assert "Next:" in errors


def test_a_bad_fault_file_ends_it_with_2_before_it_listens(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text('[[rule]]\nfault = "explode"\n')

    with running(tmp_path, "--faults", str(file)) as process:
        _, errors = process.communicate(timeout=PATIENCE)

    assert process.returncode == 2
    assert "rule 1" in errors.replace("\n", " ")


def test_the_only_key_comes_from_the_environment(tmp_path: Path) -> None:
    with running(tmp_path, "--json", "--api-key-env", "MY_KEY", MY_KEY="SG.right") as process:
        client = Client(announcement(process)["url"])
        assert client.send(make_body())[0] == 401
        header = {"Authorization": "Bearer SG.right"}
        assert client.call("POST", "/v3/mail/send", make_body(), headers=header)[0] == 202
        client.close()
        process.terminate()
        process.communicate(timeout=PATIENCE)
