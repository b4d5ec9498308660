"""`newsletter subscribers imports`: which there were, what one did, and taking it back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ExitCode

if TYPE_CHECKING:
    from newsletter.subscribers.model import ImportRun

app = _shell.group("The imports of the list: show them, take one back.")
IdArgument = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=_shell.MOST, help="The import's number.")
]


@app.command("list")
def list_imports(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """List all imports, newest first."""
    with _shell.publication(config) as publication:
        found = publication.imports.all()
    if as_json:
        _shell.print_json({"imports": [_document(run) for run in found]})
        return
    _shell.table(
        [
            (str(run.id), f"{run.at:%Y-%m-%d %H:%M}", run.file, run.state, _summary(run))
            for run in found
        ],
        headers=("Import", "When (UTC)", "File", "State", "Rows"),
    )
    if not found:
        _shell.next_step("newsletter subscribers import FILE")


@app.command()
def show(import_id: IdArgument, config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Show what one import did, and whether it is finished."""
    with _shell.publication(config) as publication:
        run = publication.imports.find(import_id)
    if as_json:
        _shell.print_json(_document(run))
        return
    _shell.table(
        [
            ("file", run.file),
            ("SHA-256", run.sha256),
            ("begun", f"{run.at:%Y-%m-%d %H:%M} UTC"),
            ("state", run.state),
            ("reached line", f"{run.reached:,}"),
            *((name.replace("_", " "), f"{count:,}") for name, count in run.counts.items()),
        ],
        title=f"Import {run.id}",
    )
    if run.state == "applying":
        _shell.next_step("run the same import again to finish it")
    elif run.state == "done":
        _shell.next_step(f"newsletter subscribers imports undo {run.id} takes it back")


@app.command()
def undo(
    import_id: IdArgument,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; without a terminal nobody is asked.")
    ] = False,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take one import back: who it added goes, who it changed is as before.

    Whoever changed since, or has got an edition, is never lost: the first are left as they are,
    the others stay on record as unsubscribed.
    """
    with _shell.publication(config) as publication:
        run = publication.imports.find(import_id)
        if not (yes or as_json) and sys.stdin.isatty() and sys.stdout.isatty():
            _shell.say(f"Import {run.id}, {run.state}: {_summary(run)}.")
            if not typer.confirm("Take it back?"):
                _shell.end(ExitCode.NOTHING_TO_DO)
        undone = publication.imports.undo(import_id, now=publication.clock.now())
    counts = {
        "removed": undone.removed,
        "unsubscribed": undone.unsubscribed,
        "restored": undone.restored,
        "kept": undone.kept,
    }
    if as_json:
        _shell.print_json({"import_id": import_id, **counts})
        return
    _shell.table(
        [(name, f"{count:,}") for name, count in counts.items()],
        title=f"Import {import_id} is taken back",
    )
    _shell.next_step("newsletter subscribers list shows who is there now")


def _summary(run: ImportRun) -> str:
    return ", ".join(
        f"{count:,} {name.replace('_', ' ')}"
        for name, count in run.counts.items()
        if count and name != "rows"
    )


def _document(run: ImportRun) -> dict[str, Any]:
    return {
        "import_id": run.id,
        "file": run.file,
        "sha256": run.sha256,
        "at": run.at.isoformat(),
        "state": run.state,
        "reached": run.reached,
        "counts": dict(run.counts),
        "finished_at": run.finished_at and run.finished_at.isoformat(),
        "undone_at": run.undone_at and run.undone_at.isoformat(),
    }
