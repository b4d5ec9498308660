"""Draw the pictures of the README and the documentation from the example publication.

    make pictures        python -m tools.pictures

They show one morning that stands still, so they change only when the product does. A test draws
them again and fails where it no longer looks like them; another one where one is shown nowhere.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.chromium import launched
from tools.pictures import likeness, morning
from tools.pictures.screens import SCREENS, Screens
from tools.pictures.terminal import cast

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST = 120_000  # bytes of a picture


def main() -> int:
    """Draw all of them; end with 1 where one is too large."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, morning.standing_still():
        root = morning.begin(Path(name))
        with launched() as browser:
            fonts = likeness.fonts_of(browser)
            for picture, drawn in SCREENS.items():
                file = FOLDER / f"{picture}.png"
                likeness.keep(drawn(Screens(browser, root)), file, fonts=fonts)
        for picture, text in casts(root):
            (FOLDER / f"{picture}.svg").write_text(text, encoding="utf-8")
    sizes = {file.name: file.stat().st_size for file in sorted(FOLDER.iterdir())}
    sys.stdout.writelines(f"{size:>8,}  {name}\n" for name, size in sizes.items())
    if large := [name for name, size in sizes.items() if size > MOST]:
        sys.exit(f"More than {MOST:,} bytes: {', '.join(large)}.")
    return 0


def casts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of each terminal with its picture; the last one sends the edition."""
    (elsewhere := root.parent / "elsewhere").mkdir()
    begun = morning.run(elsewhere, "init", "my-brief")
    yield "terminal-init", cast([begun], title="A publication in one command")
    yield "terminal-status", cast([morning.run(root, "status")], title="How it stands")
    sent = [morning.run(root, *words) for words in (("check",), ("send", "--now"))]
    yield "terminal-send", cast(sent, title="Check, then send")


if __name__ == "__main__":
    sys.exit(main())
