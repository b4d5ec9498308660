"""`newsletter edit`: open an edition in your editor, and look at it when you come back."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date as Day  # noqa: N812 - `date` is the option's name here
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption
from newsletter.core.errors import ExitCode, InputError, NewsletterError, UsageError

if TYPE_CHECKING:
    from newsletter.app import App

app = _shell.group("Edit an edition.")
_USUAL = ("sensible-editor", "nano", "vim", "vi")


@app.command()
def edit(
    config: ConfigOption = HERE,
    date: DateOption = None,
    story: Annotated[
        bool, typer.Option("--story", help="Open the file of the story, not the edition's.")
    ] = False,
) -> None:
    """Open an edition in $VISUAL or $EDITOR, and check it when you come back.

    It is assembled first where there is none. Without a story its file is begun and opened. What
    is wrong is told with file and line, and at a terminal the file is opened once more.

    Exit 3: nothing was changed. Exit 4: the checks found an error.

    Example: newsletter edit --date tomorrow
    """
    words = editor(os.environ)
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        path = _file(publication, day, story=story)
        _tell_standing(publication, day)
        is_other = _opened(words, path)
        while (problem := _problem(publication, day, path)) is not None:
            if not _asks_again(problem):
                raise problem
            is_other = _opened(words, path) or is_other
        waits = path != publication.files.path(day) and publication.files.is_edited(day)
    if not is_other:
        _shell.note(f"Nothing was changed in {path}.")
        _shell.end(ExitCode.NOTHING_TO_DO)
    if waits:
        _shell.note(
            f"The edition of {day} was edited and stays as it is: "
            f"`newsletter assemble --date {day} --fresh` takes the story anew."
        )
    _check(config, day)


def editor(environment: Mapping[str, str]) -> list[str]:
    """Return the words that start the editor: $VISUAL, $EDITOR, else one this machine has.

    Raises `UsageError` where there is none.
    """
    for name in ("VISUAL", "EDITOR"):
        words = _split(environment.get(name, ""), name)
        if words and shutil.which(words[0]) is None:
            raise UsageError(
                f"${name} names “{words[0]}”, and there is no such program.",
                hint=f"Set {name} to your editor, such as nano.",
            )
        if words:
            return words
    found = next(filter(shutil.which, _USUAL), None)
    if found is None:
        raise UsageError(
            "This machine has no editor that is known here.",
            hint="Set EDITOR to yours, such as EDITOR=nano; or use `newsletter preview`.",
        )
    return [found]


def _split(text: str, name: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(
            f"${name} cannot be read: {str(error).lower()}.",
            hint="Close its quotation marks; spaces part the program from its options.",
        ) from error


def _file(publication: App, day: Day, *, story: bool) -> Path:
    """Return the file to open, made where it is not there yet."""
    from newsletter.editions import drafts

    path = publication.files.path(day)
    if story:
        return drafts.story_file(day, publication.settings)
    if _is_a_persons(publication, day):
        return path
    publication.assembler.look(day)  # a day that is over and had none gets no files
    assembled = publication.assembler.assemble(day)
    if assembled.status in {"held", "skipped"}:
        return drafts.story_file(day, publication.settings)
    return path


def _is_a_persons(publication: App, day: Day) -> bool:
    """Say whether somebody changed the file; one that cannot be read was changed, too."""
    try:
        return publication.files.is_edited(day)
    except UsageError:
        return True


def _tell_standing(publication: App, day: Day) -> None:
    if publication.assembler.is_frozen(day):
        _shell.note(f"The edition of {day} went out: only its corrections count now.")
    elif publication.assembler.approval(day):
        _shell.note(f"The edition of {day} is approved: a change takes the approval back.")


def _opened(words: list[str], path: Path) -> bool:
    """Let the file be edited; say whether it is another one afterwards."""
    before = path.read_bytes()
    done = subprocess.run([*words, str(path)], check=False)  # noqa: S603  # the user's own editor
    if done.returncode:
        raise NewsletterError(
            f"{words[0]} ended with {done.returncode}, so nothing was looked at.",
            hint=f"`newsletter edit` opens {path} once more.",
        )
    return path.exists() and path.read_bytes() != before


def _problem(publication: App, day: Day, path: Path) -> NewsletterError | None:
    """Return what keeps what was opened from being read, with its file and line."""
    from newsletter.core.model import Part

    try:
        found = publication.assembler.assemble(day).edition.background.provenance
    except NewsletterError as error:
        return error
    if path == publication.files.path(day):
        return None
    source = "page" if path.suffix == ".txt" else "markdown"
    reasons = (
        tried.reason
        for entry in found
        for tried in entry.tried
        if entry.part is Part.STORY and tried.source == source
    )
    reason = next(reasons, None)
    return InputError(reason, hint=f"It is in {path}.") if reason else None


def _asks_again(problem: NewsletterError) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    _shell.report(problem, as_json=False)
    if not typer.confirm("Open it again?", default=True):
        _shell.end(problem.exit_code)
    return True


def _check(config: Path, day: Day) -> None:
    """Show what the checks find, as `newsletter check` does."""
    from newsletter.cli import check

    check.check(config=config, date=day.isoformat())
