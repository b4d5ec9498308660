"""Lines of a log: a stable name, ids that join, nobody's address and no secret."""

from __future__ import annotations

import ast
import json
import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.log_lines import IDS, JsonLines, Lines
from tests.support.source_code import modules

SECRET = "SG.secret-of-nobody.abcdefgh"


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("newsletter.x", logging.INFO, "x.py", 1, message, arguments, None)
    for name, value in extra.items():
        setattr(made, name, value)
    return made


def test_an_event_and_its_ids_are_fields() -> None:
    line = JsonLines().format(
        record("Batch %s: %s", 4, "submitted", event="delivery.batch.submitted", send=7, batch=4)
    )
    told = json.loads(line)
    assert (told["event"], told["send"], told["batch"]) == ("delivery.batch.submitted", "7", "4")
    assert told["message"] == "Batch 4: submitted"


def test_an_event_that_begins_its_message_is_taken_from_it() -> None:
    told = json.loads(JsonLines().format(record("worker.submitted edition=2026-06-03 batches=2")))
    assert (told["event"], told["edition"]) == ("worker.submitted", "2026-06-03")
    text = Lines().format(record("schedule.held No story."))
    assert " INFO schedule.held No story." in text


@given(st.sampled_from([Lines, JsonLines]), st.text(max_size=60), st.text(max_size=60))
def test_no_line_has_an_address_or_a_secret(kind: type[Lines], before: str, after: str) -> None:
    text = f"{before} ann.b+c@mail.example.org {after} {SECRET} postgresql://u:pass-word@db/x"
    line = kind([SECRET]).format(record("%s", text, attempt="reader@mail.example.org"))
    assert "mail.example.org" not in line
    assert SECRET not in line
    assert "pass-word" not in line
    assert "\n" not in line


EVENT = re.compile(r"^[a-z]+(\.[a-z_]+)+$")


def calls() -> list[tuple[str, ast.Call]]:
    """Find every line that the program logs."""
    levels = {"info", "warning", "error", "critical"}
    return [
        (f"{module.name}:{node.lineno}", node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    ]


def test_every_line_of_the_program_has_a_name() -> None:
    nameless = []
    for place, call in calls():
        first = call.args[0]
        begins = isinstance(first, ast.Constant) and EVENT.match(str(first.value).split(" ")[0])
        extra = any(word.arg == "extra" for word in call.keywords)
        if not (begins or extra):
            nameless.append(place)
    assert nameless == []


def test_ids_are_never_of_a_person() -> None:
    assert not {"address", "email", "name", "subscriber", "recipient"} & set(IDS)


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_command_that_stays_writes_its_log_in_the_wished_form(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from newsletter.cli import _shell

    key = tmp_path / "key"
    key.write_text(SECRET)
    monkeypatch.setenv("NEWSLETTER_LOGS", kind)
    monkeypatch.setenv("SENDGRID_API_KEY_FILE", str(key))
    assert SECRET in _shell._secrets_set()
