"""Write the pages of `docs/reference/` from the code: what is looked up there cannot be outdated.

    python -m tools.docs.reference           write them
    python -m tools.docs.reference --check   exit 1 where a page says something else

A test does the second, so a page that somebody corrected by hand is found, too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.docs import command_page, events_page, exit_codes_page, keys_page, shapes_page
from tools.pictures import morning

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
_NOTE = "<!-- Written by `python -m tools.docs.reference` from the code; change it there. -->"


def main() -> int:
    """Write the pages, or compare them."""
    with tempfile.TemporaryDirectory() as name, morning.standing_still():
        made = dict(pages(morning.begin(Path(name))))
    if "--check" in sys.argv:
        return int(made != kept())
    FOLDER.mkdir(exist_ok=True)
    for name, text in made.items():
        (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")
    return 0


def pages(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each page by name; `root` is a publication whose commands are asked."""
    made = {
        "options": command_page.text,
        "keys": keys_page.text,
        "exit-codes": exit_codes_page.text,
        "events": events_page.text,
        "json": lambda: shapes_page.text(root),
    }
    for name, text in made.items():
        heading, rest = text().split("\n", 1)
        yield name, f"{heading}\n\n{_NOTE}\n{rest.rstrip()}\n"


def kept() -> dict[str, str]:
    """Return the pages as they are kept."""
    return {file.stem: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}


if __name__ == "__main__":
    sys.exit(main())
