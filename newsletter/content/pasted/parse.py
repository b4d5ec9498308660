"""Read pasted page text into a `Page`: the order in which the rules of content.md 4.5 apply.

Every line has a position, and what it was read as is written down at that position; no line is
looked up by its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from newsletter.content.pasted.boilerplate import furniture as furniture_of
from newsletter.content.pasted.bylines import learned_byline, read_byline
from newsletter.content.pasted.dates import is_date
from newsletter.content.pasted.entries import Entry, EntryKind, entries
from newsletter.content.pasted.features import sort_features
from newsletter.content.pasted.folding import fold
from newsletter.content.pasted.labels import image_credit
from newsletter.content.pasted.learned import NOTHING_LEARNED, Meaning, Site
from newsletter.content.pasted.listing import items, without_mark
from newsletter.content.pasted.model import Line, Page, Role
from newsletter.content.pasted.opening import Opening, Structure, read_opening
from newsletter.content.pasted.paragraphs import is_open_line
from newsletter.content.pasted.placing import Placing, Told
from newsletter.content.pasted.preamble import headlines_of, is_contents_heading, is_divider
from newsletter.content.pasted.stories import Draft, News, read_stories, story_of


def parse_lines(
    blocks: Sequence[str],
    *,
    furniture: Sequence[str] = (),
    site: Site = NOTHING_LEARNED,
    known: Mapping[int, str] | None = None,
) -> Page:
    """Read the lines of a page of the publication's own kind.

    `known` are the positions of lines that are no part of its text, each with the reason, where
    that was found out already; what somebody said of a line counts more.
    """
    away = furniture_of(blocks, extra=furniture, site=site, has_comments=known is None)
    away |= {at: why for at, why in (known or {}).items() if site.meaning(blocks[at]) is None}
    kept = [Line(at, text) for at, text in enumerate(blocks) if at not in away]
    placing = Placing(blocks)
    placing.leave_out(away)
    page = replace(_read(kept, site, placing), blocks=tuple(line.text for line in kept))
    lines = placing.lines()
    unknown = tuple(line.text for line in lines if line.role is Role.UNPLACED)
    return replace(page, unknown=unknown, lines=lines)


def _read(kept: Sequence[Line], site: Site, placing: Placing) -> Page:
    """Read the lines of the text, and say of each where it went."""
    title = _title_date(kept)
    told = _told(kept if title is None else kept[title + 1 :], site)
    structure = _structure(told, site, dated=title is not None)
    structure = replace(structure, clean=title is None and _is_clean(kept, placing))
    opening, intro = _opening(told, structure)
    contents = _lines(told, EntryKind.CONTENTS)
    announced = [line for line in contents if not structure.site.is_name(line.text)]
    news = _with_headline(_news(opening, structure), announced)
    features, unread = sort_features([one.entry for one in told])
    credit = next(iter(map(_credit, _lines(told, EntryKind.CREDIT))), None)
    if title is not None:
        placing.above(kept[:title])
        placing.date(kept[title])
    placing.entries(told, unread=unread, has_word=features.word is not None)
    placing.above(opening.above)
    placing.intro(intro)
    placing.news(news)
    return Page(
        date_label=None if title is None else kept[title].text,
        headline=news.headline.text if news.headline else None,
        intro=tuple(line.text for line in intro),
        contents=headlines_of(line.text for line in contents),
        stories=tuple(
            story_of(draft, structure, image_credit=None if number else credit)
            for number, draft in enumerate(news.drafts)
        ),
        features=features,
        image_credit=credit,
    )


def _is_clean(kept: Sequence[Line], placing: Placing) -> bool:
    """Say whether the page begins with its text: nothing but the site's anchor stands above."""
    above = placing.lines()[: kept[0].at if kept else 0]
    return all(fold(line.text) == "top of page" for line in above)


def _title_date(kept: Sequence[Line]) -> int | None:
    """Find the date that is the page's title: its first line, or right above the contents."""
    for at, line in enumerate(kept):
        following = kept[at + 1].text if at + 1 < len(kept) else ""
        leads = is_contents_heading(following) or is_divider(following)
        if is_date(line.text) and (at == 0 or leads):
            return at
        if not is_open_line(line.text):
            return None
    return None


def _told(lines: Sequence[Line], site: Site) -> tuple[Told, ...]:
    """Tell the entries apart; a line that somebody called part of the story is one by itself."""
    told: list[Told] = []
    start = 0
    for at, line in enumerate(lines):
        if site.meaning(line.text) is not None:
            told += _apart(lines[start:at], len(told))
            told.append(_prose(line, len(told)))
            start = at + 1
    return (*told, *_apart(lines[start:], len(told)))


def _apart(lines: Sequence[Line], number: int) -> list[Told]:
    return [
        Told(
            entry=replace(entry, start=number + at),  # no two entries of a page are equal
            lines=tuple(lines[entry.start : entry.start + len(entry.blocks)]),
        )
        for at, entry in enumerate(entries([line.text for line in lines]))
    ]


def _prose(line: Line, number: int) -> Told:
    entry = Entry(kind=EntryKind.PROSE, blocks=(line.text,), start=number)
    return Told(entry=entry, lines=(line,))


def _structure(told: Sequence[Told], site: Site, *, dated: bool) -> Structure:
    contents = headlines_of(line.text for line in _lines(told, EntryKind.CONTENTS))
    return Structure(
        site=site,
        announced=frozenset(map(fold, contents)),
        listed=items(_lines(told, EntryKind.PROSE)),
        dated=dated,
    )


def _opening(told: Sequence[Told], structure: Structure) -> tuple[Opening, tuple[Line, ...]]:
    """Return how the news open, and the introduction.

    With a divider, what stands before it is the introduction, except for the headline if it is
    there.
    """
    dividers = [at for at, one in enumerate(told) if one.entry.kind is EntryKind.DIVIDER]
    if not dividers:
        return read_opening(_lines(told, EntryKind.PROSE), structure), ()
    after = _lines(told[dividers[0] :], EntryKind.PROSE)
    before = read_opening(_lines(told[: dividers[0]], EntryKind.PROSE), structure, closed=True)
    if before.headline is not None:
        return replace(before, below=tuple(after)), before.below
    opening = read_opening(after, structure)
    return replace(opening, above=(*before.above, *opening.above)), before.below


def _news(opening: Opening, structure: Structure) -> News:
    lead = Draft(title=opening.headline)
    if opening.byline is not None:
        lead.byline, lead.name = opening.byline, opening.byline.text
    for line in opening.above:
        name = _name(line, structure)
        if name and lead.byline is None:
            lead.byline, lead.name = line, name
    return read_stories(opening.below, structure, lead=lead)


def _name(line: Line, structure: Structure) -> str:
    """Return the name in a byline above the headline."""
    if structure.meaning(line) is Meaning.BYLINE:
        return learned_byline(line.text)
    found = read_byline(line.text)
    return found.name if found else ""


def _with_headline(news: News, contents: Sequence[Line]) -> News:
    """Let the contents give the lead story its headline, where it has none of its own."""
    if not news.drafts or news.drafts[0].title is not None:
        return news
    used = {fold(one.title.text) for one in (*news.drafts, *news.empty) if one.title}
    lines = [line for line in contents if headlines_of([line.text])]
    free = [line for line in lines if fold(without_mark(line.text)) not in used]
    if free:
        news.drafts[0].title = Line(free[0].at, without_mark(free[0].text))
    return news


def _credit(line: Line) -> str | None:
    return image_credit(line.text)


def _lines(told: Iterable[Told], kind: EntryKind) -> list[Line]:
    return [line for one in told if one.entry.kind is kind for line in one.lines]
