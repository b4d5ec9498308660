"""`newsletter library`: how long the content that takes turns will last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsletter.cli import _shell
from newsletter.cli._shell import HERE, ConfigOption, JsonOption

if TYPE_CHECKING:
    from newsletter.content.runway import Runway

app = _shell.group("Look after the content that takes turns.")


@app.command()
def library(config: ConfigOption = HERE, as_json: JsonOption = False) -> None:
    """Say until which date each chain lasts without a repeat.

    It simulates the coming editions over everything that takes turns: the library, the undated
    rows of tables, undated stories. What comes from the web or is bound to a date is not counted.
    """
    from newsletter.content.runway import warnings

    with _shell.publication(config) as publication:
        found = publication.assembler.runways(publication.today())
    if as_json:
        chains = [document(one) for one in found]
        _shell.print_json({"chains": chains, "warnings": list(warnings(found))})
        return
    headers = ("part", "entries", "unused", "editions", "lasts until")
    _shell.table([_row(one) for one in found], headers=headers)
    for sentence in warnings(found):
        _shell.note(sentence)


def document(one: Runway) -> dict[str, Any]:
    """Return a runway in the words of the JSON contract."""
    return {
        "part": str(one.part),
        "entries": one.entries,
        "unused": one.unused,
        "editions": one.editions,
        "until": one.until.isoformat() if one.until else None,
    }


def _row(one: Runway) -> list[str]:
    if one.editions is None:
        return [str(one.part), str(one.entries), str(one.unused), "no end", "no end"]
    until = one.until.isoformat() if one.until else "used up"
    return [str(one.part), str(one.entries), str(one.unused), str(one.editions), until]
