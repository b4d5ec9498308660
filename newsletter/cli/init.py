"""`newsletter init`: put a working publication into a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.core.errors import UsageError

app = _shell.group("Begin a publication.")
_Answer = Annotated[
    str | None, typer.Option(metavar="TEXT", help="An answer given beforehand.", show_default=False)
]
FOLDERS = ("templates", "content")
FILES = ("config.toml", "subscribers.example.csv")


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where it is to lie.")
    ] = Path(),
    name: _Answer = None,
    site: _Answer = None,
    sender: _Answer = None,
    postal_address: _Answer = None,
    zone: _Answer = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the defaults.")] = False,
) -> None:
    """Put a working publication into a folder.

    It asks for five things: name, site, sender, postal address and time zone. Without a terminal
    the defaults stand. It has templates and example content, and can send at once, into files: the
    outbox comes first. Nothing that exists is overwritten.

    Example: newsletter init my-brief
    """
    from newsletter.cli import _asking

    _refuse_second(folder)
    given = {"name": name, "site": site, "sender": sender}
    given |= {"postal_address": postal_address, "zone": zone}
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    told = _asking.answers(folder, given, ask=asks)
    written = scaffold(folder, config=_asking.config_text(told))
    _shell.tell(f"A publication lies in {folder}/")
    for one in written:
        _shell.tell(f"  {one}")
    where = "" if folder == Path() else f"cd {folder} && "
    _shell.next_step(f"{where}newsletter preview; your answers stand in config.toml")


def _refuse_second(folder: Path) -> None:
    if (folder / "config.toml").exists():
        raise UsageError(
            f"{folder / 'config.toml'} exists already.",
            hint="Choose an empty folder: newsletter init my-brief",
        )


def scaffold(folder: Path, *, config: str | None = None) -> list[str]:
    """Copy the example publication and list what was written. Raises `UsageError` if one exists.

    With `config` that is its configuration, and not the example's.
    """
    from newsletter.app import bundled

    _refuse_second(folder)
    if config is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(config, encoding="utf-8")
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
