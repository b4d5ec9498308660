"""What an editor says of the lines of one page, and the page as it is read by that. Pure.

What is said counts for this page: a headline, a text, a list. What is said of a line that stands on
every page of the site is learned besides (`learned`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from newsletter.content.escaping import escaped
from newsletter.content.pasted.bylines import learned_byline
from newsletter.content.pasted.labels import Feature, FeatureKind, image_credit, read_feature
from newsletter.content.pasted.learned import Meaning
from newsletter.content.pasted.listing import items, without_mark
from newsletter.content.pasted.model import PERHAPS, Line, Page, Role, Traced
from newsletter.content.pasted.quote import read_quote
from newsletter.content.pasted.word import read_word
from newsletter.core.model import Credit, Fact, OtherFeature, Quote, Story, Word

_SAID = re.compile(r"(\d{1,6}):([a-z]{1,12})(\+?)", re.ASCII)
_MOST = 5_000
AS_SAID = "left out, as you said"
A_CAPTION = "a picture's caption, as you said"


class What(StrEnum):
    """What a line is, in an editor's words."""

    HEADLINE = "headline"
    STORY = "story"  # the headline of a further one
    TEXT = "text"
    SUBHEADING = "subheading"
    LIST = "list"
    BYLINE = "byline"
    CAPTION = "caption"
    CREDIT = "credit"
    FACT = "fact"
    QUOTE = "quote"
    WORD = "word"
    SENTENCE = "sentence"
    INTRO = "intro"
    OTHER = "other"
    OUT = "out"


LEARNABLE: Mapping[What, Meaning] = {
    What.HEADLINE: Meaning.HEADLINE,
    What.TEXT: Meaning.KEEP,
    What.BYLINE: Meaning.BYLINE,
    What.CAPTION: Meaning.FURNITURE,
    What.OUT: Meaning.FURNITURE,
}
"""What can be said of a line for every page to come; the rest is of its own day."""
_OF_ROLES: Mapping[Role, What] = {
    Role.INTRO: What.INTRO,
    Role.BYLINE: What.BYLINE,
    Role.STORY: What.TEXT,
    Role.SUBHEADING: What.SUBHEADING,
    Role.LIST: What.LIST,
    Role.FACT: What.FACT,
    Role.QUOTE: What.QUOTE,
    Role.WORD: What.WORD,
    Role.SENTENCE: What.SENTENCE,
    Role.OTHER: What.OTHER,
    Role.CREDIT: What.CREDIT,
}


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says of a line, by its number from 1 on."""

    number: int
    what: What
    from_now_on: bool = False  # also of lines like it on every page to come


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A line and what it is; with a reason it is not in the edition."""

    number: int
    text: str
    what: What
    reason: str = ""
    is_said: bool = False
    is_odd: bool = False  # nobody knows its place
    written: str = ""  # as Markdown, where it is what the page's markup says


def sayings_of(text: str) -> tuple[Saying, ...]:
    """Read "3:headline 7:out+"; what cannot be read is passed over, and the last word counts."""
    found: dict[int, Saying] = {}
    for match in list(_SAID.finditer(text))[:_MOST]:
        if match[2] in list(What):
            number = int(match[1])
            found[number] = Saying(number, What(match[2]), bool(match[3]))
    return tuple(found.values())


def as_written(sayings: Iterable[Saying]) -> str:
    """Write sayings so that `sayings_of` reads them."""
    return " ".join(f"{one.number}:{one.what}{'+' * one.from_now_on}" for one in sayings)


def meant(page: Page, sayings: Iterable[Saying] = ()) -> tuple[Meant, ...]:
    """Return every line of a page with what it is, as read and as said."""
    said = {one.number: one.what for one in sayings}
    has_headline = What.HEADLINE in said.values()
    story = [
        Line(at, one.text)
        for at, one in enumerate(page.lines)
        if one.role is Role.STORY and not one.written
    ]
    listed = items(story)
    found = []
    for number, line in enumerate(page.lines, start=1):
        what = said.get(number) or _read(
            line, is_listed=number - 1 in listed, has_headline=has_headline
        )
        reason = line.reason if what is What.OUT else ""
        if has_headline and reason == PERHAPS:
            reason = AS_SAID
        if number in said:
            reason = {What.OUT: AS_SAID, What.CAPTION: A_CAPTION}.get(what, "")
        found.append(
            Meant(
                number=number,
                text=line.text,
                what=what,
                reason=reason or (AS_SAID if what is What.OUT and has_headline else ""),
                is_said=number in said,
                is_odd=line.role is Role.UNPLACED and number not in said,
                written=""
                if number in said and said[number] is not _read_as(line)
                else line.written,
            )
        )
    return tuple(found)


def _read(line: Traced, *, is_listed: bool, has_headline: bool) -> What:
    """Say what a line was read as; a headline that was said leaves the one that was read."""
    if line.reason:
        return What.OUT
    if line.role is Role.HEADLINE:
        if line.story > 1:
            return What.STORY
        return What.OUT if has_headline else What.HEADLINE
    if line.role is Role.STORY and is_listed:
        return What.LIST
    return _read_as(line)


def _read_as(line: Traced) -> What:
    return _OF_ROLES.get(line.role, What.OUT)


@dataclass(slots=True)
class _Draft:
    headline: str = ""
    byline: str = ""
    credit: str | None = None
    lines: list[Meant] = field(default_factory=list)


def as_said(page: Page, sayings: Sequence[Saying]) -> Page:
    """Return a page as it is with what was said of its lines; the same where nothing was."""
    return _by(page, meant(page, sayings)) if sayings else page


def as_read(page: Page) -> Page:
    """Return a page as its lines say, by their roles."""
    return _by(page, meant(page))


def _by(page: Page, lines: Sequence[Meant]) -> Page:
    drafts = _drafts(lines)
    stories = tuple(_story(one) for one in drafts if one.lines)
    said = {one.what for one in lines if one.is_said}
    features = replace(
        page.features,
        fact=_fact(lines) if _touched(What.FACT, page, lines) else page.features.fact,
        quote=_quote(lines) if _touched(What.QUOTE, page, lines) else page.features.quote,
        word=_word(lines) if _word_touched(page, lines) else page.features.word,
        others=_others(page, lines),
    )
    intro = tuple(one.text for one in lines if one.what is What.INTRO)
    credit = drafts[0].credit if What.CREDIT in said else page.image_credit
    return replace(
        page,
        headline=drafts[0].headline or None,
        intro=intro,
        stories=stories,
        features=features,
        image_credit=credit,
        doubtful=() if What.HEADLINE in said else page.doubtful,
        lines=tuple(map(_traced, page.lines, lines)),
    )


def _traced(line: Traced, one: Meant) -> Traced:
    if one.reason and one.reason != line.reason:
        return replace(line, reason=one.reason, role=Role.LEFT_OUT)
    return replace(line, reason="") if one.is_said else line


def _drafts(lines: Sequence[Meant]) -> list[_Draft]:
    """Part the lines into stories; what stands above the first headline is the lead story's."""
    drafts = [_Draft()]
    for one in lines:
        draft = drafts[-1]
        match one.what:
            case What.HEADLINE:
                drafts[0].headline = drafts[0].headline or one.text
            case What.STORY:
                drafts.append(_Draft(headline=one.text))
            case What.BYLINE:
                draft.byline = draft.byline or learned_byline(one.text)
            case What.CREDIT:
                draft.credit = draft.credit or image_credit(one.text) or one.text
            case What.TEXT | What.SUBHEADING | What.LIST:
                draft.lines.append(one)
            case _:
                pass
    return drafts


def _story(draft: _Draft) -> Story:
    is_plain = all(one.what is What.TEXT and not one.written for one in draft.lines)
    texts = tuple(one.text for one in draft.lines)
    return Story(
        headline=draft.headline,
        paragraphs=texts if is_plain else tuple(_blocks(draft.lines)),
        markup="text" if is_plain else "markdown",
        byline=draft.byline or None,
        image_credit=draft.credit,
    )


def _blocks(lines: Sequence[Meant]) -> Iterator[str]:
    """Yield a story's blocks as Markdown; lines of a list that follow each other are one."""
    rows: list[str] = []
    for one in lines:
        if one.what is What.LIST:
            rows.append(one.written or f"- {escaped(without_mark(one.text))}")
            continue
        if rows:
            yield "\n".join(rows)
            rows = []
        bare = f"## {escaped(one.text)}" if one.what is What.SUBHEADING else escaped(one.text)
        yield one.written or bare
    if rows:
        yield "\n".join(rows)


def _touched(what: What, page: Page, lines: Sequence[Meant]) -> bool:
    """Say whether a feature has another line than it was read from."""
    read = {at for at, one in enumerate(page.lines) if _OF_ROLES.get(one.role) is what}
    return read != {at for at, one in enumerate(lines) if one.what is what}


def _word_touched(page: Page, lines: Sequence[Meant]) -> bool:
    return _touched(What.WORD, page, lines) or _touched(What.SENTENCE, page, lines)


def _feature(lines: Sequence[Meant], what: What, kind: FeatureKind) -> Feature | None:
    """Put the lines of a feature together; what was said of goes before what was read."""
    own = [one for one in lines if one.what is what]
    chosen = [one for one in own if one.is_said] or own
    if not chosen:
        return None
    first = read_feature(chosen[0].text)
    texts = [first.text if first else chosen[0].text, *(one.text for one in chosen[1:])]
    return Feature(
        kind=kind,
        label=str(what),
        source=first.source if first else None,
        text=" ".join(filter(None, texts)),
    )


def _credit(feature: Feature) -> Credit | None:
    return Credit(feature.source) if feature.source else None


def _fact(lines: Sequence[Meant]) -> Fact | None:
    found = _feature(lines, What.FACT, FeatureKind.FACT)
    return Fact(text=found.text, source=_credit(found)) if found and found.text else None


def _quote(lines: Sequence[Meant]) -> Quote | None:
    found = _feature(lines, What.QUOTE, FeatureKind.QUOTE)
    return read_quote(found.text, source=_credit(found)) if found and found.text else None


def _word(lines: Sequence[Meant]) -> Word | None:
    found = _feature(lines, What.WORD, FeatureKind.WORD)
    if not found or not found.text:
        return None
    sentences = tuple(_bare(one.text) for one in lines if one.what is What.SENTENCE)
    return read_word(found.text, source=_credit(found), sentences=sentences)


def _bare(text: str) -> str:
    found = read_feature(text)
    return found.text if found and found.text else text


def _others(page: Page, lines: Sequence[Meant]) -> tuple[OtherFeature, ...]:
    """Return the other features whose line is still one."""
    kept = {one.text for one in lines if one.what is What.OTHER}
    return tuple(
        one
        for one in page.features.others
        if any(one.text in text and one.label in text for text in kept) or one.text in kept
    )
