"""Number the elements of a template's MJML, to find out what of the HTML comes from where. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from newsletter.message.render.origin import Marked

LABEL = "written-at-{number}"
"""The class of an element: what is inside it and has none of its own was written there, too."""

_BODY = "<mj-body"
_SKIPPED = re.compile(r"<!--.*?-->", re.DOTALL)
_START_TAG = re.compile(
    r"<(?P<tag>[a-z][a-z0-9-]*)(?P<attributes>(?:\s+[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*/?>"
)


@dataclass(frozen=True, slots=True)
class Traced:
    """HTML with labelled elements, and the template's file and line for each label."""

    html: str
    places: tuple[tuple[Path, int], ...]


def labelled(marked: Marked) -> tuple[str, tuple[tuple[Path, int], ...]]:
    """Return the MJML with a label on each element of the body, and where each was written."""
    mjml = marked.text
    comments = [match.span() for match in _SKIPPED.finditer(mjml)]
    pieces: list[str] = []
    places: list[tuple[Path, int]] = []
    end = 0
    for tag in _START_TAG.finditer(mjml, max(mjml.find(_BODY), 0)):
        place = marked.place(tag.start())
        if place is None or any(start < tag.start() < stop for start, stop in comments):
            continue
        name = "css-class" if tag["tag"].startswith("mj-") else "class"
        pieces += [mjml[end : tag.start()], _with_class(tag, name, len(places))]
        places.append(place)
        end = tag.end()
    return "".join([*pieces, mjml[end:]]), tuple(places)


def _with_class(tag: re.Match[str], name: str, number: int) -> str:
    label = LABEL.format(number=number)
    written, found = tag.group(), re.search(rf"\s{name}\s*=\s*[\"']", tag["attributes"])
    if found:
        at = tag.start("attributes") - tag.start() + found.end()
        return f"{written[:at]}{label} {written[at:]}"
    at = len(f"<{tag['tag']}")
    return f'{written[:at]} {name}="{label}"{written[at:]}'
