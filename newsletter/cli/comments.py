"""`newsletter comments`: what readers say: comments to let through, letters, stars, departures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import UsageError

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.storage.site.answers import CommentState
    from newsletter.storage.site.records import Records

GROUP = True
app = _shell.group("See what readers say on the site, and let comments through.")
NumberArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", min=1, max=_shell.MOST, help="Of the comment.")
]
_DAYS = 90


@app.command("list")
def list_comments(
    config: ConfigOption = HERE,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are decided, not only what waits.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the comments that wait for an editor, the newest first."""
    from newsletter.storage.site.answers import CommentState

    with _shell.publication(config) as publication:
        state = None if everything else CommentState.WAITING
        found = _records(publication).answers.listed(state=state)
    if as_json:
        told = [
            {
                "number": one.id,
                "edition": one.edition,
                "name": one.name,
                "text": one.text,
                "state": one.state,
                "at": one.at,
            }
            for one in found
        ]
        _shell.print_json({"comments": told})
        return
    if not found:
        _shell.say("No comment waits.")
        return
    rows = [(str(one.id), str(one.edition), one.state, one.name, one.text) for one in found]
    _shell.table(rows, headers=("Number", "Edition", "State", "Name", "Words"))
    _shell.next_step("newsletter comments approve NUMBER, or refuse NUMBER")


@app.command()
def approve(
    number: NumberArgument, config: ConfigOption = HERE, as_json: JsonOption = False
) -> None:
    """Let a comment stand below its edition."""
    from newsletter.storage.site.answers import CommentState

    _decide(number, CommentState.APPROVED, config=config, as_json=as_json)


@app.command()
def refuse(
    number: NumberArgument, config: ConfigOption = HERE, as_json: JsonOption = False
) -> None:
    """Keep a comment from the site, or take it off again."""
    from newsletter.storage.site.answers import CommentState

    _decide(number, CommentState.REFUSED, config=config, as_json=as_json)


@app.command()
def letters(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """List what readers wrote to the editor, the newest first; each was mailed as well."""
    with _shell.publication(config) as publication:
        found = _records(publication).answers.letters()
    if as_json:
        told = [
            {
                "number": one.id,
                "about": one.about,
                "edition": one.edition,
                "from": one.canonical,
                "text": one.text,
                "at": one.at,
            }
            for one in found
        ]
        _shell.print_json({"letters": told})
        return
    if not found:
        _shell.say("Nobody has written yet.")
        return
    rows = [(f"{one.at:%Y-%m-%d %H:%M}", one.about, one.canonical, one.text) for one in found]
    _shell.table(rows, headers=("At (UTC)", "About", "From", "Words"))


@app.command()
def departures(
    config: ConfigOption = HERE,
    days: Annotated[
        int,
        typer.Option("--days", metavar="N", min=1, max=3660, help="How many days to look back."),
    ] = _DAYS,
    as_json: JsonOption = False,
) -> None:
    """Count who left by a link of a mail: by the edition it was of, and by their reason."""
    from datetime import timedelta

    with _shell.publication(config) as publication:
        since = publication.clock.now() - timedelta(days=days)
        found = _records(publication).departures.reasons(since=since)
    if as_json:
        told = [{"edition": day, "reason": why, "people": people} for day, why, people in found]
        _shell.print_json({"departures": told})
        return
    if not found:
        _shell.say("Nobody left.")
        return
    rows = [
        (str(day or "unknown"), why or "none said", f"{people:,}") for day, why, people in found
    ]
    _shell.table(rows, headers=("Edition", "Reason", "People"))


def _decide(number: int, state: CommentState, *, config: ConfigOption, as_json: bool) -> None:
    with _shell.publication(config) as publication:
        answers, now = _records(publication).answers, publication.clock.now()
        found = answers.decide(number, state, by="operator", now=now)
    if found is None:
        raise UsageError(
            f"There is no comment {number} to decide.",
            hint="`newsletter comments list --all` lists them, unless it is not confirmed yet.",
        )
    if as_json:
        _shell.print_json({"number": found.id, "state": found.state, "edition": found.edition})
        return
    where = "stands below" if state == "approved" else "does not stand below"
    _shell.tell(f"Comment {found.id} {where} the edition of {found.edition}.")


def _records(publication: App) -> Records:
    from newsletter.web.site.application import open_records

    return open_records(publication)
