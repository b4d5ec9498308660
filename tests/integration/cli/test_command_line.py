"""The command line's manners: exit codes, sentences instead of tracebacks, next steps."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from newsletter import __version__
from newsletter.sandbox.server import Sandbox
from tests.support.publication import KEY, make_publication, readers


@pytest.fixture
def brief(tmp_path):
    return make_publication(tmp_path / "brief")


def config_of(publication) -> Path:
    return publication.root / "config.toml"


def change_config(publication, old: str, new: str) -> None:
    text = config_of(publication).read_text()
    assert old in text
    config_of(publication).write_text(text.replace(old, new))


def test_the_version_is_told():
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"newsletter {__version__}\n"


def test_without_a_publication_it_says_what_to_do(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", "check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "newsletter init" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('zone = "UTC"', 'zonne = "UTC"', ["line 3", "publication.zonne", "zone"]),
        ('zone = "UTC"', 'zone = "Mars/Olympus"', ["line 3", "IANA"]),
        ("batch_size = 1000", 'batch_size = "many"', ["line 12", "delivery.batch_size"]),
        ("batch_size = 1000", "batch_size = 5000", ["1000"]),
        ("[delivery]", "[delivry]", ["delivry", "delivery"]),
        ('name = "The Brief"\n', "", ["publication.name", "missing"]),
        ("[sources]", "[sources", ["not valid TOML", "line"]),
    ],
)
def test_a_fault_in_the_configuration_names_key_file_line_and_what_is_allowed(
    brief, old, new, expected
):
    change_config(brief, old, new)
    done = brief.run("check", check=2)
    assert "config.toml" in done.stderr
    for word in expected:
        assert word in done.stderr.replace("\n", " ")


def test_a_fault_in_the_environment_names_the_variable(brief):
    brief.environment["NEWSLETTER_DELIVERY__PARALLEL"] = "a lot"
    done = brief.run("check", check=2)
    assert "NEWSLETTER_DELIVERY__PARALLEL" in done.stderr


def test_an_unknown_provider_is_answered_with_the_valid_ones(brief):
    brief.add(readers(1))
    brief.environment["NEWSLETTER_DELIVERY__PROVIDER"] = "sendgird"
    done = brief.run("send", "--now", check=2)
    for word in ("sendgird", "sendgrid", "outbox"):
        assert word in done.stderr


def test_without_a_key_it_names_the_variable_and_the_ways_to_do_without(brief):
    brief.add(readers(1))
    del brief.environment["SENDGRID_API_KEY"]
    done = brief.run("send", "--now", check=2)
    for word in ("SENDGRID_API_KEY", "outbox", "sandbox"):
        assert word in done.stderr
    assert brief.run("audit").returncode == 3  # nothing was frozen


def test_the_key_may_lie_in_a_file(brief, tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    del brief.environment["SENDGRID_API_KEY"]
    brief.environment["SENDGRID_API_KEY_FILE"] = str(tmp_path / "key")
    shown = brief.json("config", "show")
    assert shown["secrets"]["SENDGRID_API_KEY"] == "set"


def test_the_outbox_needs_no_key(brief):
    brief.add(readers(3))
    del brief.environment["SENDGRID_API_KEY"]
    brief.environment["NEWSLETTER_DELIVERY__PROVIDER"] = "outbox"
    brief.run("send", "--now", check=0)
    assert len(list((brief.root / "outbox").rglob("*.eml"))) == 3
    assert brief.json("audit")["states"] == {"submitted": 3}
    brief.run("send", "--now", check=3)


def test_a_send_is_not_finished_by_another_provider(tmp_path):
    with Sandbox(tmp_path / "mailbox", api_key="SG.other") as sandbox:
        brief = make_publication(tmp_path / "brief", base_url=sandbox.url, people=2)
        brief.run("send", "--now", check=4)
    brief.environment["NEWSLETTER_DELIVERY__PROVIDER"] = "outbox"
    done = brief.run("send", "--now", check=4)
    assert "sendgrid" in done.stderr
    assert not (brief.root / "outbox").exists()


def test_a_past_date_is_refused_unless_it_is_named_and_meant(brief):
    brief.add(readers(1))
    brief.environment["NEWSLETTER_DELIVERY__PROVIDER"] = "outbox"
    done = brief.run("send", "--date", "2026-01-05", check=2)
    assert "--late" in done.stderr
    brief.run("send", "--date", "2026-01-05", "--now", check=2)
    brief.run("send", "--late", check=2)
    brief.run("send", "--date", "2026-01-05", "--late", check=0)


def test_before_the_due_moment_it_waits(brief):
    brief.add(readers(1))
    done = brief.run("send", "--date", "2999-01-01", check=75)
    assert "--now" in done.stderr
    assert "2999-01-01 07:00" in done.stderr


def test_nobody_to_send_to_is_nothing_to_do(brief):
    done = brief.run("send", "--now", check=3)
    assert "subscribers import" in done.stderr
    assert brief.run("audit").returncode == 3


def test_without_a_lead_story_the_edition_is_held(brief):
    brief.add(readers(1))
    (brief.root / "content" / "stories" / "tides.md").unlink()
    done = brief.run("send", "--now", check=4)
    assert "no lead story" in done.stderr.lower()
    assert "newsletter new" in done.stderr
    assert brief.run("audit").returncode == 3


def test_a_check_error_holds_the_send(brief):
    brief.add(readers(1))
    story = brief.root / "content" / "stories" / "tides.md"
    story.write_text(story.read_text() + "\nRead [more](https://example.com/more).\n")
    checked = brief.json("check", check=4)
    assert not checked["ok"]
    assert [f["code"] for f in checked["findings"] if f["severity"] == "error"] == [
        "link-placeholder"
    ]
    done = brief.run("send", "--now", check=4)
    assert "link-placeholder" in done.stderr
    text = config_of(brief).read_text()
    config_of(brief).write_text(text + '\n[checks]\nlink-placeholder = "warning"\n')
    assert brief.json("check")["ok"]


def test_a_dry_run_freezes_and_sends_nothing(brief):
    brief.add(readers(4))
    result = brief.json("send", "--now", "--dry-run")
    assert result["recipients"] == 4
    assert len(result["digest"]) == 64
    assert brief.run("audit").returncode == 3


def test_a_database_of_a_newer_version_is_refused(brief):
    brief.add(readers(1))
    with sqlite3.connect(brief.root / "newsletter.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (["audit"], ["send", "--now"], ["db", "upgrade"], ["subscribers", "stats"]):
        assert "newer version" in brief.run(*command, check=1).stderr


def test_a_file_that_is_no_csv_is_refused_and_nothing_changes(brief):
    brief.add(readers(2))
    before = brief.json("subscribers", "stats")
    file = brief.root / "picture.csv"
    file.write_bytes(bytes(range(256)) * 40)
    done = brief.run("subscribers", "import", str(file), check=1)
    assert "picture.csv" in done.stderr
    assert brief.json("subscribers", "stats") == before


def test_a_broken_template_is_told_with_file_and_line(brief):
    folder = brief.root / "templates" / "email"
    folder.mkdir(parents=True)
    (folder / "brief.txt.j2").write_text("one\ntwo\n{{ edition.headlin }}\n")
    done = brief.run("render", check=1)
    assert "brief.txt.j2" in done.stderr
    assert "line 3" in done.stderr
    assert "headlin" in done.stderr


def test_render_writes_the_files_of_the_contract(brief, tmp_path):
    document = brief.json("render", "--out", str(tmp_path / "look"))
    assert {"subject", "preheader", "digest", "html_bytes", "text_bytes"} <= set(document)
    names = {file.name for file in (tmp_path / "look").iterdir()}
    assert {"email.mjml", "email.html", "email.txt", "message.eml", "web.html"} <= names
    assert "report.json" in names
    again = brief.json("render")
    assert again["digest"] == document["digest"]


def test_an_error_in_json_is_one_document_too(brief):
    done = brief.run("send", "--now", "--json", check=3)
    assert json.loads(done.stdout)["error"]["type"] == "NothingToDo"


def test_secrets_are_never_shown(brief):
    done = brief.run("config", "show", "--json", check=0)
    assert json.loads(done.stdout)["secrets"]["SENDGRID_API_KEY"] == "set"


def test_no_colour_when_none_is_wanted(brief):
    brief.environment.update(NO_COLOR="1", FORCE_COLOR="1")
    for words in (["check"], ["send", "--now"]):
        done = brief.run(*words)
        assert "\x1b[3" not in done.stdout + done.stderr


def test_a_publication_is_scaffolded_once_and_works_at_once(tmp_path):
    def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "newsletter", *words],
            cwd=cwd,
            env=os.environ | {"NEWSLETTER_DELIVERY__PROVIDER": "outbox"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("init", "mine", cwd=tmp_path).returncode == 0
    mine = tmp_path / "mine"
    assert run("subscribers", "import", "subscribers.example.csv", cwd=mine).returncode == 0
    done = run("send", "--now", cwd=mine)
    assert done.returncode == 0, done.stderr
    again = run("init", "mine", cwd=tmp_path)
    assert again.returncode == 2
    assert "exists already" in again.stderr


def test_a_tick_sends_what_is_due_once_and_then_nothing(brief):
    brief.add(readers(2))
    brief.environment.update(
        NEWSLETTER_DELIVERY__PROVIDER="outbox", NEWSLETTER_SCHEDULE__AT="00:00"
    )
    first = brief.json("run")
    assert any("Handed over" in line for line in first["did"])
    assert first["next_due"]
    second = brief.json("run", check=3)
    assert second["did"] == []
    assert len(list((brief.root / "outbox").rglob("*.eml"))) == 2


def test_help_has_examples_and_completion_is_offered():
    for words, expected in ((["send", "--help"], "Examples"), (["--help"], "--install-completion")):
        done = subprocess.run(
            [sys.executable, "-m", "newsletter", *words],
            capture_output=True,
            text=True,
            check=True,
        )
        assert expected in done.stdout


def test_a_provider_that_there_is_none_of_is_told_before_anything_is_sent(brief):
    change_config(brief, "[delivery]\n", '[delivery]\nprovider = "pigeonpost"\n')
    for words in (["check"], ["subscribers", "stats"], ["run"]):
        done = brief.run(*words, check=2)
        assert "config.toml, line 12" in done.stderr.replace("\n", " ")
        assert "pigeonpost" in done.stderr
        assert "outbox" in done.stderr


def test_a_folder_that_is_missing_is_named_as_missing(brief):
    change_config(brief, 'type = "markdown"', 'type = "markdown", dir = "content/tales"')
    assert "no folder content/tales" in brief.run("assemble", check=4).stderr.replace("\n", " ")
