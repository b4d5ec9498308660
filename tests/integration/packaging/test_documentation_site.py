"""The documentation as a site: built without a warning, whole, and with nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_code import ROOT

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it once. A warning of Sphinx (a link that leads nowhere, a page in no list) ends it."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, ROOT / "tools" / "docs" / "site.py", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_there_as_a_page_and_as_markdown(site: Path) -> None:
    names = [page.relative_to(DOCS).with_suffix("") for page in DOCS.rglob("*.md")]
    assert len(names) > 40
    missing = [
        f"{name}{kind}" for name in names for kind in (".html", ".md")
        if not (site / f"{name}{kind}").is_file()
    ]  # fmt: skip
    assert missing == []


def test_the_list_for_programs_names_every_page_of_the_contents(site: Path) -> None:
    listed = re.findall(r"^- \[.+?\]\((.+?)\)", (site / "llms.txt").read_text("utf-8"), re.M)
    assert {page.name for page in DOCS.glob("*.md")} - {"index.md"} <= set(listed)
    assert all((site / name).is_file() for name in listed)


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loaded = re.compile(r"""<(?:script|img|link|iframe)\b[^>]*(?:src|href)=["'](https?:)?//""")
    foreign = [page.name for page in site.rglob("*.html") if loaded.search(page.read_text("utf-8"))]
    assert foreign == []


def test_the_search_needs_no_server(site: Path) -> None:
    assert "sandbox" in (site / "searchindex.js").read_text(encoding="utf-8")
