"""Write the parts of docs/architecture.md that the code itself tells: its entries and layers.

    python tools/architecture/page.py          write them into the page
    python tools/architecture/page.py --check  exit 1 where the page says something else

What each entry holds is the first line of its docstring; the layers are those of pyproject.toml,
which the tests hold the imports to.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGE = ROOT / "newsletter"


def layers() -> list[str]:
    """Return the layers from the top down; entries of one layer are parted by " | "."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    found: list[str] = next(one["layers"] for one in contracts if one["type"] == "layers")
    return found


def entries() -> list[tuple[str, str]]:
    """Return name and purpose of each entry, from the top layer down."""
    names = [name for layer in layers() for name in layer.split(" | ") if name[0] != "_"]
    return [(shown(name), purpose(name)) for name in names]


def shown(name: str) -> str:
    """Return an entry as it lies in the folder: `cli/`, `app.py`."""
    return f"{name}/" if (PACKAGE / name).is_dir() else f"{name}.py"


def purpose(name: str) -> str:
    """Return the first line of an entry's docstring."""
    file = PACKAGE / name / "__init__.py"
    tree = ast.parse((file if file.exists() else PACKAGE / f"{name}.py").read_text("utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def parts() -> dict[str, str]:
    """Return what is generated, by the name of its place in the page."""
    rows = [f"| `{name}` | {purpose} |" for name, purpose in entries()]
    drawn = [f"{number}  {layer}" for number, layer in enumerate(layers()[1:], start=1)]
    return {
        "entries": "\n".join(("| entry | holds |", "| --- | --- |", *rows)),
        "layers": "\n".join(("```", *drawn, "```")),
    }


def written(page: str) -> str:
    """Return the page with its generated parts as the code has them now."""
    for name, text in parts().items():
        before, _, rest = page.partition(f"<!-- {name} -->\n")
        after = rest.partition(f"<!-- /{name} -->")[2]
        page = f"{before}<!-- {name} -->\n{text}\n<!-- /{name} -->{after}"
    return page


def main() -> int:
    """Write the page, or compare it."""
    before = PAGE.read_text(encoding="utf-8")
    after = written(before)
    if "--check" in sys.argv:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
