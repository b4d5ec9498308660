"""`newsletter metrics`: figures for a monitor, as Prometheus text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption

app = _shell.group("Figures for a monitor.")


@app.command()
def metrics(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write them here, whole or not at all."),
    ] = None,
    config: ConfigOption = HERE,
) -> None:
    """Print counts, lags, durations and states as Prometheus text; nobody is named in them.

    With --out for the textfile collector of node_exporter: let cron call it each minute.

    Example: newsletter metrics --out /var/lib/node_exporter/newsletter.prom
    """
    from newsletter.operations import metrics as figures

    with _shell.publication(config) as publication:
        if out is not None:
            figures.write(publication, out)
            return
        sys.stdout.write(figures.text(publication).decode())
