"""Write down, at the position of each line of a page, what it was read as."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsletter.content.pasted.entries import Entry, EntryKind
from newsletter.content.pasted.labels import FeatureKind
from newsletter.content.pasted.model import Line, Role, Traced
from newsletter.content.pasted.paragraphs import is_metadata
from newsletter.content.pasted.stories import A_DATE, THE_NAME, Draft, News
from newsletter.core.sentences import said

_OF_FEATURES: Mapping[FeatureKind, Role] = {
    FeatureKind.FACT: Role.FACT,
    FeatureKind.QUOTE: Role.QUOTE,
    FeatureKind.WORD: Role.WORD,
    FeatureKind.SENTENCE: Role.SENTENCE,
    FeatureKind.OTHER: Role.OTHER,
}
_OF_KINDS: Mapping[EntryKind, tuple[Role, str]] = {
    EntryKind.CONTENTS: (Role.CONTENTS, "the list of contents"),
    EntryKind.CREDIT: (Role.CREDIT, ""),
    EntryKind.DIVIDER: (Role.DIVIDER, "it leads over to the news"),
}
_AWAY = {A_DATE: Role.DATE, THE_NAME: Role.NAVIGATION}
_ONCE = frozenset({EntryKind.CREDIT, EntryKind.DIVIDER})
NO_PLACE = "no place was found for it"
_ONE_TOO_MANY = "the page has one already, or it cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of the page with its lines at their positions."""

    entry: Entry
    lines: tuple[Line, ...]


class Placing:
    """The lines of a page, each at its position; what nobody placed has no place."""

    def __init__(self, blocks: Sequence[str]) -> None:
        self._blocks = blocks
        self._placed: dict[int, Traced] = {}

    def lines(self) -> tuple[Traced, ...]:
        """Return every line of the page with its role."""
        return tuple(
            self._placed.get(at) or Traced(text=text, role=Role.UNPLACED, reason=NO_PLACE)
            for at, text in enumerate(self._blocks)
        )

    def leave_out(self, reasons: Mapping[int, str]) -> None:
        """Place the site's furniture."""
        for at, reason in reasons.items():
            self._put(Line(at, self._blocks[at]), Role.LEFT_OUT, reason=reason)

    def date(self, line: Line) -> None:
        """Place the date that is the page's title."""
        self._put(line, Role.DATE, reason=said("the date of the page"))

    def above(self, lines: Iterable[Line]) -> None:
        """Place what stands above the headline."""
        for line in lines:
            if is_metadata(line.text):
                self._put(line, Role.DATE, reason=A_DATE)
            else:
                reason = said("a short line before the text, as navigation is")
                self._put(line, Role.NAVIGATION, reason=reason)

    def intro(self, lines: Iterable[Line]) -> None:
        """Place the introduction."""
        for line in lines:
            self._put(line, Role.INTRO)

    def entries(self, told: Sequence[Told], *, unread: Collection[Entry], has_word: bool) -> None:
        """Place what is no prose; of credits and dividers the first counts."""
        seen: set[EntryKind] = set()
        for one in told:
            kind, feature = one.entry.kind, one.entry.feature
            if one.entry in unread or (kind in _ONCE and kind in seen):
                self._all(one.lines, Role.UNPLACED, _ONE_TOO_MANY)
                continue
            seen.add(kind)
            if feature is not None:
                self._feature(one, feature.kind, has_word=has_word)
            elif kind in _OF_KINDS:
                role, reason = _OF_KINDS[kind]
                self._all(one.lines, role, reason)
            elif kind is EntryKind.BARE_LABEL:
                self._all(one.lines, Role.UNPLACED, "a label without its text")

    def news(self, news: News) -> None:
        """Place the stories; a headline that nothing was written below has no place."""
        for number, draft in enumerate(news.drafts, start=1):
            self._draft(draft, number)
        for draft in news.empty:
            self._draft(draft, 0 if news.drafts or draft is not news.empty[0] else 1)

    def _draft(self, draft: Draft, number: int) -> None:
        if draft.title is not None and number:
            self._put(draft.title, Role.HEADLINE, story=number)
        elif draft.title is not None:
            self._put(draft.title, Role.UNPLACED, reason=said("a headline with nothing below it"))
        for line in draft.lines:
            self._put(line, Role.STORY, story=number)
        if draft.byline is not None:
            reason = "" if draft.lines else said("there is no story below it")
            self._put(draft.byline, Role.BYLINE, story=number, reason=reason)
        for line, reason in draft.away:
            self._put(line, _AWAY.get(reason, Role.BYLINE), reason=reason)

    def _feature(self, told: Told, kind: FeatureKind, *, has_word: bool) -> None:
        lacks = kind is FeatureKind.SENTENCE and not has_word
        self._all(told.lines, _OF_FEATURES[kind], "there is no word it belongs to" if lacks else "")

    def _all(self, lines: Iterable[Line], role: Role, reason: str) -> None:
        for line in lines:
            self._put(line, role, reason=reason)

    def _put(self, line: Line, role: Role, *, story: int = 0, reason: str = "") -> None:
        text = self._blocks[line.at]
        self._placed[line.at] = Traced(text=text, role=role, story=story, reason=reason)
