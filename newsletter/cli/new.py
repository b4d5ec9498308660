"""`newsletter new`: begin the day's story, or bring a pasted page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.core.errors import UsageError

if TYPE_CHECKING:
    from datetime import date as Day  # noqa: N812 - `date` is the option's name here

    from newsletter.app import App

app = _shell.group("Begin a story.")


PageOption = Annotated[
    str | None,
    typer.Option("--from-page", metavar="FILE", help="Page as copied from your site; - for stdin."),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--from-url", metavar="URL", help="Published page to make a draft from."),
]
NewestOption = Annotated[
    bool, typer.Option("--newest", help="The newest of your site, asked at this moment.")
]
ShelfOption = Annotated[
    str | None,
    typer.Option(
        "--from-shelf",
        metavar="NAME",
        help="A story of [edition] fallback: its file or headline; next: the next one.",
    ),
]


@app.command()
def new(
    config: ConfigOption = HERE,
    date: DateOption = None,
    from_page: PageOption = None,
    from_url: UrlOption = None,
    newest: NewestOption = False,
    from_shelf: ShelfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin the story of a date.

    It is an empty file to write, a page that was pasted, a draft made from a page of the web, the
    newest of your site, or one that stands by.

    Nothing that exists is overwritten, and an empty story is never sent.
    """
    ways = {"--from-page": from_page, "--from-url": from_url}
    is_given = _refuse_two({**ways, "--newest": newest, "--from-shelf": from_shelf})
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        if newest or from_shelf is not None:
            document = _taken(day, publication, shelf=None if newest else from_shelf)
        elif from_url is not None:
            document = _taken_over(from_url, day, publication)
        else:
            document = _begun(from_page, day, publication)
    if as_json:
        _shell.print_json(document)
        return
    _shell.table([[key, str(value)] for key, value in document.items()])
    verb = "look at it" if is_given else "write it"
    _shell.next_step(f"{verb}, then newsletter assemble --date {day}")


def _refuse_two(ways: dict[str, object]) -> bool:
    """Refuse two beginnings of one story; say whether there is one at all. Raises `UsageError`."""
    given = [name for name, value in ways.items() if value]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} begin the same story.", hint="Give one of them.")
    return bool(given)


def _taken(day: Day, publication: App, *, shelf: str | None) -> dict[str, object]:
    """Take the newest of the site, or a story of the shelf."""
    offers = publication.offers
    if shelf is None:
        taken = offers.take_newest(day)
    else:
        taken = offers.take_standing(day, "" if shelf == "next" else shelf)
    path = publication.files.path(day)
    return {"path": str(path), "headline": taken.headline, "origin": taken.origin}


def _begun(file: str | None, day: Day, publication: App) -> dict[str, object]:
    """Begin an empty story, or keep the page of a file; None: an empty one."""
    from newsletter.editions import drafts

    if file is None:
        return {"path": str(drafts.begin_story(day, publication.settings))}
    pasted = drafts.keep_page(day, _shell.page_in(file), publication.settings)
    page = pasted.page
    return {
        "path": str(pasted.path),
        "headline": page.headline,
        "stories": len(page.stories),
        "missing": list(page.missing),
        "unknown": list(page.unknown),
    }


def _taken_over(url: str, day: Day, publication: App) -> dict[str, object]:
    from newsletter.editions import drafts

    made = drafts.take_over(url, day, publication.settings, web=publication.web)
    return {
        "path": str(made.path),
        "headline": made.headline,
        "published": made.published,
        "paragraphs": made.paragraphs,
        "image": made.image,
        "left_out": list(made.left_out),
    }
