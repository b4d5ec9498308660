"""The desk's editor is committed as a bundle: it must be the one that its sources give."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).parents[3]
TOOL = ROOT / "tools" / "desk-editor"
PAGES = ROOT / "newsletter" / "web" / "desk" / "pages"


def banner() -> dict[str, object]:
    """Read what the bundle says it was made from."""
    first = (PAGES / "editor.bundle.js").read_text(encoding="utf-8").partition("\n")[0]
    told: dict[str, object] = json.loads(first.removeprefix("// "))
    return told


def test_the_bundle_was_made_from_the_sources_that_are_here() -> None:
    sources = [TOOL / "package.json", TOOL / "build.mjs", *sorted((TOOL / "src").iterdir())]
    digest = hashlib.sha256()
    for path in sources:
        name = path.relative_to(TOOL).as_posix()
        digest.update(f"{name}\n{path.read_text(encoding='utf-8')}\n".encode())
    assert banner()["source"] == digest.hexdigest(), "run tools/desk-editor/build.mjs"


def test_every_package_in_it_has_its_exact_version_and_its_licence() -> None:
    wanted = json.loads((TOOL / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert banner()["versions"] == wanted
    licences = (PAGES / "editor.licences.txt").read_text(encoding="utf-8")
    for name, version in wanted.items():
        assert f"\n{name} {version} (" in licences
    assert "GPL" not in licences


def test_no_file_of_it_says_where_packages_come_from() -> None:
    assert {path.name for path in TOOL.iterdir()} - {"node_modules"} == {
        "build.mjs",
        "package.json",
        "src",
    }
