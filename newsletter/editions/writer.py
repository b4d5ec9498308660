"""Write an edition as `edition.toml`, for an editor who is no programmer. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.content.edition_fields import (
    CorrectionTable,
    EditionTable,
    FactTable,
    ImageTable,
    Key,
    OtherTable,
    QuoteTable,
    StoryTable,
    Table,
    WordTable,
    keys,
)
from newsletter.core.model import Acceptance, Edition, Fact, Quote, Story, Word
from newsletter.editions.schema import values_of

_HEAD = '''\
# The edition of {date}.
# Change what you like and save: assembling again leaves your words alone.
# Longer texts stand between """ and """; a blank line begins a new paragraph.
# To begin again from the sources: newsletter assemble --date {date} --fresh

# Left empty, the subject is the first headline, and the preheader its story's beginning.
'''
_STORIES = """\
# The first story leads. A story may also have {optional},
# {choices}, and below its text [stories.image] with {image}.
"""
_ACCEPTED = """\
# Checks whose findings were accepted for this edition, each with the reason.
[accepted]
"""
_NO_STORY = """\
There is no lead story, and without one the edition is held.
Write it here; take the # signs away:
[[stories]]
"""
_NO_FEATURE = """\
There is no {name}. To add one, take the # signs away:
[{name}]
"""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def as_toml(edition: Edition) -> str:
    """Return the file's text; the same edition always gives the same text.

    The provenance is not in it. Read again it gives the same edition, its texts trimmed and cut
    into blocks as `blocks.split` does.
    """
    return "\n".join(section.rstrip("\n") + "\n" for section in _sections(edition))


def _sections(edition: Edition) -> Iterator[str]:
    own = values_of(EditionTable, edition)
    head = {key: "" if value is None else value for key, value in own.items()}
    yield _HEAD.format(date=edition.date) + _lines(EditionTable, head)
    for correction in edition.corrections:
        yield _table("[[corrections]]", CorrectionTable, correction)
    yield _about_stories() if edition.stories else _proposed(_NO_STORY, StoryTable)
    for story in edition.stories:
        yield _story(story)
    yield _feature("fact", FactTable, edition.fact)
    yield _feature("quote", QuoteTable, edition.quote)
    yield _feature("word", WordTable, edition.word)
    for other in edition.others:
        yield _table("[[others]]", OtherTable, other)
    if edition.background.accepted:
        yield _accepted(edition.background.accepted)


def _story(story: Story) -> str:
    image = _table("\n[stories.image]", ImageTable, story.image) if story.image else ""
    return _table("[[stories]]", StoryTable, story) + image


def _feature(name: str, table: type[Table], part: Fact | Quote | Word | None) -> str:
    if part is None:
        return _proposed(_NO_FEATURE.format(name=name), table)
    return _table(f"[{name}]", table, part)


def _table(header: str, table: type[Table], part: Any) -> str:
    return f"{header}\n{_lines(table, values_of(table, part))}"


def _lines(table: type[Table], values: Mapping[str, Any]) -> str:
    written = {key.name: _written(key, values[key.name]) for key in keys(table)}
    return "".join(f"{name} = {value}\n" for name, value in written.items() if value)


def _written(key: Key, value: Any) -> str | None:
    """Write a value; None where the key need not stand there."""
    if value in (None, 0, ()) or (value == key.usual and key.told.kind == "choice"):
        return None
    match value:
        case str():
            return _long(value) if key.told.kind == "prose" else _quoted(value)
        case tuple():
            return f"[{', '.join(map(_quoted, value))}]"
        case _:
            return str(value)


def _about_stories() -> str:
    optional = [key for key in keys(StoryTable) if not key.is_needed]
    *image, last = (key.name for key in keys(ImageTable) if key.is_needed)
    return _STORIES.format(
        optional=", ".join(key.name for key in optional if not key.choices),
        choices=", ".join(
            f"{key.name} = {_quoted(choice)}"
            for key in optional
            for choice in key.choices
            if choice != key.usual
        ),
        image=f"{', '.join(image)} and {last}",
    )


def _proposed(about: str, table: type[Table]) -> str:
    """Write a part that is missing as a comment, with the keys that one begins with."""
    lines = [f"{key.name} = {key.told.sample}" for key in keys(table) if key.told.sample]
    text = about + "\n".join(lines)
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _accepted(accepted: tuple[Acceptance, ...]) -> str:
    return _ACCEPTED + "".join(f"{one.code} = {_quoted(one.reason)}\n" for one in accepted)


def _quoted(text: str) -> str:
    """Write a basic string: JSON's escapes are TOML's, only DEL is not among them."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long(text: str) -> str | None:
    """Write a multi-line basic string; TOML drops the line end after the opening marks."""
    if not text:
        return None
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    escaped = _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)
    return f'"""\n{escaped}\n"""'


def with_acceptance(text: str, acceptance: Acceptance) -> str:
    """Return the file's text with one acceptance more; a second one of the same check replaces it.

    Comments, blank lines and the order of the keys stay. The text has to be TOML.
    """
    import tomlkit

    document = tomlkit.parse(text)
    if "accepted" not in document:
        document.add(tomlkit.nl())
        document.add("accepted", tomlkit.table())
    document["accepted"][acceptance.code] = acceptance.reason
    return tomlkit.dumps(document)
