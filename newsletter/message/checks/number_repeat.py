"""One number said of two things may be a slip: 47 trains in one place, 47 buses in another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from newsletter.core.model import Story
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked

CODE = "number-repeat"
LEVEL = Severity.INFO

_NUMBER = re.compile(
    r"(?<![\w/:.,#–-])(?P<sign>[$€£]?)(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?)"
    r"(?P<scale> (?:thousand|million|billion|trillion)\b)?(?![\d/:–]|,\d|(?:st|nd|rd|th)\b)"
    r"(?P<after>(?: ?%|[ -][^\W\d_]+){0,3})"
)
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.|Feb\.|Aug\.|Sept\.|Oct\.|Nov\.|Dec\.) ?$"
)
_ADDRESS = re.compile(r"\]\([^)\n]*\)|<?https?://\S+|[*_`]")
_STOP = re.compile(
    r"after|ago|all|an?|and|are|as|at|away|before|but|by|due|during|each|for|from|had|has|have|in"
    r"|into|is|its?|later|more|new|not|off?|on|or|other|out|over|than|that|the|their|them|then"
    r"|there|they|this|to|total|under|until|up|was|were|when|which|while|who|will|with|\w+day",
    re.IGNORECASE,
)
_LONG = 15  # digits and commas; a longer row of them is a code
_USUAL = frozenset({12, 13, 14, 16, 18, 21, 24, 36, 48, 52, 99, 360, 365, 911})


@dataclass(frozen=True, slots=True)
class _Mention:
    number: str  # as printed, with currency sign and scale
    things: tuple[str, ...]  # the words after it, up to a stop word, as printed
    headline: bool

    @property
    def printed(self) -> str:
        """Return the number with its things."""
        return f"{self.number} {' '.join(self.things)}"

    @property
    def names(self) -> frozenset[str]:
        """Return the proper names among the words; a headline capitalises everything."""
        return frozenset() if self.headline else frozenset(w for w in self.things if w.istitle())


def check(checked: Checked) -> Iterator[Fault]:
    """Find unusual numbers that a story says of different things, each number once."""
    for story in checked.edition.stories:
        mentions = tuple(_mentions(story))
        for number in dict.fromkeys(mention.number for mention in mentions):
            said = [mention for mention in mentions if mention.number == number]
            if pair := next(filter(_differ, combinations(said, 2)), None):
                one, other = (f"“{mention.printed}”" for mention in pair)
                yield Fault(
                    f"The story says {one} and {other}.",
                    "Look whether both are right; if they are the same, call them the same.",
                    measured=f"{one} and {other}",
                    limit="one number for one thing",
                    place=Place(part="edition", excerpt=pair[1].printed),
                )


def _mentions(story: Story) -> Iterator[_Mention]:
    yield from _in_text(story.headline, headline=True)
    for paragraph in story.paragraphs:
        yield from _in_text(paragraph, headline=False)


def _in_text(text: str, *, headline: bool) -> Iterator[_Mention]:
    plain = _ADDRESS.sub(" ", text)
    for match in _NUMBER.finditer(plain):
        things = _things(match["after"])
        if not things or _MONTH.search(plain[: match.start()]) or _MONTH.match(things[0]):
            continue
        if match["scale"] or match["sign"] or _is_unusual(match["digits"]):
            number = f"{match['sign']}{match['digits']}{match['scale'] or ''}"
            yield _Mention(number, things, headline)


def _things(after: str) -> tuple[str, ...]:
    found = []
    for word in re.findall(r"%|[^\W\d_]+", after.replace("per cent", "%")):
        if _STOP.fullmatch(word):
            break
        found.append("%" if word == "percent" else word)
    return tuple(found)


def _is_unusual(digits: str) -> bool:
    """Say whether a number is neither small, round nor a year, so that its return is noticed."""
    if "." in digits or len(digits) > _LONG:
        return "." in digits
    value = int(digits.replace(",", ""))
    if value < 11 or value in _USUAL or (1500 <= value <= 2100 and "," not in digits):
        return False
    return value % 5 != 0 if value < 100 else len(str(value).rstrip("0")) > 2


def _differ(pair: tuple[_Mention, _Mention]) -> bool:
    one, other = pair
    if _folded(one).isdisjoint(_folded(other)):
        return True
    return one.names != other.names and not (one.headline or other.headline)


def _folded(mention: _Mention) -> frozenset[str]:
    return frozenset(word.casefold().removesuffix("s") for word in mention.things)
