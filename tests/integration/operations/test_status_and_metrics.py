"""What a screen and a monitor are told of a publication: numbers of nobody in particular."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from newsletter.app import App
from newsletter.cli import app as commands
from newsletter.core.errors import NewsletterError, UsageError
from newsletter.operations import metrics
from newsletter.operations.overview import overview
from newsletter.operations.tick import run
from newsletter.storage.restored import Restoration, mark
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication

MORNING = datetime(2026, 6, 3, 7, 2, tzinfo=UTC)


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """Return a publication whose edition of the third went out two minutes late."""
    made = make_publication(
        tmp_path / "brief", people=3, batch_size=2, NEWSLETTER_DELIVERY__PROVIDER="outbox"
    )
    app = made.open(MovingClock(MORNING))
    run(app)
    app.close()
    return made


def opened(publication: Publication) -> App:
    return publication.open(MovingClock(MORNING.replace(hour=9)))


def samples(text: bytes) -> dict[tuple[str, ...], float]:
    """Read Prometheus text as a scraper does."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_metrics_tell_of_the_last_edition_and_the_next(publication: Publication) -> None:
    app = opened(publication)
    text = metrics.text(app)
    app.close()
    found = samples(text)
    assert found["newsletter_last_recipients",] == 3
    assert found["newsletter_last_batch_recipients", "submitted"] == 3
    assert found["newsletter_last_status", "complete"] == 1
    assert found["newsletter_last_lag_seconds",] == 120
    assert found["newsletter_subscribers", "active"] == 3
    assert found["newsletter_waiting_recipients", "uncertain"] == 0
    tomorrow = datetime(2026, 6, 4, 7, tzinfo=UTC).timestamp()
    assert found["newsletter_next_due_timestamp_seconds",] == tomorrow
    assert b"@" not in text
    assert b"2026-06" not in text  # a label by date would never stop growing


def test_a_text_file_is_written_whole_or_not_at_all(
    publication: Publication, tmp_path: Path
) -> None:
    app = opened(publication)
    file = tmp_path / "newsletter.prom"
    metrics.write(app, file)
    first = samples(file.read_bytes())
    metrics.write(app, file)
    assert samples(file.read_bytes()) == first
    assert list(tmp_path.glob("*.tmp")) == []
    with pytest.raises(UsageError, match="cannot be written"):
        metrics.write(app, tmp_path / "nowhere" / "newsletter.prom")
    app.close()


def test_one_screen_of_what_was_is_and_comes(publication: Publication) -> None:
    app = opened(publication)
    found = overview(app)
    app.close()
    assert found.past is not None
    assert (found.past.edition, found.past.status) == (date(2026, 6, 3), "complete")
    assert (found.past.complete, found.past.lag) == (True, 120.0)
    assert found.coming is not None
    assert (found.coming.edition, found.coming.readers) == (date(2026, 6, 4), 3)
    assert found.attention == ()
    assert found.days[-1] == (date(2026, 6, 3), "complete")


def test_what_a_restore_holds_is_on_the_screen_and_in_the_figures(
    publication: Publication,
) -> None:
    app = publication.open(MovingClock(datetime(2026, 6, 4, 7, 1, tzinfo=UTC)))
    stops = iter([False, False, False])
    run(app, wants_to_stop=lambda: next(stops, True))
    with app.database.write() as connection:
        mark(connection, Restoration(taken_at=app.clock.now(), restored_at=app.clock.now()))
    found = overview(app)
    assert any("was under way" in sentence for sentence in found.attention)
    assert samples(metrics.text(app))["newsletter_restored_waiting",] == 1
    app.close()


def test_the_commands_say_it(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    more = {
        "NEWSLETTER_SECRET_KEY": "hush-" * 8,
        "NEWSLETTER_SMTP_PASSWORD": "hush-of-the-mail-server",
        "NEWSLETTER_METRICS_TOKEN": "hush-of-the-monitor",
        "SENDGRID_WEBHOOK_PUBLIC_KEY": "hush-of-the-events",
    }
    for name, value in (publication.environment | more).items():
        monkeypatch.setenv(name, value)
    config = ["--config", str(publication.root)]
    runner = CliRunner()
    file = tmp_path / "b.tar.gz"
    said = {
        words: runner.invoke(commands, [*words.split(), *config])
        for words in (
            "status",
            "status --json",
            "metrics",
            "doctor --offline",
            "doctor --offline --json",
            f"db backup {file}",
            "db restored --json",
            f"db restore {file}",
            "db restored --sent 2026-06-03 --mark",
            "config show",
        )
    }
    codes = [result.exit_code for result in said.values()]
    assert codes[:7] == [0, 0, 0, 4, 4, 0, 0]
    assert "handed over" in said["status"].output
    past = json.loads(said["status --json"].stdout)["past"]
    assert past["edition"] == "2026-06-03"
    document = json.loads(said["doctor --offline --json"].stdout)
    assert document["ok"] is False
    assert {*document["checks"][0]} == {"id", "level", "measured", "rule", "source", "next"}
    assert json.loads(said["db restored --json"].stdout)["restored"] is False
    assert "Give --yes" in getattr(said[f"db restore {file}"].exception, "hint", "")
    assert isinstance(said["db restored --sent 2026-06-03 --mark"].exception, UsageError)
    key = publication.environment["SENDGRID_API_KEY"]
    everything = "".join(result.output for result in said.values())
    assert key not in everything
    assert "hush-" not in everything
    assert "reader0" not in everything


def test_a_backup_comes_back_by_the_commands(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in publication.environment.items():
        monkeypatch.setenv(name, value)
    runner = CliRunner()
    file, new = tmp_path / "b.tar.gz", tmp_path / "moved"
    old = ["--config", str(publication.root)]
    assert runner.invoke(commands, ["db", "backup", str(file), *old]).exit_code == 0
    back = runner.invoke(commands, ["db", "restore", str(file), "--to", str(new), "--json"])
    assert back.exit_code == 0, back.output
    assert json.loads(back.stdout)["counts"]["sends"] == 1
    told = runner.invoke(commands, ["db", "restored", "--config", str(new)])
    assert (told.exit_code, "No send waits" in told.output) == (0, True)
    word = ["db", "restored", "--not-sent", "2026-06-04", "--config", str(new)]
    assert "did not go out" in runner.invoke(commands, word).output


def test_a_received_mail_is_judged_by_the_command(tmp_path: Path) -> None:
    mail, none = tmp_path / "original.eml", tmp_path / "letter.eml"
    mail.write_bytes(b"From: a@b.example\r\nSubject: Tides\r\nDate: x\r\n\r\nHello")
    none.write_bytes(b"Dear doctor")
    runner = CliRunner()
    judged = runner.invoke(commands, ["doctor", "received", str(mail), "--json"])
    assert (judged.exit_code, json.loads(judged.stdout)["ok"]) == (4, False)
    assert "no DKIM signature" in runner.invoke(commands, ["doctor", "received", str(mail)]).output
    for file in (none, tmp_path / "nowhere.eml", tmp_path):
        assert isinstance(
            runner.invoke(commands, ["doctor", "received", str(file)]).exception, NewsletterError
        )
