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


def test_help_does_not_load_the_parser() -> None:
    code = "import sys, newsletter.cli.page; sys.exit('newsletter.content.pasted' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
