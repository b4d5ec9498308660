"""`newsletter init`: put a working publication into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.core.errors import UsageError

app = _shell.group("Begin a publication.")
FOLDERS = ("templates", "content")
FILES = ("config.toml", "subscribers.example.csv")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where it is to lie.")] = Path(),
) -> None:
    """Put a working publication into a folder.

    It has configuration, templates and example content, and can send at once. Nothing that
    exists is overwritten.

    Example: newsletter init my-brief
    """
    written = scaffold(folder)
    _shell.say(f"[bold green]A publication lies in {folder}/[/]")
    for name in written:
        _shell.say(f"  {name}")
    where = "" if folder == Path() else f"cd {folder} && "
    _shell.next_step(f"edit config.toml, then {where}newsletter preview")


def scaffold(folder: Path) -> list[str]:
    """Copy the example publication and list what was written. Raises `UsageError` if one exists."""
    from newsletter.app import bundled

    if (folder / "config.toml").exists():
        raise UsageError(
            f"{folder / 'config.toml'} exists already.",
            hint="Choose an empty folder: newsletter init my-brief",
        )
    sources = [bundled(name) for name in (*FILES, *FOLDERS)]
    files = [(file, root) for root in sources for file in sorted(_files(root))]
    for file, root in files:
        target = folder / file.relative_to(root.parent)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return [*FILES, *(f"{name}/" for name in FOLDERS)]


def _files(root: Path) -> list[Path]:
    return [root] if root.is_file() else [path for path in root.rglob("*") if path.is_file()]
