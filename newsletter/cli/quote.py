"""`newsletter quote`: ask whose words a quote is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.core.errors import NothingToDo, UsageError

if TYPE_CHECKING:
    from newsletter.app import App
    from newsletter.content.sources.graciousquotes import Attribution
    from newsletter.core.model import Quote

app = _shell.group("Ask whose words a quote is.")
_SERVICE = "Gracious Quotes"

TextArgument = Annotated[
    str | None,
    typer.Argument(metavar="TEXT", help="The quote; default: the one of an edition."),
]


@app.command()
def quote(
    text: TextArgument = None,
    config: ConfigOption = HERE,
    date: DateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of who said something, with a link to the record.

    Gracious Quotes is asked, once, because you ask; nothing of the edition changes. Whoever
    publishes the answer credits the service with that link.
    """
    from newsletter.content.sources import graciousquotes

    if text is not None and date is not None:
        raise UsageError("Give the text of a quote or a --date, not both.")
    with _shell.publication(config) as publication:
        printed = _of_edition(publication, date) if text is None else None
        words = printed.text if printed else text or ""
        found = graciousquotes.check(words, publication.web.fetch)
    author = (printed.author if printed else None) or ""
    if as_json:
        answer = asdict(found) | {"verdict": found.verdict, "service": _SERVICE}
        _shell.print_json({"quote": words, "author": author or None, "attribution": answer})
        return
    _shell.table(list(_rows(words, author, found)))
    _shell.next_step(_next(found))


def _of_edition(publication: App, date: str | None) -> Quote:
    day = _shell.day_of(publication, date)
    edition = publication.files.load(day) or publication.assembler.assemble(day).edition
    quote = edition.quote
    if quote is None:
        raise NothingToDo(
            f"The edition of {day} has no quote.",
            hint="Give the text: newsletter quote “…”.",
        )
    return quote


def _rows(words: str, printed: str, found: Attribution) -> Iterator[tuple[str, str]]:
    """Yield a name and a text for all that is known."""
    rows = (
        ("Quote", words),
        ("Printed author", printed),
        ("Verdict", found.verdict),
        ("Answer", found.answer),
        ("Credited to", found.credit),
        ("On record", found.text),
        ("Work", found.work),
        ("Read there", found.work_url or ""),
        ("Why", found.why),
        ("Record", f"{_SERVICE}, {found.record}"),
    )
    return ((name, value) for name, value in rows if value)


def _next(found: Attribution) -> str:
    if found.status == "verified" and found.kind == "exact":
        return "nothing; the quote is verified."
    return "read the record; correct author or words in the edition, or take another quote."
