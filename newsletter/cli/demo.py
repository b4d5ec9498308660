"""`newsletter demo`: the whole day once, without keys, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from newsletter.cli import _shell
from newsletter.core.errors import ExitCode, NewsletterError

app = _shell.group("See it all at work.")
PREVIEW_PORT = 8765


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="The demo's own folder.")
    ] = Path("demo"),
) -> None:
    """Run the whole day once, without keys, in a folder of its own.

    Import, assemble, render, check, send to the sandbox, audit: today's edition. It touches no
    publication's database. Each step is an ordinary command, shown before it runs. The same day
    again it sends nothing, and says so.
    """
    from newsletter.cli.init import scaffold

    if not (folder / "config.toml").exists():
        scaffold(folder)
    mailbox = folder / "mailbox"
    _shell.say(f"[bold]The demo lives in {folder}/[/]; delete the folder to begin anew.")
    with _sandbox(mailbox) as address:
        environment = _environment(address)
        _step(folder, environment, "subscribers", "import", "subscribers.example.csv")
        _step(folder, environment, "assemble")
        _step(folder, environment, "render")
        _step(folder, environment, "check")
        again = _step(folder, environment, "send", "--now") == ExitCode.NOTHING_TO_DO
        _step(folder, environment, "audit")
    _farewell(folder, mailbox, again=again)


def _environment(address: str) -> dict[str, str]:
    """Point the real SendGrid provider at the sandbox, whatever the caller's own settings are."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NEWSLETTER_", "SENDGRID_"))
    }
    return kept | {
        "NEWSLETTER_DELIVERY__PROVIDER": "sendgrid",
        "NEWSLETTER_SENDGRID__BASE_URL": address,
        "SENDGRID_API_KEY": "SG.demo-no-real-key",
    }


def _step(folder: Path, environment: Mapping[str, str], *words: str) -> int:
    """Show a command and run it; stop when it fails, go on when there is nothing to do."""
    _shell.say(f"\n[bold cyan]$ newsletter {' '.join(words)}[/]")
    command = [sys.executable, "-m", "newsletter", *words]
    done = subprocess.run(command, cwd=folder, env=dict(environment), check=False)
    if done.returncode not in {ExitCode.DONE, ExitCode.NOTHING_TO_DO}:
        raise NewsletterError(
            f"The step `newsletter {' '.join(words)}` ended with exit code {done.returncode}.",
            hint=f"Look at what it says above; the demo's folder is {folder}.",
        )
    return done.returncode


@contextmanager
def _sandbox(mailbox: Path) -> Iterator[str]:
    """Run `newsletter sandbox` beside the demo; give its address."""
    from newsletter.sandbox.server import Sandbox

    with Sandbox(mailbox) as sandbox:
        yield sandbox.url


def _farewell(folder: Path, mailbox: Path, *, again: bool) -> None:
    mails = sorted((mailbox / "mails").glob("*.eml"))
    edition = max(one for one in (folder / "editions").iterdir() if one.is_dir())
    if again:
        _shell.say("\n[bold green]Run again:[/] today's edition was complete; nothing was sent.")
    else:
        _shell.say("\n[bold green]Done.[/] Today's edition reached everyone on the list, once.")
    _shell.table(
        [
            ["The mails, as they arrived", f"{mailbox / 'mails'}/ ({len(mails)} .eml files)"],
            ["The HTML, for any browser", str(edition / "email.html")],
            ["The text part", str(edition / "email.txt")],
            ["The mailbox as a page", f"newsletter sandbox --dir {mailbox}"],
            [
                "The preview",
                f"newsletter preview --config {folder}  →  http://127.0.0.1:{PREVIEW_PORT}/",
            ],
        ],
        title="Where to look",
    )
