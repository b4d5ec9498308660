"""What the archive keeps of an edition, read from `edition.toml` as its send froze it. Pure.

It reads whatever is there: an edition of an older release, or a row that was damaged, is listed
with what can be read of it, and never stops a send.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.content.blocks import dialect, split
from newsletter.core.model.archive import ArchivedPicture, ArchiveEntry

_SUMMARY = 180  # characters
_LEAST = 60  # of a sentence that may stand alone
_PROSE = ("paragraph_open", "bullet_list_open", "ordered_list_open", "blockquote_open")
_READER = dialect()
# What is no text, and what a database may refuse; white space is dealt with by itself.
_CONTROLS = dict.fromkeys(one for one in range(32) if not chr(one).isspace())


def entry_of(content: str) -> ArchiveEntry:
    """Return how the archive lists an edition, from the text of its file."""
    try:
        edition = tomllib.loads(content)
    except tomllib.TOMLDecodeError:
        edition = {}
    stories = _tables(edition, "stories")
    lead = stories[0] if stories else {}
    words = tuple(_words(edition, stories))
    return ArchiveEntry(
        headline=_line(lead.get("headline") or edition.get("subject") or next(iter(words), "")),
        summary=_line(edition.get("preheader")) or _summary(lead, words),
        text=" ".join(words),
        picture=_picture(lead.get("image")),
    )


def plain(block: str, markup: str) -> str:
    """Return a block of a story as one line of plain text."""
    if markup != "markdown":
        return _line(block)
    said: list[str] = []
    for token in _READER.parse(block):
        if token.type in {"code_block", "fence"}:
            said.append(token.content)
        inside = token.children or ()
        said += [" " if child.type == "softbreak" else child.content for child in inside]
        said.append(" ")
    return _line("".join(said))


def shortened(text: str, *, least: int = _LEAST, most: int = _SUMMARY) -> str:
    """Return a text's first sentences, as many as fit; else its first words."""
    if len(text) <= most:
        return text
    ends = [at + 1 for at in range(least, most) if text[at] in ".!?؟。" and _ends(text, at)]
    if ends:
        return text[: ends[-1]]
    cut = text[:most].rpartition(" ")[0] or text[:most]
    return f"{cut.rstrip(',;:–-')} …"


def _ends(text: str, at: int) -> bool:
    return text[at] == "。" or text[at + 1 : at + 2] in {"", " "}


def _summary(lead: Mapping[str, Any], words: tuple[str, ...]) -> str:
    markup = str(lead.get("markup") or "text")
    for block in _blocks(lead):
        if markup != "markdown" or any(one.type in _PROSE for one in _READER.parse(block)[:1]):
            said = plain(block, markup)
            if said:
                return shortened(said)
    return shortened(next(iter(words[0 if lead else 1 :]), ""))


def _words(edition: Mapping[str, Any], stories: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what readers were given below the headline, in the order of the mail."""
    for number, story in enumerate(stories):
        if number:  # the lead's is told by itself
            yield from _lines(story, "headline")
        markup = str(story.get("markup") or "text")
        yield from filter(None, (plain(block, markup) for block in _blocks(story)))
        yield from _lines(story, "byline")
        yield from _lines(_table(story, "image"), "alt", "credit")
    yield from _lines(_table(edition, "fact"), "figure", "text", "source")
    yield from _lines(_table(edition, "quote"), "text", "author", "source")
    word = _table(edition, "word")
    yield from _lines(word, "word", "definition", "extra_sense")
    sentences = word.get("sentences")
    yield from filter(None, map(_line, sentences if isinstance(sentences, list) else ()))
    for other in _tables(edition, "others"):
        yield from _lines(other, "label", "text", "source")
    yield from _lines(edition, "intro")
    for note in _tables(edition, "corrections"):
        yield from _lines(note, "text")


def _blocks(story: Mapping[str, Any]) -> tuple[str, ...]:
    text = story.get("text")
    is_markdown = story.get("markup") == "markdown"
    return split(text, "markdown" if is_markdown else "text") if isinstance(text, str) else ()


def _lines(table: Mapping[str, Any], *keys: str) -> Iterator[str]:
    yield from filter(None, (_line(table.get(key)) for key in keys))


def _line(value: object) -> str:
    return " ".join(value.translate(_CONTROLS).split()) if isinstance(value, str) else ""


def _table(edition: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = edition.get(key)
    return found if isinstance(found, dict) else {}


def _tables(edition: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = edition.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _picture(image: object) -> ArchivedPicture | None:
    if not isinstance(image, dict) or not _line(image.get("url")):
        return None
    width, height = (
        value if isinstance(value := image.get(side), int) and value > 0 else None
        for side in ("width", "height")
    )
    alt = _line(image.get("alt"))
    return ArchivedPicture(url=_line(image["url"]), alt=alt, width=width, height=height)
