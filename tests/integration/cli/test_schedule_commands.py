"""`newsletter schedule plan` and `newsletter run`, as a person or cron calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsletter.cli import app
from newsletter.operations import tick
from newsletter.operations.tick import TickReport

_CONFIG = """
[publication]
name = "The Harbour Brief"
url = "https://brief.example.org"
zone = "Europe/Berlin"
postal_address = "4 Quay Street, Saltmouth"
sender = { name = "The Harbour Brief", email = "brief@example.org" }
[schedule]
days = ["sat", "sun"]
prepare_at = "05:00"
[delivery]
provider = "outbox"
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Write a publication's config.toml."""
    file = tmp_path / "config.toml"
    file.write_text(_CONFIG, encoding="utf-8")
    return str(file)


def call(*arguments: str) -> tuple[int, str]:
    """Run a command; give exit code and standard output."""
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout


def test_plan_lists_due_moments_in_both_times(config: str) -> None:
    code, output = call(
        "schedule", "plan", "--config", config, "--from", "2026-03-23", "--days", "7", "--json"
    )
    assert code == 0
    assert json.loads(output) == {
        "due": [
            {
                "date": "2026-03-28",
                "local": "2026-03-28T07:00:00+01:00",
                "utc": "2026-03-28T06:00:00+00:00",
                "zone": "Europe/Berlin",
                "begin": "2026-03-28T06:00:00+00:00",
                "waves": [],
            },
            {
                "date": "2026-03-29",
                "local": "2026-03-29T07:00:00+02:00",
                "utc": "2026-03-29T05:00:00+00:00",
                "zone": "Europe/Berlin",
                "begin": "2026-03-29T05:00:00+00:00",
                "waves": [],
            },
        ],
        "digests": [
            {
                "date": "2026-03-28",
                "local": "2026-03-28T07:00:00+01:00",
                "utc": "2026-03-28T06:00:00+00:00",
                "zone": "Europe/Berlin",
                "begin": "2026-03-28T06:00:00+00:00",
                "waves": [],
            }
        ],
        "without": [
            {"date": f"2026-03-{day}", "why": f"{name} is not one of [schedule] days"}
            for day, name in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"), 23)
        ],
    }


def test_plan_for_people_shows_weekday_and_offset(config: str) -> None:
    code, output = call("schedule", "plan", "--config", config, "--from", "2026-03-29")
    assert code == 0
    assert "Sun 2026-03-29   05:00      07:00   +0200    2026-03-29 05:00" in output


def test_plan_without_an_edition_ends_with_nothing_to_do(config: str) -> None:
    code, output = call(
        "schedule", "plan", "--config", config, "--from", "2026-03-23", "--days", "3", "--json"
    )
    assert (code, json.loads(output)["due"]) == (3, [])


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (TickReport(did=("Sent.",), next_due=None, held=None), 0),
        (TickReport(did=(), next_due=None, held=None), 3),
        (TickReport(did=("Sent.",), next_due=None, held=None, later="Wait."), 75),
        (TickReport(did=("Sent.",), next_due=None, held="Look."), 4),
    ],
)
def test_run_ends_with_what_the_tick_reports(
    report: TickReport, code: int, config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tick, "run", lambda _app, **_words: report)
    ended, output = call("run", "--config", config, "--json")
    assert ended == code
    assert json.loads(output) == {
        "did": list(report.did),
        "held": report.held,
        "skipped": report.skipped,
        "later": report.later,
        "next_due": None,
    }
    _, quiet = call("run", "--config", config, "--quiet")
    assert quiet.split() == list(report.did)
