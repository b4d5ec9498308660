"""`newsletter render`: write the message's files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption

app = _shell.group("Render the message.")


@app.command()
def render(
    config: ConfigOption = HERE,
    date: DateOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Copy the files to this folder as well."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Render an edition into its files.

    They are email.mjml, email.html, email.txt, message.eml, web.html and report.json.

    Example: newsletter render --date 2026-03-01 --out /tmp/look
    """
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        proof = publication.proofs.prove(day)
        folder = publication.proofs.keep(proof)
    if out is not None:
        _copy(folder, out)
    message = proof.message
    document = {
        "edition": day.isoformat(),
        "subject": message.subject,
        "preheader": message.preheader,
        "digest": message.digest,
        "html_bytes": message.html_bytes,
        "text_bytes": message.text_bytes,
        "folder": str(out or folder),
    }
    if as_json:
        _shell.print_json(document)
        return
    _shell.table([[key, str(value)] for key, value in document.items()], title="Message")
    _shell.next_step(f"newsletter preview --date {day}, then newsletter check --date {day}")


def _copy(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if file.is_file() and file.name != "edition.toml":
            (out / file.name).write_bytes(file.read_bytes())
