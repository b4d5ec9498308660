from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsletter.cli.page import app
from newsletter.content.pasted import as_document
from newsletter.core.errors import InputError, UsageError
from tests.support.desk import make_root
from tests.support.page import HEADLINE, PARAGRAPHS, full_page, read


def run(*arguments: str, given: bytes | None = None) -> tuple[str, str]:
    """Run `page parse` and give standard output and standard error; errors are raised."""
    return page_command("parse", *arguments, given=given)


def page_command(*arguments: str, given: bytes | None = None) -> tuple[str, str]:
    """Run a command of `page`."""
    result = CliRunner().invoke(app, list(arguments), input=given, catch_exceptions=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout, result.stderr


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    file = tmp_path / "page.txt"
    file.write_text("\n\n".join(full_page()), encoding="utf-8")
    return file


def test_json_is_the_document_and_nothing_else(page_file: Path) -> None:
    out, err = run(str(page_file), "--json")
    assert json.loads(out) == as_document(read(*full_page()))
    assert err == ""


def test_a_dash_reads_standard_input(page_file: Path) -> None:
    assert run("-", "--json", given=page_file.read_bytes()) == run(str(page_file), "--json")


def test_people_get_every_part(page_file: Path) -> None:
    out, err = run(str(page_file))
    for part in (
        "Headline",
        "paragraphs 2",
        "Reef Almanac",
        "— Unknown",
        "Meander",
        "Harbour Press",
    ):
        assert part in out
    assert "Missing" not in out
    assert err == ""


def test_people_are_told_what_is_missing_and_odd() -> None:
    text = "\n".join([HEADLINE, *PARAGRAPHS, "Fact of the Day"])
    out, err = run("-", given=text.encode())
    assert "Without a place" in out
    assert "headline" not in err
    assert "fact, quote" in " ".join(err.split())


def test_square_brackets_in_a_page_are_text() -> None:
    out, _ = run("-", given=b"[bold]Storm[/bold] [red]nears\n\nA paragraph.")
    assert "[bold]Storm[/bold] [red]nears" in out


def test_further_furniture_can_be_named() -> None:
    text = "\n".join([HEADLINE, *PARAGRAPHS, "Subscribe!", "Read on: tides"])
    out, _ = run(
        "-", "--json", "--furniture", "subscribe", "--furniture", "read on...", given=text.encode()
    )
    assert len(json.loads(out)["stories"][0]["paragraphs"]) == 2


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read") as error:
        run(str(tmp_path / "nothing.txt"))
    assert error.value.hint


def test_a_file_that_is_no_text_is_an_input_error(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(bytes(range(256)))
    with pytest.raises(InputError):
        run(str(file))


def test_every_line_is_numbered_with_its_place(tmp_path: Path) -> None:
    text = "\n".join(["Weather", "Menu", HEADLINE, *PARAGRAPHS])
    out, err = run("-", "--config", str(tmp_path), given=text.encode())
    rows = [line.split() for line in out.splitlines()]
    assert ["1", "navigation", "Weather"] in [row[:3] for row in rows]
    assert ["2", "left", "out", "Menu"] in [row[:4] for row in rows]
    assert ["3", "headline"] in [row[:2] for row in rows]
    assert "page learn" in " ".join(err.split())


def test_json_tells_what_was_left_out(tmp_path: Path) -> None:
    text = "\n".join(["Weather", HEADLINE, *PARAGRAPHS, "Share"])
    out, _ = run("-", "--json", "--config", str(tmp_path), given=text.encode())
    assert json.loads(out)["left_out"] == [
        {"text": "Weather", "reason": "a short line before the text, as navigation is"},
        {"text": "Share", "reason": "a share button"},
    ]


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    """Make a publication with a page in its chain."""
    make_root(tmp_path, '\n[sources]\nstory = [{ type = "page" }]\n')
    return tmp_path


def test_what_is_said_of_a_line_counts_the_next_time(publication: Path) -> None:
    text = "\n".join([HEADLINE, *PARAGRAPHS, "Tide at 07:14", "The Brief"])
    (publication / "page.txt").write_text(text)
    config = ("--config", str(publication))
    out, _ = page_command(
        "learn", "4", "--in", str(publication / "page.txt"), "--as", "navigation", *config
    )
    assert "Tide at 07:14" in out
    assert "content/site.toml" in out
    tomorrow = text.replace("07:14", "08:02")
    out, _ = run("-", "--json", *config, given=tomorrow.encode())
    assert [one["text"] for one in json.loads(out)["left_out"]] == ["Tide at 08:02", "The Brief"]
    page_command("learn", "tide at 09:00", "--as", "keep", *config)
    out, _ = run("-", "--json", *config, given=tomorrow.encode())
    assert json.loads(out)["stories"][0]["paragraphs"][-1] == "Tide at 08:02"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("Weather", "--as", "menu"), "cannot be “menu”"),
        (("9", "--in", "page.txt", "--as", "keep"), "has no line 9"),
        (("two", "--in", "page.txt", "--as", "keep"), "has no line two"),
    ],
)
def test_what_cannot_be_learned_is_told(
    publication: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(publication)
    Path("page.txt").write_text(HEADLINE)
    with pytest.raises(UsageError, match=sentence):
        page_command("learn", *arguments)


def test_a_configuration_without_pages_reads_them_all_the_same(tmp_path: Path) -> None:
    make_root(tmp_path, '\n[sources]\nstory = [{ type = "markdown" }]\n')
    text = "\n".join([HEADLINE, *PARAGRAPHS]).encode()
    out, _ = run("-", "--json", "--config", str(tmp_path), given=text)
    assert json.loads(out)["headline"] == HEADLINE


def test_help_does_not_load_the_parser() -> None:
    code = "import sys, newsletter.cli.page; sys.exit('newsletter.content.pasted' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
