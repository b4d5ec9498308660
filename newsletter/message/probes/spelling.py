"""Ask Hunspell, where it and a dictionary are installed, which words it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.core import get_global

from newsletter.core.errors import UsageError, Where
from newsletter.core.model import Edition
from newsletter.core.sentences import said
from newsletter.message.external import Misspelt
from newsletter.message.probes import programs
from newsletter.message.render.markdown_text import to_text

SECONDS = 20.0
MOST = 30  # words told
_DOUBT = re.compile(r"^(?:& (?P<word>\S+) \d+ \d+: (?P<near>.*)|# (?P<lost>\S+) \d+)$")
_SUGGESTIONS = 3
_ADDRESS = re.compile(r"\(?(?:https?://|mailto:)\S+|\S+@\S+")


def doubts(text: str, *, language: str, known: frozenset[str]) -> tuple[Misspelt, ...]:
    """Return the words of a text that the language's dictionary does not know, each once.

    `known` are words that are right whatever the dictionary says, in small letters; what has a
    capital is taken for a name. Nothing where there is no program or no dictionary.
    """
    # A caret keeps Hunspell from taking a line for one of its commands.
    lines = "".join(f"^{line}\n" for line in text.splitlines() if line.strip())
    for dictionary in _dictionaries(language):
        command = ("hunspell", "-a", "-i", "utf-8", "-d", dictionary)
        said = programs.said(command, lines.encode(), seconds=SECONDS)
        if said is not None:
            return tuple(_unknown(parse(said), known))[:MOST]
    return ()


def prose(edition: Edition) -> str:
    """Return what an edition says in the editor's words, without marks and addresses."""
    lines = [edition.subject or "", edition.preheader or "", *edition.intro]
    for story in edition.stories:
        blocks = map(to_text, story.paragraphs) if story.markup == "markdown" else story.paragraphs
        lines += [story.headline, *blocks]
    if edition.fact:
        lines.append(edition.fact.whole)
    if edition.word:
        lines += [edition.word.definition, *edition.word.sentences]
    lines += [other.text for other in edition.others]
    return _ADDRESS.sub(" ", "\n".join(lines))


def listed(file: Path) -> frozenset[str]:
    """Read the words of a publication's own list: one a line, # begins a comment."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError) as error:
        where = Where(file=str(file), leads=False)
        raise UsageError(
            said("%(name)s cannot be read: %(why)s.", name=file, why=error), where=where
        ) from error
    return words(" ".join(line.partition("#")[0] for line in lines))


def words(text: str) -> frozenset[str]:
    """Return the words of a text, in small letters."""
    return frozenset(text.casefold().split())


def parse(text: str) -> Iterator[Misspelt]:
    """Read what `hunspell -a` writes of the words it does not know. Pure."""
    for line in text.splitlines():
        if found := _DOUBT.match(line):
            near = (found["near"] or "").split(", ")
            suggestions = tuple(word for word in near[:_SUGGESTIONS] if word)
            yield Misspelt(word=found["word"] or found["lost"], suggestions=suggestions)


def _unknown(found: Iterable[Misspelt], known: frozenset[str]) -> Iterator[Misspelt]:
    told: set[str] = set()
    for one in found:
        folded = one.word.replace("’", "'").removesuffix("'s").casefold()
        named = one.word.strip("’'") != one.word.strip("’'").lower()
        if not named and folded not in known and folded not in told:
            told.add(folded)
            yield one


def _dictionaries(language: str) -> Iterator[str]:
    """Name the dictionaries of a language, the likeliest first: en-GB has en_GB, en has en_US."""
    base, _, rest = language.replace("-", "_").partition("_")
    if rest:
        yield f"{base}_{rest.upper() if len(rest) == 2 else rest}"
    likely = str(get_global("likely_subtags").get(base, ""))
    region = likely.rpartition("_")[2]
    if len(region) == 2:
        yield f"{base}_{region}"
    yield base
