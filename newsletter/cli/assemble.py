"""`newsletter assemble`: put an edition together from its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, DateOption, JsonOption
from newsletter.core.errors import ExitCode, Held
from newsletter.core.model import Part

if TYPE_CHECKING:
    from newsletter.core.model import Edition, LeftOut
    from newsletter.editions import Assembled

app = _shell.group("Assemble an edition.")
_NOTHING = "(none)"
_KEPT = {"edited": "Kept as you edited it", "approved": "Kept as it was approved"}


@app.command()
def assemble(
    config: ConfigOption = HERE,
    date: DateOption = None,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Begin again from the sources; your file is put aside."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask the sources for each part and write the edition.

    The first valid answer of each chain wins. A file that you changed is kept, unless --fresh.
    What readers had within a year is refused, unless it is your own for this date. Exit 4 when
    there is no lead story and [edition] no_story does not send the features alone.
    """
    with _shell.publication(config) as publication:
        day = _shell.day_of(publication, date)
        assembled = publication.assembler.assemble(day, fresh=fresh)
        warnings = publication.assembler.warnings(assembled.edition)
    if as_json:
        _shell.print_json(document(assembled) | {"warnings": list(warnings)})
    else:
        _show(assembled)
        _warn(warnings)
    if assembled.status in {"held", "skipped"}:
        if not as_json:
            _shell.report(_held(assembled), as_json=False)
        _shell.end(ExitCode.HELD)
    if not as_json:
        _shell.next_step(f"newsletter preview --date {day}, or newsletter check --date {day}")


def document(assembled: Assembled) -> dict[str, Any]:
    """Return what was assembled in the words of the JSON contract."""
    from newsletter.content import edition

    return {
        "edition": edition.document(assembled.edition),
        "provenance": edition.provenance_document(assembled.edition),
        "status": assembled.status,
        "path": str(assembled.path),
        "kept": assembled.kept,
        "backup": str(assembled.backup) if assembled.backup else None,
    }


def _show(assembled: Assembled) -> None:
    from rich.markup import escape

    edition = assembled.edition
    _shell.table(
        [_row(edition, part) for part in Part],
        headers=("part", "what", "from"),
        title=f"Edition of {edition.date}: {assembled.status}",
    )
    where = escape(str(assembled.path))
    _shell.say(f"{_KEPT[assembled.kept]}: {where}" if assembled.kept else f"Written: {where}")
    if assembled.backup:
        _shell.say(f"Your file is now {escape(str(assembled.backup))}")


def _warn(warnings: Iterable[str]) -> None:
    for sentence in warnings:
        _shell.note(sentence)


def _row(edition: Edition, part: Part) -> list[str]:
    entry = next((entry for entry in edition.background.provenance if entry.part is part), None)
    lines = [f"{entry.source}: {entry.origin}"] if entry and entry.source else []
    lines += [f"not {tried.source}: {tried.reason}" for tried in entry.tried] if entry else []
    lines += (
        [f"left out: {_counted(entry.left_out)} (--json tells which)"]
        if entry and entry.left_out
        else []
    )
    return [str(part), _gist(edition, part), "\n".join(lines)]


def _counted(left_out: Iterable[LeftOut]) -> str:
    """Sum up what was left out by its reasons, the most frequent first."""
    counts = Counter(one.reason for one in left_out).most_common()
    return ", ".join(f"{reason} ({count})" if count > 1 else reason for reason, count in counts)


def _gist(edition: Edition, part: Part) -> str:
    match part:
        case Part.STORY:
            return "\n".join(story.headline for story in edition.stories) or _NOTHING
        case Part.FACT:
            return edition.fact.whole if edition.fact else _NOTHING
        case Part.QUOTE:
            return edition.quote.text if edition.quote else _NOTHING
        case Part.WORD:
            return edition.word.word if edition.word else _NOTHING


def _held(assembled: Assembled) -> Held:
    from newsletter.content.edition import sentences

    edition = assembled.edition
    return Held(
        sentences(edition)[0],
        hint=f"Write one with `newsletter new --date {edition.date}`, or in {assembled.path}; "
        f"then run `newsletter assemble --date {edition.date}` again.",
    )
