"""The plug-ins that CONTRIBUTING.md shows, made only from that page in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.source_code import ROOT

PAGE = ROOT / "CONTRIBUTING.md"
# "`path`:" or "Added to `path`:", an empty line, and a block.
SHOWN = re.compile(r"^(Added to )?`([\w./]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

PLUGINS = {
    "museum": "tests/contract/test_sources.py",
    "exclamation": "tests/contract/test_checks.py",
    "pickup": "tests/contract/test_providers.py",
}
# What holds everything in the folders to the page: examples, descriptions, budgets.
OF_ALL = (
    *("same_set", "has_an_example", "the_valid_names", "every_check_is", "every_plug_in_is"),
    *(
        "every_secret_is",
        "every_module",
        "every_class_plug_in_and_command",
        "words_of_the_glossary",
    ),
)
ASKED = (
    *PLUGINS.values(),
    "tests/architecture/test_docs.py",
    "tests/architecture/test_budgets.py",
    "tests/architecture/test_words.py",
)
COPIED = ("newsletter", "tests", "docs", "templates")
FILES = ("pyproject.toml", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "LICENSE", "config.toml")


@dataclass(frozen=True, slots=True)
class Shown:
    """A block of the page: a file, or lines that are added to one."""

    path: str
    text: str
    is_added: bool


def shown() -> tuple[Shown, ...]:
    found = SHOWN.findall(PAGE.read_text(encoding="utf-8"))
    return tuple(Shown(path, text, bool(added)) for added, path, text in found)


def put(one: Shown, file: Path) -> None:
    """Do what the page says; in a project where it was done already, nothing is doubled."""
    before = file.read_text(encoding="utf-8") if one.is_added else ""
    if not one.is_added or one.text not in before:
        file.write_text(f"{before}\n{one.text}" if before else one.text, encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a copy of the project in which all that the page shows was done, and no more."""
    root = tmp_path_factory.mktemp("contributed")
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name)
    for name in (*FILES, "content"):
        (root / name).symlink_to(ROOT / name)
    for one in shown():
        put(one, root / one.path)
    yield root
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def said(project: Path) -> str:
    """Run the tests that know of the new files, in the copy; give what they said."""
    names = " or ".join((*PLUGINS, *OF_ALL))
    return run(project, "pytest", "-v", "-p", "no:xdist", *ASKED, "-k", names)


def run(project: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_block_of_the_page_is_done() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(shown()) == len(re.findall(r"^```\w+$", text, re.MULTILINE)) == 10


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plug_in_made_from_the_page_keeps_the_contract_of_its_folder(
    said: str, name: str
) -> None:
    passed = re.findall(rf"^{PLUGINS[name]}::\S+\[{name}\S*\] PASSED", said, re.MULTILINE)
    assert len(passed) >= 6, said


@pytest.mark.parametrize("rule", OF_ALL)
def test_no_other_file_has_to_be_edited_for_it(said: str, rule: str) -> None:
    assert re.search(rf"::\S*{rule}\S* PASSED", said), said


def test_its_files_are_in_the_style_of_the_project(project: Path) -> None:
    files = [one.path for one in shown() if one.path.endswith(".py")]
    run(project, "ruff", "check", *files)
    run(project, "ruff", "format", "--check", *files)
