"""`newsletter page`: show what pasted page text is read as."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import JsonOption
from newsletter.core.errors import UsageError, Where

if TYPE_CHECKING:
    from newsletter.content.pasted import Page
    from newsletter.core.model import Credit, Quote, Story, Word

GROUP = True
app = _shell.group("Read pasted page text.")

FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="The page as plain text; - for standard input.")
]
FurnitureOption = Annotated[
    list[str] | None,
    typer.Option(
        "--furniture",
        metavar="LINE",
        help="A line of the site to leave out, too; may be repeated. LINE... is a beginning.",
    ),
]


@app.command()
def parse(
    file: FileArgument, furniture: FurnitureOption = None, as_json: JsonOption = False
) -> None:
    """Show what a page is read as: stories, fact, quote, word, credit, and what is missing.

    Nothing is written. A page with parts missing is no error; a file that is no text is.
    """
    from newsletter.content.pasted import as_document, parse_page

    page = parse_page(_read(file), furniture=furniture or ())
    if as_json:
        _shell.print_json(as_document(page))
        return
    _shell.table(list(_rows(page)))
    if page.missing:
        _shell.next_step(f"add what is missing to the text ({', '.join(page.missing)}).")


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.",
            hint="Name a text file, or - to paste the page on standard input.",
            where=Where(file=file, leads=False),
        ) from error


def _rows(page: Page) -> Iterator[tuple[str, str]]:
    """Yield a name and a summary for every part there is, then what is missing or odd."""
    features = page.features
    parts = (
        ("Date", page.date_label),
        ("Headline", page.headline),
        ("Intro", "\n".join(page.intro)),
        ("Contents", "\n".join(page.contents)),
        ("Stories", "\n".join(map(_story, page.stories))),
        (
            "Fact",
            features.fact and features.fact.text + _source(features.fact.source),
        ),
        ("Quote", _quote(features.quote)),
        ("Word", _word(features.word)),
        ("Sentences", "\n".join(features.sentences)),
        ("Others", "\n".join(f"{one.label}: {one.text}" for one in features.others)),
        ("Image credit", page.image_credit),
        ("Missing", ", ".join(page.missing)),
        ("Without a place", "\n".join(page.unknown)),
    )
    for name, summary in parts:
        if summary:
            yield name, summary


def _story(story: Story) -> str:
    words = sum(len(paragraph.split()) for paragraph in story.paragraphs)
    title = story.headline or "(no headline)"
    return f"{title}: paragraphs {len(story.paragraphs)}, words {words}"


def _quote(quote: Quote | None) -> str:
    if quote is None:
        return ""
    author = f"\n— {quote.author}" if quote.author else ""
    return quote.text + author + _source(quote.source)


def _word(word: Word | None) -> str:
    if word is None:
        return ""
    details = ", ".join(filter(None, (word.pos, word.pronunciation)))
    heading = f"{word.word} ({details})" if details else word.word
    senses = "\n".join(filter(None, (word.definition, word.extra_sense)))
    return f"{heading}{_source(word.source)}\n{senses}"


def _source(source: Credit | None) -> str:
    return f" [{source.name}]" if source else ""
