"""`newsletter assemble` and `newsletter new`, as an editor meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from newsletter.cli import app
from newsletter.core.errors import InputError, UsageError

CONFIG = """\
[publication]
name = "The Brief"
url = "https://brief.example.org"
sender = { name = "The Brief", email = "editor@brief.example.org" }
postal_address = "1 Example Street, Exampletown"

[sources]
story = [{ type = "page" }, { type = "markdown" }]
fact = [{ type = "page" }, { type = "table" }]
quote = []
word = []
"""
STORY = '+++\ntitle = "The Bridge Turns"\n+++\n\nIt turned this morning.\n'
PAGE = "Seeds on the Shelf\n\nThe library lends them out.\n\nFact of the Day: A snail can sleep.\n"
DAY = "2027-03-09"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "content" / "stories").mkdir(parents=True)
    (tmp_path / "content" / "facts.csv").write_text("text,source\nA bridge can hum.,Us\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, [*words, "--date", DAY], input=text)


def document(*words: str, code: int = 0) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def story_file(root: Path) -> Path:
    return root / "content" / "stories" / f"{DAY}.md"


def test_assemble_writes_the_edition_and_shows_where_it_came_from(root: Path) -> None:
    story_file(root).write_text(STORY, encoding="utf-8")
    result = run("assemble")
    assert result.exit_code == 0
    for shown in ("The Bridge Turns", "markdown:", "not page: There is no", "(none)", "Written:"):
        assert shown in result.output
    assert f"newsletter preview --date {DAY}" in result.output
    assert (root / "editions" / DAY / "edition.toml").exists()


def test_the_json_document_has_edition_provenance_and_status(root: Path) -> None:
    story_file(root).write_text(STORY, encoding="utf-8")
    found = document("assemble")
    assert found["status"] == "incomplete"
    assert found["edition"]["stories"][0]["headline"] == "The Bridge Turns"
    assert found["edition"]["missing"] == ["quote", "word"]
    assert [entry["part"] for entry in found["provenance"]] == ["story", "fact", "quote", "word"]
    assert found["provenance"][1]["origin"] == "content/facts.csv, line 2"
    story = found["provenance"][0]
    assert story["source"] == "markdown"
    assert [tried["source"] for tried in story["tried"]] == ["page"]
    assert story["tried"][0]["reason"].startswith("There is no content/pages/")
    assert found["path"] == str(root / "editions" / DAY / "edition.toml")
    assert (found["kept"], found["backup"]) == (None, None)


def test_without_a_story_assemble_ends_with_4_and_says_what_to_do(root: Path) -> None:
    result = run("assemble")
    assert result.exit_code == 4
    assert "There is no lead story" in result.output
    assert f"newsletter new --date {DAY}" in result.output
    assert document("assemble", code=4)["status"] == "held"


def test_what_the_editor_changed_is_kept_until_fresh_is_asked_for(root: Path) -> None:
    story_file(root).write_text(STORY, encoding="utf-8")
    path = Path(document("assemble")["path"])
    path.write_text(path.read_text(encoding="utf-8").replace("Turns", "Sings"), encoding="utf-8")
    kept = document("assemble")
    assert kept["kept"] == "edited"
    assert kept["edition"]["stories"][0]["headline"] == "The Bridge Sings"
    assert "Kept as you edited it" in run("assemble").output
    result = run("assemble", "--fresh")
    assert "edition.backup-1.toml" in result.output
    assert document("assemble")["edition"]["stories"][0]["headline"] == "The Bridge Turns"


def test_new_begins_a_story_that_is_not_used_until_it_has_a_title(root: Path) -> None:
    assert document("new")["path"] == str(story_file(root))
    assert "has no headline" in run("assemble").output.replace("\n", " ")
    text = story_file(root).read_text(encoding="utf-8")
    filled = text.replace('title = ""', 'title = "Seeds"') + "The library lends them out.\n"
    story_file(root).write_text(filled.replace("# kicker", "kicker"), encoding="utf-8")
    (story,) = document("assemble")["edition"]["stories"]
    assert (story["headline"], story["kicker"]) == ("Seeds", "A word or two above the headline")


def test_new_never_overwrites(root: Path) -> None:
    story_file(root).write_text(STORY, encoding="utf-8")
    result = run("new")
    assert isinstance(result.exception, UsageError)
    assert "exists already" in result.exception.what
    assert story_file(root).read_text(encoding="utf-8") == STORY


def test_a_pasted_page_is_kept_where_it_is_found_and_reported(root: Path, tmp_path: Path) -> None:
    (tmp_path / "pasted.txt").write_text(PAGE, encoding="utf-8")
    found = document("new", "--from-page", "pasted.txt")
    kept = root / "content" / "pages" / f"{DAY}.txt"
    assert found["path"] == str(kept)
    assert found["headline"] == "Seeds on the Shelf"
    assert "quote" in found["missing"]
    assert kept.read_text(encoding="utf-8") == PAGE
    assert document("assemble")["edition"]["fact"]["text"] == "A snail can sleep."
    again = run("new", "--from-page", "pasted.txt")
    assert isinstance(again.exception, UsageError)


def test_a_page_can_be_pasted_on_standard_input(root: Path) -> None:
    result = run("new", "--from-page", "-", text=PAGE)
    assert result.exit_code == 0
    assert "Seeds on the Shelf" in result.output
    assert (root / "content" / "pages" / f"{DAY}.txt").exists()


def test_a_page_without_a_story_is_not_kept(root: Path) -> None:
    result = run("new", "--from-page", "-", text="Fact of the Day: A snail can sleep.\n")
    assert isinstance(result.exception, InputError)
    assert not (root / "content" / "pages").exists()


def test_new_needs_a_chain_that_would_look_there(root: Path) -> None:
    config = root / "config.toml"
    config.write_text(CONFIG.replace(', { type = "markdown" }', ""), encoding="utf-8")
    result = run("new")
    assert isinstance(result.exception, UsageError)
    assert "no “markdown”" in result.exception.what


def test_a_page_that_cannot_be_read_is_told(root: Path) -> None:
    result = run("new", "--from-page", "nowhere.txt")
    assert isinstance(result.exception, UsageError)
    assert "nowhere.txt cannot be read" in result.exception.what
