"""Build the documentation as a site from the Markdown in `docs/`, every warning an error.

    python tools/docs/site.py [FOLDER]      default: build/docs

`docs/index.md` is the table of contents: its headings and lists become the navigation, so a page
that is not listed there is an error. Beside each page lies its Markdown, and `llms.txt` lists all.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import SphinxError

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HERE = Path(__file__).parent
_SECTION = re.compile(r"^## (.+)$\n((?:^- .+$\n?)+)", re.MULTILINE)
_ENTRY = re.compile(r"^- \[([^\]]+)\]\(([^)#]+)\)(?:: (.+))?$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s#]*)(#[^()\s]*)?\)")
_CRON = re.compile(r"^ *```cron\w*$", re.MULTILINE)  # Pygments does not know it
_CODE = re.compile(r'(?<=<span class="pre">)[^<]+')  # in a line of text, not in a block
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as the table of contents names it."""

    title: str
    file: Path
    about: str


def main() -> int:
    """Build it where the command says; end with 1 after a warning."""
    target = Path(sys.argv[1] if sys.argv[1:] else ROOT / "build" / "docs").resolve()
    shutil.rmtree(target, ignore_errors=True)
    try:
        build(target)
    except SphinxError as error:
        sys.exit(f"The documentation was not built: {error}")
    print(f"{target}/index.html")
    return 0


def breakable(page: str) -> str:
    """Return a page in which a line may end behind each slash of a path. Pure."""
    return _CODE.sub(lambda found: re.sub(r"(?<=\w)/(?=\w)", "/<wbr>", found[0]), page)


def build(target: Path) -> None:
    """Build the site into a folder. Raises `SphinxError`, also for what Sphinx only warns of."""
    contents = dict(sections((DOCS / "index.md").read_text(encoding="utf-8")))
    places = placed(contents)
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "source"
        for file in places:
            stage(file, source, places=places)
        shutil.copytree(DOCS / "pictures", source / "pictures")
        add_navigation(source / "index.md", contents, places=places)
        site = Sphinx(
            str(source),
            str(HERE),
            str(target),
            str(Path(name) / "doctrees"),
            "html",
            status=None,
            warning=sys.stderr,
            exception_on_warning=True,
        )
        site.build(force_all=True)
        for place in places.values():
            shutil.copy2(source / place, target / place)
            page = (target / place).with_suffix(".html")
            page.write_text(breakable(page.read_text(encoding="utf-8")), encoding="utf-8")
    (target / "llms.txt").write_text(listed(contents, places=places), encoding="utf-8")
    (target / ".buildinfo").unlink(missing_ok=True)


def sections(text: str) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """Read the headings of the table of contents, each with its pages."""
    for heading, body in _SECTION.findall(text):
        entries = (
            Entry(title, Path(os.path.normpath(DOCS / target)), about)
            for title, target, about in _ENTRY.findall(body)
        )
        yield heading, tuple(entries)


def placed(contents: Mapping[str, tuple[Entry, ...]]) -> dict[Path, Path]:
    """Say where each page lies in the site. Ends where a page of `docs/` is not listed."""
    named = [entry.file for entries in contents.values() for entry in entries]
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    kept = {*DOCS.glob("*.md"), *DOCS.glob("reference/*.md")}
    if missing := kept - {*named, DOCS / "index.md"}:
        sys.exit(f"docs/index.md does not list {', '.join(sorted(one.name for one in missing))}.")
    pages = [DOCS / "index.md", *named, *decisions]
    return {
        file: file.relative_to(DOCS) if file.is_relative_to(DOCS) else Path(file.name.lower())
        for file in pages
    }


def stage(file: Path, source: Path, *, places: Mapping[Path, Path]) -> None:
    """Copy a page with its links turned to where the pages lie; a link to code keeps its words."""
    place = source / places[file]
    place.parent.mkdir(parents=True, exist_ok=True)
    parts = _FENCED.split(file.read_text(encoding="utf-8"))
    turned = [
        _CRON.sub("```", part)
        if at % 2
        else _LINK.sub(lambda link: _turned(link, file, places), part)
        for at, part in enumerate(parts)
    ]
    place.write_text("".join(turned), encoding="utf-8")


def _turned(link: re.Match[str], file: Path, places: Mapping[Path, Path]) -> str:
    words, target, fragment = link[1], link[2], link[3] or ""
    if ":" in target or not target:
        return link[0]
    meant = Path(os.path.normpath(file.parent / target))
    if meant / "README.md" in places:
        meant /= "README.md"
    if meant not in places:
        return words
    start = places[file].parent
    return f"[{words}]({os.path.relpath(places[meant], start)}{fragment})"


def add_navigation(
    index: Path, contents: Mapping[str, tuple[Entry, ...]], *, places: Mapping[Path, Path]
) -> None:
    """Add the trees of pages that the navigation is made from, seen there only."""
    text = index.read_text(encoding="utf-8")
    for heading, entries in contents.items():
        lines = "\n".join(
            f"{entry.title} <{places[entry.file].with_suffix('')}>" for entry in entries
        )
        text += f"\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n{lines}\n```\n"
    index.write_text(text, encoding="utf-8")
    decisions = index.parent / "decisions" / "README.md"
    with decisions.open("a", encoding="utf-8") as page:
        page.write("\n```{toctree}\n:glob:\n\n0*\n```\n")


def listed(contents: Mapping[str, tuple[Entry, ...]], *, places: Mapping[Path, Path]) -> str:
    """Write `llms.txt`: what the project is, and each page's Markdown with what it is about."""
    head = (DOCS / "index.md").read_text(encoding="utf-8").split("\n\n")
    lines = [head[0], "", f"> {head[1].splitlines()[0]}"]
    for heading, entries in contents.items():
        lines += ["", f"## {heading}", ""]
        lines += [
            f"- [{entry.title}]({places[entry.file]})" + (f": {entry.about}" if entry.about else "")
            for entry in entries
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
