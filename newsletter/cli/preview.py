"""`newsletter preview`: the desk in a browser, with live reload."""

from __future__ import annotations

import sys
import tempfile
import threading
import webbrowser
from datetime import date as Date  # noqa: N812  # `date` is the option
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, PortOption
from newsletter.cli._signals import until_asked_to_end
from newsletter.core import private

if TYPE_CHECKING:
    from newsletter.editions.proofs import Preview
    from newsletter.editions.status import EditionFacts
    from newsletter.web.desk.renders import Soon

app = _shell.group("Look at an edition.")


@app.command()
def preview(
    config: ConfigOption = HERE,
    date: DateOption = None,
    port: PortOption = 8765,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open the browser by itself.")
    ] = False,
) -> None:
    """Show an edition in the browser as readers will get it.

    On a desktop and on a phone, light and dark, with what the checks found.

    The page follows every change of story, templates, configuration and `edition.toml`. Only this
    machine can see it, and only with the code that is shown here. Ends with Ctrl-C.
    """
    from newsletter.web.desk import security, server, sign_in

    settings = _shell.load_settings(config)
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
    listener = server.listen(port)
    desk = server.Desk(
        token=security.make_token(),
        name=settings.publication.name,
        day=day,
        media=settings.root / "content" / "media",
        render=lambda shown, soon: render(config, shown, soon),
        watched=lambda shown: watched(settings.root, shown),
        opened=lambda: _shell.publication(config),
        stands=lambda shown: stands(config, shown),
    )
    # The folder is its owner's alone.
    with until_asked_to_end(), tempfile.TemporaryDirectory(prefix="newsletter-desk-") as folder:
        _shell.say(f"[bold]{day}[/] is on the desk: {server.front(listener)}")
        tell_code(desk.token, Path(folder))
        _shell.next_step("edit and look; Ctrl-C ends the preview")
        if not no_open:
            door = sign_in.write_door(Path(folder), server.address(listener, desk.token))
            opening = threading.Thread(target=webbrowser.open, args=(door.as_uri(),), daemon=True)
            opening.start()
        server.serve(desk, listener=listener)


def tell_code(token: str, folder: Path) -> None:
    """Show the code that the desk asks for on a terminal; any other output may be a log."""
    if sys.stdout.isatty():
        _shell.say(f"Its code: {token}")
        return
    file = folder / "code"
    private.write_bytes(file, f"{token}\n".encode())
    _shell.say(f"Its code is in {file}, for you alone.")


def render(config: Path, day: Date, soon: Soon) -> Preview:
    """Render an edition with the configuration as it is now; `soon` gets it before the checks."""
    with _shell.publication(config) as publication:
        return publication.proofs.preview(day, soon=soon)


def stands(config: Path, day: Date) -> EditionFacts:
    """Tell what the ledger and the approvals know of an edition at this moment."""
    with _shell.publication(config) as publication:
        return publication.edition_calendar.seen(day, digest="", holds=False)


def watched(root: Path, day: Date) -> tuple[Path, ...]:
    """Name what an edition is made from."""
    return (
        root / "config.toml",
        root / "templates",
        root / "content",
        root / "editions" / day.isoformat() / "edition.toml",
    )
