"""`newsletter quote`, as an editor meets it; only the foreign service is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from newsletter.app import App
from newsletter.cli import app
from newsletter.content.source import Web
from newsletter.core.errors import NothingToDo, SourceError, UsageError
from tests.support.publication import CONFIG, STORY
from tests.support.recorded import Recorded

DAY = "2027-03-09"
WORDS = "A letter that is never posted is only shy."
ASKED = (
    "https://graciousquotes.com/wp-json/gq/v1/check"
    "?q=A%20letter%20that%20is%20never%20posted%20is%20only%20shy."
)
RECORD = "https://graciousquotes.com/quote/shy-letter/"
ANSWER = {
    "kind": "close",
    "items": [{"status": "misattributed", "credit": "Ida Marsh", "text": WORDS, "record": RECORD}],
}
QUOTES = f"text,author\n{WORDS},Orla Finch\n"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded({ASKED: json.dumps(ANSWER)})
    monkeypatch.setattr(App, "web", Web(fetch=recorded))
    return recorded


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Recorded) -> Path:
    chain = CONFIG.partition("\n[delivery]")[0] + 'quote = [{ type = "table" }]\n'
    (tmp_path / "config.toml").write_text(chain, encoding="utf-8")
    (tmp_path / "content" / "stories").mkdir(parents=True)
    (tmp_path / "content" / "stories" / f"{DAY}.md").write_text(STORY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["quote", *words])


def document(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_text_is_shown_with_verdict_and_record(root: Path) -> None:
    result = run(WORDS)
    assert result.exit_code == 0
    for shown in ("misattributed (nearly the same words)", "Ida Marsh", "Gracious Quotes", RECORD):
        assert shown in result.output
    assert "Next: read the record" in result.output


def test_the_quote_of_an_edition_is_asked_for_with_its_printed_author(
    root: Path, service: Recorded
) -> None:
    (root / "content" / "quotes.csv").write_text(QUOTES, encoding="utf-8")
    found = document("--date", DAY)
    assert (found["quote"], found["author"]) == (WORDS, "Orla Finch")
    assert found["attribution"]["status"] == "misattributed"
    assert found["attribution"]["record"] == RECORD
    assert found["attribution"]["service"] == "Gracious Quotes"
    assert service.asked == [ASKED]


def test_an_edition_without_a_quote_has_nothing_to_ask(root: Path, service: Recorded) -> None:
    result = run("--date", DAY)
    assert isinstance(result.exception, NothingToDo)
    assert service.asked == []


def test_a_text_and_a_date_together_are_refused(root: Path) -> None:
    assert isinstance(run(WORDS, "--date", DAY).exception, UsageError)


def test_a_service_that_does_not_answer_is_told(root: Path) -> None:
    result = run("Other words than these.")
    assert isinstance(result.exception, SourceError)
    assert "does not answer" in result.exception.what
