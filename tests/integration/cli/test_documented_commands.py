"""What the pages tell people to type is typed here: each block of commands runs, or says why not.

`<!-- not run: REASON -->` before a block leaves all of it out, and
"<!-- not run: `make`, `newsletter preview`: REASON -->" the lines that begin so. What they call is
held to the commands and options that there are.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from newsletter.cli import app
from tests.support.called import refuse_unknown
from tests.support.source_code import ROOT
from tools.docs import command_page, reference, shapes_page
from tools.pictures import morning

PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(
    r"(?:^<!-- ([^\n]+?) -->\n)?^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL
)
INDENTED = re.compile(
    r"(?:^<!-- ([^\n]+?) -->\n\n)?(?:(?<=\n\n)|^)((?:^    \S.*\n)+)", re.MULTILINE
)
COMMANDS = {"sh", "console", "cron"}
TYPED = re.compile(r"(?:\$ )?(?:[A-Z_]+=\S* )*(newsletter|pip|make|python|export|podman|pybabel)\b")
LEFT_OUT = re.compile(r"not run: ((?:`[^`]+`,? ?)*):? ?(\S.*)")
FINE = {0, 3}  # done, or nothing to do
BEGINS_WITH_INIT = {"README.md", "start.md", "first-send.md"}


@dataclass(frozen=True, slots=True)
class Block:
    """A block of commands."""

    page: Path
    mark: str
    lines: tuple[str, ...]

    @property
    def left_out(self) -> tuple[str, ...] | None:
        """Return how the lines begin that are not run; all of them for None."""
        if not self.mark.startswith("not run"):
            return ()
        found = LEFT_OUT.fullmatch(self.mark)
        assert found, f"{self.page.name}: a mark without a reason: {self.mark}"
        return tuple(re.findall(r"`([^`]+)`", found[1])) or None


@dataclass(slots=True)
class Shell:
    """Where a page's blocks have come to: a folder, and variables."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def type(self, line: str) -> None:
        """Do what a line says, as far as a page needs a shell."""
        for part in line.split(" && "):
            words = shlex.split(part, comments=True)
            given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
            words = [word for word in words if not re.match(r"[A-Z_]+=", word)]
            if words[:1] == ["export"]:
                self.variables |= given
            elif words[:1] == ["cd"]:
                self.folder /= words[1]
            else:
                assert words[:1] == ["newsletter"], f"only newsletter is run: {line}"
                self._run(words[1:], given)

    def _run(self, words: list[str], given: dict[str, str]) -> None:
        environment = {"EDITOR": "true", **self.variables, **given}
        with chdir(self.folder), patch.dict(os.environ, environment):
            done = CliRunner().invoke(app, words)
        if done.exit_code not in FINE and getattr(done.exception, "exit_code", 1) not in FINE:
            raise AssertionError(f"{words}: {done.exception!r}\n{done.output}")


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for mark, _, language, body in BLOCK.findall(text):
        lines = tuple(line.strip().removeprefix("$ ") for line in body.splitlines())
        if language in COMMANDS:
            yield Block(page, mark, tuple(filter(None, lines)))
        elif not language:
            typed = [line for line in lines if TYPED.match(line)]
            assert not typed, f"{page.name}: a block of commands is ```sh: {typed[0]}"
    for mark, body in INDENTED.findall(BLOCK.sub("", text)):
        lines = tuple(line.strip() for line in body.splitlines())
        if any(map(TYPED.match, lines)):
            yield Block(page, mark, lines)


WITH_COMMANDS = [page for page in PAGES if any(blocks(page))]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a publication as an editor has it: readers, yesterday's edition, today's waiting."""
    with morning.standing_still():
        root = morning.begin(tmp_path_factory.mktemp("ready"))
    shutil.copyfile(root / "subscribers.example.csv", root / "readers.csv")
    shutil.copyfile(root / "content" / "pages" / "2026-01-05.txt", root / "copied.txt")
    return root


def test_the_blocks_of_many_pages_are_known() -> None:
    assert len(WITH_COMMANDS) > 12


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_every_block_of_commands_runs_or_says_why_not(
    page: Path, ready: Path, tmp_path: Path
) -> None:
    shell = Shell(tmp_path)
    if page.name not in BEGINS_WITH_INIT:
        shell.folder = Path(shutil.copytree(ready, tmp_path / "my-brief"))
    with morning.standing_still(morning.MOMENT + timedelta(hours=1)):
        for block in blocks(page):
            for line in block.lines:
                if line.startswith("#"):
                    continue
                if block.left_out is None or line.startswith(block.left_out or ("\0",)):
                    if called := re.search(r"(?:^|&& |[A-Z]=\S+ )(newsletter [^&|]*)", line):
                        refuse_unknown(shlex.split(called[1], comments=True)[1:])
                    continue
                shell.type(line)
                if page.name in BEGINS_WITH_INIT and not (shell.folder / "readers.csv").exists():
                    shutil.copyfile(ready / "readers.csv", shell.folder / "readers.csv")


def test_the_reference_is_what_the_code_tells(ready: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(ready, tmp_path / "my-brief"))
    with morning.standing_still():
        told = dict(reference.pages(root))
    kept = reference.kept()
    assert set(told) == set(kept)
    for name, page in told.items():
        assert page == kept[name], f"run: python -m tools.docs.reference ({name})"


def test_every_command_with_json_is_asked_or_named() -> None:
    asked = {" ".join(words) for words in shapes_page.ASKED} | set(shapes_page.NOT_ASKED)
    for path, command in command_page.all_of_them():
        if any("--json" in one.opts for one in command.params):
            name = path.removeprefix("newsletter ")
            assert any(one == name or one.startswith(f"{name} ") for one in asked), name
