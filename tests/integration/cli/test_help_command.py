"""`newsletter help`: what the program cites can be read without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from newsletter.cli import app
from newsletter.cli.help import anchor, section
from newsletter.core.errors import UsageError
from tests.support.source_code import PACKAGE, ROOT

CITED = re.compile(r"newsletter help ([a-z]+(?:#[\w-]+)?)")


def shown(*words: str) -> str:
    done = CliRunner().invoke(app, ["help", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def cited() -> Iterator[str]:
    for file in (*PACKAGE.rglob("*.py"), ROOT / "config.toml"):
        if file.name != "help.py":
            yield from CITED.findall(file.read_text(encoding="utf-8"))


def test_without_a_topic_every_page_is_listed_with_its_title() -> None:
    listed = shown()
    for page in (ROOT / "docs").glob("*.md"):
        assert re.search(rf"^\W*{page.stem}\b", listed, re.MULTILINE), page.stem
    assert "The desk" in listed
    assert "exit-codes" in listed
    assert shown("exit-codes").startswith("# Exit codes")


def test_a_page_is_written_as_it_is_where_no_terminal_reads() -> None:
    assert shown("Delivery") == (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")


def test_a_part_ends_where_the_next_begins() -> None:
    part = shown("checks#preheader")
    assert part.splitlines()[0].lstrip("# ").strip("`").startswith("preheader")
    assert len(re.findall(r"^#+ ", part, re.MULTILINE)) == 1


def test_a_comment_in_a_block_is_no_heading() -> None:
    text = "# Page\n\n## One\n\n```\n# not this\n```\n\n## Two\n\nLast.\n"
    assert section(text, "one", page="x") == "## One\n\n```\n# not this\n```\n"
    with pytest.raises(UsageError, match="no part of the page x"):
        section(text, "not-this", page="x")


def test_all_that_the_program_cites_is_there() -> None:
    topics = set(cited())
    assert {"checks", "configuration", "templates"} <= {one.partition("#")[0] for one in topics}
    for topic in topics - {"checks#"}:
        assert shown(topic)


def test_every_check_has_its_part() -> None:
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    parts = {anchor(found) for found in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    files = (PACKAGE / "message" / "checks").glob("[a-z]*.py")
    codes = {file.stem.replace("_", "-") for file in files}
    assert codes <= parts


@pytest.mark.parametrize(
    ("topic", "close"), [("delivry", "delivery"), ("checks#preheadr", "preheader")]
)
def test_a_slip_is_told_with_what_is_close(topic: str, close: str) -> None:
    done = CliRunner().invoke(app, ["help", topic])
    assert isinstance(done.exception, UsageError)
    assert f"Did you mean {close}?" in (done.exception.hint or "")


def test_at_a_terminal_a_page_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    terminal = Console(width=60, record=True)
    monkeypatch.setattr("newsletter.cli._shell.console", lambda: terminal)
    monkeypatch.setattr("newsletter.cli.help.sys.stdout.isatty", lambda: True, raising=False)
    from newsletter.cli.help import _show

    _show("# A page\n\nSome **words**.\n")
    assert "**" not in terminal.export_text()
