"""Which of the languages there are a reader is answered in. Pure but for looking at folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

_LONGEST = 1_000  # characters of a header that are looked at
_RANGE = re.compile(
    r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*",
    re.ASCII,
)
SOURCE = "en"  # what the templates themselves are written in


def available(folders: Sequence[Path], *, own: str) -> tuple[str, ...]:
    """List the languages with a catalogue, the publication's `own` first, as BCP 47 tags."""
    found = {
        file.parent.parent.name.replace("_", "-")
        for folder in folders
        for file in (folder / "translations").glob("*/LC_MESSAGES/messages.mo")
    }
    base = _base(own)
    others = sorted(tag for tag in found | {SOURCE} if tag not in {own, base})
    return (own, *others)


@lru_cache(maxsize=1024)  # browsers say the same again and again
def chosen(header: str, languages: tuple[str, ...]) -> str:
    """Return the language a browser likes best of those there are; the first where it likes none.

    A language stands for its regions: `de-AT` is answered in `de`, and `en` in `en-GB`.
    """
    by_tag = {tag.lower(): tag for tag in reversed(languages)}
    by_base = {_base(tag): tag for tag in reversed(languages)}
    for wanted in _liked(header[:_LONGEST]):
        for form in _shorter(wanted):
            if form in by_tag:
                return by_tag[form]
        if _base(wanted) in by_base:
            return by_base[_base(wanted)]
    return languages[0]


def _liked(header: str) -> Iterable[str]:
    """Yield the tags of an Accept-Language header, best first; what is no tag is passed over."""
    weighed = sorted(_weighed(header), key=lambda one: one[0])
    return (tag for _, tag in weighed)


def _weighed(header: str) -> Iterator[tuple[float, str]]:
    for part in header.split(","):
        found = _RANGE.fullmatch(part)
        weight = float(found[2] or 1) if found else 0.0
        if found and weight > 0:
            yield -weight, found[1].lower()


def _shorter(tag: str) -> Iterator[str]:
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _base(tag: str) -> str:
    return tag.partition("-")[0].lower()
