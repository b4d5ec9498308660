"""A provider of somebody else's package that is at fault: told as its own, with file and line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.outside import Commands, command, outside
from tests.support.outside_modules import (
    SOURCE,
    TOKEN,
    Write,
    brief,
    with_fact,
    with_provider,
)
from tests.support.source_code import ROOT

__all__ = ["command", "outside"]  # fixtures


@pytest.mark.parametrize(
    ("old", "new", "told", "place"),
    [
        ("from pathlib import Path", "import nothing_of_that_name", "No module", "import nothing"),
        ("from pathlib import Path", "def half(:", "SyntaxError", "def half"),
        ("def make(settings, clock):", "def made(settings, clock):", "no function `make`", None),
        ("def make(settings, clock):", "def make(settings):", "TypeError", "def make"),
        ("    return Carrier(", "    Carrier(", "gave None from `make`, without name", "def make"),
        ("    def fits(", "    def fist(", "without fits", "def make"),
        ("        return {}", "        return None", "gave None from `problems`", "def problems"),
        ("        return {}", "        return self.x", "AttributeError", "self.x"),
        ("        return True", "        return 1 / 0", "ZeroDivisionError", "1 / 0"),
    ],
)
def test_a_fault_of_a_provider_is_one_sentence_with_its_file_and_line(
    tmp_path: Path,
    outside: Write,
    command: Commands,
    old: str,
    new: str,
    told: str,
    place: str | None,
) -> None:
    module, root = with_provider(tmp_path, outside, old, new)
    done = command(root, "send", "--now", CARRIER_TOKEN=TOKEN)
    assert done.code == 1
    assert told in done.err
    assert f"The provider “{module.path}” " in done.err
    where = f", line {module.line_of(place)}" if place else ""
    assert f"({module.file}{where})" in done.err
    assert "fault of the program" not in done.err
    assert TOKEN not in done.out + done.err


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("raise RuntimeError(self.token + attempt.recipients[0].address)", "RuntimeError: …"),
        ("return None", "gave None from `submit`, not a Submission"),
    ],
)
def test_a_fault_while_submitting_leaves_a_doubt_and_names_the_providers_file(
    tmp_path: Path, outside: Write, command: Commands, new: str, told: str
) -> None:
    module, root = with_provider(
        tmp_path, outside, "        with self.file", f"        {new}\n        with self.file"
    )
    done = command(root, "send", "--now", CARRIER_TOKEN=TOKEN)
    assert done.code == 1
    assert told in done.err
    assert str(module.file) in done.err
    assert TOKEN not in done.err
    assert "@example" not in done.err
    assert json.loads(command(root, "audit", "--json").out)["states"] == {"uncertain": 2}


def in_a_process(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that sets up logging, which would last in this process."""
    return subprocess.run(
        [sys.executable, "-m", "newsletter", *words],
        cwd=root,
        env=os.environ
        | {"PYTHONPATH": f"{ROOT}{os.pathsep}{root.parent / 'installed'}"}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_steps_that_led_to_a_providers_fault_are_shown_on_request_without_its_secret(
    tmp_path: Path, outside: Write
) -> None:
    module, root = with_provider(
        tmp_path, outside, "        self.file =", "        int(token)\n        self.file ="
    )
    secret = {"CARRIER_TOKEN": TOKEN}
    done = in_a_process(root, "send", "--now", NEWSLETTER_DEBUG="1", **secret)
    assert f'File "{module.file}", line {module.line_of("int(token)")}, in __init__' in done.stderr
    assert f"The provider “{module.path}” failed with ValueError" in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert "File" not in in_a_process(root, "send", "--now", **secret).stderr


def test_the_steps_that_led_to_a_sources_fault_are_shown_on_request(
    tmp_path: Path, outside: Write
) -> None:
    module = outside(SOURCE.replace("        key = self", "        int('x')\n        key = self"))
    root = brief(tmp_path)
    with_fact(root, f'{{ type = "{module.path}" }}, {{ type = "library" }}')
    done = in_a_process(root, "assemble", NEWSLETTER_DEBUG="1")
    assert done.returncode == 0
    assert f'File "{module.file}", line {module.line_of("int(")}, in fetch' in done.stderr
    assert "File" not in in_a_process(root, "assemble").stderr
