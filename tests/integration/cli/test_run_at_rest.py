"""A run with nothing due costs next to nothing, and misses nothing that happens meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import newsletter
from newsletter.operations import rest
from tests.support.publication import make_publication, readers


@pytest.fixture
def brief(tmp_path):
    made = make_publication(tmp_path / "brief", people=2)
    made.environment.update(NEWSLETTER_DELIVERY__PROVIDER="outbox", NEWSLETTER_SCHEDULE__AT="00:00")
    made.run("run", check=0)
    made.run("run", check=3)
    return made


def test_it_loads_nothing_heavy(brief):
    words = [sys.executable, "-X", "importtime", "-m", "newsletter", "run", "--config", "."]
    done = subprocess.run(
        words,
        cwd=brief.root,
        env=os.environ
        | brief.environment
        | {"PYTHONPATH": str(Path(newsletter.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    for module in ("sqlalchemy", "rich", "jinja2", "newsletter.app", "newsletter.core.config"):
        assert f"| {module}" not in " ".join(done.stderr.split()), module


def test_it_says_what_a_run_that_looks_would_say(brief):
    at_rest, told = brief.json("run", check=3), brief.run("run", check=3)
    assert brief.run("run", "--quiet", check=3).stdout == ""
    (brief.root / rest.FILE_NAME).unlink()
    assert brief.json("run", check=3) == at_rest
    (brief.root / rest.FILE_NAME).unlink()
    assert brief.run("run", check=3).stdout == told.stdout


def test_what_becomes_due_meanwhile_is_done(brief):
    # As if today had no edition until now; new readers alone are no reason for a second send.
    brief.environment["NEWSLETTER_PUBLICATION__ID"] = "other"
    brief.add(readers(3))
    assert "Handed over" in brief.run("run", check=0).stdout


def test_a_change_of_the_list_is_looked_at(brief):
    before = (brief.root / rest.FILE_NAME).read_text()
    brief.add(readers(3))
    brief.run("run", check=3)
    assert (brief.root / rest.FILE_NAME).read_text() != before


def test_quiet_tells_a_thing_once_and_ends_as_it_is(brief):
    brief.environment["NEWSLETTER_PUBLICATION__ID"] = "third"
    (brief.root / "content" / "stories" / "tides.md").unlink()
    assert "no lead story" in brief.run("run", "--quiet", check=4).stderr.lower()
    again = brief.run("run", "--quiet", check=4)
    assert (again.stdout, again.stderr) == ("", "")
    assert "no lead story" in brief.run("run", check=4).stderr.lower()
