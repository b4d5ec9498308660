"""Both parts tell the same; filters distrust a message whose parts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "text-agrees"
LEVEL = Severity.ERROR

_ADDRESS = re.compile(r"https?://\S+")
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}
_ENDS_A_SENTENCE = frozenset(".,;:!?…\"'”’»›") | _BRACKETS.keys()
_IGNORED = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+")


def check(checked: Checked) -> Iterator[Fault]:
    """Find headlines and links that only one of the parts has."""
    page = parse(checked.html)
    in_html, in_text = _comparable(page.text), _comparable(checked.text)
    for story in checked.edition.stories:
        said = _comparable(story.headline)
        if said not in in_html:
            sentence = f"The HTML lacks the headline “{story.headline}”."
            yield _lacks(sentence, Place(part="html", excerpt=story.headline))
        if said not in in_text:
            sentence = f"The text part lacks the headline “{story.headline}”."
            yield _lacks(sentence, Place(part="text", excerpt=story.headline))
    addresses = {link.get("href") for link in page.links}
    for number, line in enumerate(checked.text.split("\n"), start=1):
        for found in _ADDRESS.findall(line):
            told = _alone(found)
            if addresses.isdisjoint(_readings(found)) and _comparable(told) not in in_html:
                place = Place(part="text", line=number, excerpt=told)
                yield _lacks(f"The HTML lacks the address {told}.", place)
    for link in page.links:
        address = _told(link.get("href"))
        if _comparable(address) not in in_text:
            yield _lacks(f"The text part lacks the link to {address}.", link.place)


def _told(address: str) -> str:
    """Return what the text part has of a link: a mail’s recipient, of a `#…` nothing."""
    if address.startswith("#"):
        return ""
    if address.startswith("mailto:"):
        return unquote(address.removeprefix("mailto:").partition("?")[0])
    return address.removeprefix("tel:")


def _readings(text: str) -> Iterator[str]:
    """Yield what the address in a text may be: what ends a sentence may belong to it, or not."""
    yield text
    while text and text[-1] in _ENDS_A_SENTENCE:
        text = text[:-1]
        yield text


def _alone(text: str) -> str:
    """Take off what stands behind an address; a bracket that it opened itself belongs to it."""
    while text[-1] in _ENDS_A_SENTENCE and not _closes(text):
        text = text[:-1]
    return text


def _closes(text: str) -> bool:
    opening = _BRACKETS.get(text[-1])
    return opening is not None and text.count(text[-1]) <= text.count(opening)


def _lacks(sentence: str, place: Place) -> Fault:
    return Fault(
        sentence,
        "Both templates should print the same parts of the edition.",
        measured="in one part",
        limit="in both parts",
        place=place,
    )


def _comparable(text: str) -> str:
    """Drop what rendering may change: white space, control characters, capitals."""
    return _IGNORED.sub("", text.upper().casefold())
