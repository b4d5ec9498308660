"""`newsletter page`: show what pasted page text is read as, and say what a line of it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption
from newsletter.core.errors import ConfigError, UsageError, Where

if TYPE_CHECKING:
    from newsletter.content.pasted import Page, Site
    from newsletter.core.model import Credit, Quote, Story, Word

GROUP = True
_DOUBTFUL = ("unplaced", "navigation")  # lines that a person should look at
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
    file: FileArgument,
    furniture: FurnitureOption = None,
    config: ConfigOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show what a page is read as: its parts, what is missing, and each line with its place.

    What the publication of config.toml knows of its site counts, where there is one. Nothing is
    written. A page with parts missing is no error; a file that is no text is.
    """
    from newsletter.content.pasted import as_document

    site, known = _site(config)
    page = _page(file, furniture=(*known, *(furniture or ())), site=site)
    if as_json:
        _shell.print_json(as_document(page))
        return
    _shell.table(list(_rows(page)))
    _shell.table(list(_numbered(page)), headers=("line", "is", "text", "why it is left out"))
    if page.missing:
        _shell.next_step(f"add what is missing to the text ({', '.join(page.missing)}).")
    if page.doubtful:
        numbers = ", ".join(map(str, page.doubtful))
        _shell.next_step(
            f"newsletter page learn N --in FILE --as headline, where another of the lines {numbers}"
            " is the headline."
        )
    if any(line.role in _DOUBTFUL for line in page.lines):
        _shell.next_step("newsletter page learn N --in FILE --as keep, where line N is read wrong.")


@app.command()
def learn(
    line: Annotated[
        str, typer.Argument(metavar="LINE", help="The line's text; its number with --in.")
    ],
    meaning: Annotated[
        str,
        typer.Option(
            "--as", metavar="WORD", help="navigation, byline, date, headline, furniture or keep."
        ),
    ],
    file: Annotated[
        str | None, typer.Option("--in", metavar="FILE", help="The page the number counts in.")
    ] = None,
    config: ConfigOption = HERE,
) -> None:
    """Say what a line of your site is; the pages of every further day are read by it.

    It is kept in content/site.toml, or the file that `learned` names at the source `page`.
    """
    from newsletter.content.pasted import Meaning
    from newsletter.editions import drafts

    if meaning not in list(Meaning):
        allowed = ", ".join(Meaning)
        raise UsageError(f"A line cannot be “{meaning}”.", hint=f"--as can be: {allowed}.")
    text = line if file is None else _numbered_line(line, file)
    source = drafts.page_source(_shell.load_settings(config))
    source.learn(text, Meaning(meaning))
    _shell.table([["Line", text], ["Is", meaning], ["Kept in", source.learned]])


def _page(file: str, *, furniture: tuple[str, ...], site: Site) -> Page:
    """Read a page by its markup, where that was pasted with it and the text is still the same."""
    from newsletter.content.pasted import parse_marked, parse_page
    from newsletter.content.sources.page import markup_beside
    from newsletter.content.web.copied import read_copied

    data = _shell.page_in(file)
    markup = "" if file == "-" else markup_beside(Path(file))
    copied = read_copied(markup) if markup else None
    if copied is None or not copied.is_of(data):
        return parse_page(data, furniture=furniture, site=site)
    return parse_marked(copied.lines, furniture=furniture, site=site)


def _site(config: Path) -> tuple[Site, tuple[str, ...]]:
    """Return what the publication knows of its site, where there is one."""
    from newsletter.content.pasted import NOTHING_LEARNED
    from newsletter.editions import drafts

    if not (config / HERE if config.is_dir() else config).exists():
        return NOTHING_LEARNED, ()
    try:
        source = drafts.page_source(_shell.load_settings(config))
    except ConfigError:
        raise
    except UsageError:  # no page stands in its chain
        return NOTHING_LEARNED, ()
    return source.site(), source.furniture


def _numbered_line(number: str, file: str) -> str:
    from newsletter.content.pasted.normalise import blocks_of

    lines = blocks_of(_shell.page_in(file))
    if not number.isdecimal() or not 1 <= int(number) <= len(lines):
        raise UsageError(
            f"{file} has no line {number}.",
            hint=f"`newsletter page parse {file}` numbers them, from 1 to {len(lines)}.",
            where=Where(file=file, leads=False),
        )
    return lines[int(number) - 1]


def _numbered(page: Page) -> Iterator[tuple[str, str, str, str]]:
    for number, line in enumerate(page.lines, start=1):
        role = f"{line.role} {line.story}" if line.story > 1 else str(line.role)
        yield str(number), role, line.text, line.reason


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
            features.fact and features.fact.whole + _source(features.fact.source),
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
    title += f", by {story.byline}" if story.byline else ""
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
