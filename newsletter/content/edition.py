"""Parts and where they came from become an edition, and what counts as a valid part. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Literal

from newsletter.core.model import (
    Background,
    Edition,
    Fact,
    LeftOut,
    NoStory,
    Part,
    Provenance,
    Quote,
    Supply,
    Word,
)
from newsletter.core.sentences import said

Status = Literal["complete", "incomplete", "held", "skipped"]


def build(
    day: date, supplies: Mapping[Part, Supply], provenance: Iterable[Provenance] = ()
) -> Edition:
    """Put an edition together; a part without a supply is missing.

    A feature that stood beside the story, and that its own chain did not take, is left out.
    """
    story = supplies.get(Part.STORY, Supply())
    features: dict[Part, Any] = {part: supply.feature for part, supply in supplies.items()}
    unused = tuple(_unused(story, features))
    return Edition(
        date=day,
        stories=story.stories,
        others=story.others,
        intro=story.intro,
        fact=features.get(Part.FACT),
        quote=features.get(Part.QUOTE),
        word=features.get(Part.WORD),
        background=Background(provenance=tuple(_told(entry, unused) for entry in provenance)),
    )


def _unused(story: Supply, taken: Mapping[Part, Any]) -> Iterator[LeftOut]:
    known = {_words(feature)[1] for feature in taken.values() if feature is not None}
    for feature in story.companions:
        part, words = _words(feature)
        if words not in known:
            yield LeftOut(words, f"the {part} that [sources] {part} took is another one")


def _words(feature: Fact | Quote | Word) -> tuple[Part, str]:
    match feature:
        case Fact():
            return Part.FACT, feature.whole
        case Quote():
            return Part.QUOTE, feature.text
        case Word():
            return Part.WORD, f"{feature.word}: {feature.definition}"


def _told(entry: Provenance, unused: tuple[LeftOut, ...]) -> Provenance:
    if entry.part is not Part.STORY or not unused:
        return entry
    return replace(entry, left_out=(*entry.left_out, *unused))


def has_features(edition: Edition) -> bool:
    """Say whether there is anything to read beside the stories."""
    return any((edition.fact, edition.quote, edition.word, edition.others))


def is_held(edition: Edition, no_story: NoStory = "hold") -> bool:
    """Say whether the edition must not be sent, by what is to become of one without a story."""
    if edition.stories:
        return False
    return no_story != "extras" or not has_features(edition)


def completeness(edition: Edition, no_story: NoStory = "hold") -> Status:
    """Sum the edition up: all there, parts missing, or held or skipped for want of a story."""
    if is_held(edition, no_story):
        return "skipped" if no_story == "skip" else "held"
    return "incomplete" if edition.missing else "complete"


def reasons(edition: Edition, part: Part) -> tuple[str, ...]:
    """Tell what each source that was asked for a part in vain had to say, in order."""
    return tuple(
        f"{tried.source}: {tried.reason}"
        for entry in edition.background.provenance
        if entry.part is part
        for tried in entry.tried
    )


def sentences(edition: Edition) -> tuple[str, ...]:
    """Say in full sentences what is missing and why; nothing for a complete edition."""
    return tuple(_missing_sentence(edition, part) for part in edition.missing)


def document(edition: Edition) -> dict[str, Any]:
    """Return the edition as plain values for JSON, without its provenance."""
    content = asdict(edition)
    accepted = content.pop("background")["accepted"]
    return content | {
        "accepted": accepted,
        "trial": None,  # of a second subject, which nobody gets
        "date": edition.date.isoformat(),
        "corrections": [
            {"date": note.date.isoformat(), "text": note.text} for note in edition.corrections
        ],
        "missing": [str(part) for part in edition.missing],
    }


def provenance_document(edition: Edition) -> list[dict[str, Any]]:
    """Return the provenance as plain values for JSON, one entry a part."""
    return [
        {
            "part": str(entry.part),
            "source": entry.source,
            "origin": entry.origin,
            "at": entry.at.isoformat(),
            "tried": [{"source": one.source, "reason": one.reason} for one in entry.tried],
            "left_out": [{"text": one.text, "reason": one.reason} for one in entry.left_out],
        }
        for entry in edition.background.provenance
    ]


def _missing_sentence(edition: Edition, part: Part) -> str:
    name = said("lead story") if part is Part.STORY else part
    why = "; ".join(reasons(edition, part))
    if not why:
        return said("There is no %(part)s: its chain of sources is empty.", part=name)
    return said("There is no %(part)s (%(why)s).", part=name, why=why)
