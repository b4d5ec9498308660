"""`edition.toml` and the edition: its tables read as the model's values, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, TypeVar

from pydantic_core import ErrorDetails

from newsletter.content import blocks
from newsletter.content.edition_fields import (
    Credited,
    EditionTable,
    StoryTable,
    Table,
    WordTable,
    keys,
    tables,
)
from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.validity import cleaned
from newsletter.core.model import (
    Acceptance,
    Background,
    CorrectionNote,
    Credit,
    Edition,
    Fact,
    Image,
    OtherFeature,
    Provenance,
    Quote,
    Story,
    Word,
)

_Part = TypeVar("_Part", Fact, Quote, Word, OtherFeature)

UNUSED = ("subject_b", "subject_share")  # once keys of an edition; read over, and told by a check


def edition_of(
    values: Mapping[str, Any], *, day: date, provenance: tuple[Provenance, ...] = ()
) -> Edition:
    """Read the values of a file as the edition of a day.

    Raises pydantic's `ValidationError`, whose entries `sentence` puts into words.
    """
    used = {key: value for key, value in values.items() if key not in UNUSED}
    file = EditionTable.model_validate(used)
    edition = Edition(
        date=day,
        subject=file.subject,
        preheader=file.preheader,
        intro=blocks.split(file.intro, "text"),
        corrections=tuple(CorrectionNote(**dict(note)) for note in file.corrections),
        stories=tuple(map(_story, file.stories)),
        fact=_credited(file.fact, Fact) if file.fact else None,
        quote=_credited(file.quote, Quote) if file.quote else None,
        word=_word(file.word) if file.word else None,
        others=tuple(_credited(other, OtherFeature) for other in file.others),
        background=Background(
            provenance=provenance,
            accepted=tuple(Acceptance(code, reason) for code, reason in file.accepted.items()),
            unused=tuple(key for key in UNUSED if key in values),
        ),
    )
    return cleaned(edition)


def values_of(table: type[Table], part: Any) -> dict[str, Any]:
    """Return the values of an edition or of a part of it by the keys of its table.

    They are in the order of the file; None is a key without a value. Tables inside the table are
    not among them.
    """
    found = _told_otherwise(part)
    return {
        key.name: found[key.name] if key.name in found else getattr(part, key.name)
        for key in keys(table)
    }


def sentence(fault: ErrorDetails) -> str:
    """Say what is wrong with a key, to stand behind its name, without a full stop."""
    kind = fault["type"]
    if kind == "extra_forbidden":
        return "is not a key of an edition here"
    if kind == "missing":
        return "is missing"
    if kind == "model_type":
        return "must be a table of keys"
    text = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def keys_beside(path: Sequence[int | str]) -> list[str]:
    """List the keys that are allowed where a path leads, sorted."""
    table: type[Table] = EditionTable
    for name in path[:-1]:
        table = tables(table).get(str(name), table)
    return sorted(table.model_fields)


def _same(table: Table, kind: type[Any]) -> dict[str, Any]:
    """Return the values of a table that the model has under the same name."""
    names = {one.name for one in fields(kind)}
    return {key: value for key, value in table if key in names}


def _told_otherwise(part: Any) -> dict[str, Any]:
    """Return what the file has in another way than the model."""
    match part:
        case Edition():
            return {"intro": blocks.join(part.intro)}
        case Story():
            return {"text": blocks.join(part.paragraphs)}
        case Word():
            return {"pos": part.pos_raw or part.pos, **_credit(part.source)}
        case Fact() | Quote() | OtherFeature():
            return _credit(part.source)
        case _:
            return {}


def _credit(credit: Credit | None) -> dict[str, Any]:
    return {
        "source": credit.name if credit else None,
        "source_url": credit.url if credit else None,
    }


def _story(story: StoryTable) -> Story:
    own = {
        "paragraphs": blocks.split(story.text, story.markup),
        "image": Image(**_same(story.image, Image)) if story.image else None,
    }
    return Story(**{**_same(story, Story), **own})


def _credited(table: Credited, kind: type[_Part]) -> _Part:
    return kind(**{**_same(table, kind), "source": table.credit})


def _word(table: WordTable) -> Word:
    pos = part_of_speech(table.pos) if table.pos else None
    return replace(_credited(table, Word), pos=pos, pos_raw=table.pos)
