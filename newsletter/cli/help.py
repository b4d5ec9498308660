"""`newsletter help`: a page of the documentation in the terminal."""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from newsletter.app import bundled
from newsletter.cli import _shell
from newsletter.core.errors import UsageError

app = _shell.group("Read the documentation.")
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_WIDEST = 100  # columns; longer lines are hard to read


@app.command(name="help")
def help_(
    topic: Annotated[
        str | None,
        typer.Argument(metavar="TOPIC", help="A page, or a part of one: checks, checks#preheader."),
    ] = None,
) -> None:
    """Show a page of the documentation, or list the pages.

    The pages come with the program and need no network. Elsewhere than at a terminal the page is
    written as it is, in Markdown.
    """
    folder = bundled("docs")
    pages = {
        file.stem: file for file in sorted((*folder.glob("*.md"), *folder.glob("reference/*.md")))
    }
    if topic is None:
        _list(pages)
        return
    name, _, part = topic.strip().removesuffix(".md").lower().partition("#")
    if name not in pages:
        raise _unknown(name, list(pages), what="no page")
    text = pages[name].read_text(encoding="utf-8")
    _show(section(text, part, page=name) if part else text)


def section(text: str, part: str, *, page: str) -> str:
    """Return a heading with all below it, up to the next one as high. Raises `UsageError`."""
    headings = list(_HEADING.finditer(_without_blocks(text)))
    names = [anchor(one[2]) for one in headings]
    if part not in names:
        raise _unknown(part, names, what=f"no part of the page {page}")
    found = headings[names.index(part)]
    after = headings[names.index(part) + 1 :]
    end = next((one.start() for one in after if len(one[1]) <= len(found[1])), len(text))
    return text[found.start() : end].rstrip() + "\n"


def anchor(heading: str) -> str:
    """Return what a link to a heading ends with, as GitHub and the built pages make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _without_blocks(text: str) -> str:
    """Blank what is code: a comment in a block of a shell looks like a heading."""
    return _FENCED.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), text)


def _list(pages: dict[str, Path]) -> None:
    titles = ((name, _title(file)) for name, file in pages.items())
    _shell.table(list(titles), headers=("topic", "page"))
    _shell.next_step("newsletter help TOPIC shows one; a command explains itself with --help")


def _title(file: Path) -> str:
    found = _HEADING.search(file.read_text(encoding="utf-8"))
    return found[2] if found else file.stem


def _show(text: str) -> None:
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.markdown import Markdown

    console = _shell.console()
    console.print(Markdown(text), width=min(console.width, _WIDEST))


def _unknown(name: str, valid: list[str], *, what: str) -> UsageError:
    close = difflib.get_close_matches(name, valid, n=1)
    proposed = f"Did you mean {close[0]}? " if close else ""
    return UsageError(
        f"{name!r} is {what}.", hint=f"{proposed}There are: {', '.join(dict.fromkeys(valid))}."
    )
