"""A page of the web: what it says of itself, its story in blocks, and all that is not the story.

trafilatura is asked which text is the story's; what is printed comes from the page itself. Pure.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import trafilatura

from newsletter.content.budget import Limits
from newsletter.content.bylines import byline
from newsletter.content.html import Block, Kind, metadata, story
from newsletter.content.html.blocks import blocks
from newsletter.content.html.inline import Line, Run
from newsletter.content.html.metadata import Said
from newsletter.content.html.tree import Element, document
from newsletter.content.pasted.titles import likeness
from newsletter.content.source import Fetched
from newsletter.content.web import story_pictures
from newsletter.content.web.charsets import decoded
from newsletter.content.web.links import link
from newsletter.core.errors import SourceError
from newsletter.core.model import LeftOut
from newsletter.core.sentences import said

# They log what they do not understand on a page; what matters of it is raised here.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_FAULTS = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)
# trafilatura compares what stands side by side: 24,000 paragraphs take it half a minute.
_MOST_BESIDE = 5_000
LIMITS = Limits(tags=25_000)  # of 1,266 pages of the web none had half of it
_LONG = 60  # characters; what is shorter may be a heading without a mark
THE_HEADLINE = "the headline"
_LIKELY = 1.2  # what `likeness` says of a headline that is one
_CLEARLY = 0.5  # by how much another heading has to be likelier than the usual one
_STANDFIRST = 3  # paragraphs, at most, that lead from the headline to the text


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """What was found on a page."""

    url: str
    headline: str
    blocks: tuple[Block, ...]  # the story's, in order
    left_out: tuple[LeftOut, ...] = ()
    author: str | None = None  # as structured data name them; never guessed
    date: str | None = None  # as the page has it
    pictures: tuple[story_pictures.Found, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All blocks of a page in order, each with the reason why it is not the story's, if so."""

    title: str
    blocks: tuple[tuple[Block, str], ...]  # the reason of the headline's own is `THE_HEADLINE`
    about: Said
    page: Element

    @property
    def kept(self) -> tuple[Block, ...]:
        """Return the story's blocks."""
        return tuple(block for block, why in self.blocks if not why)


def read_web_page(fetched: Fetched, *, name: str) -> WebPage:
    """Read a page. Raises `SourceError` when no text of a story is found on it."""
    html = decoded(fetched.body, fetched.headers)
    told = told_blocks(html, url=fetched.url, name=name)
    if not told.kept or not told.title:
        lacks = said("%(name)s is a page on which no title is found.", name=name)
        if not told.kept:
            lacks = said("%(name)s is a page on which no text of a story is found.", name=name)
        raise SourceError(lacks)
    return WebPage(
        url=fetched.url,
        headline=told.title,
        blocks=told.kept,
        left_out=tuple(
            LeftOut(block.plain, why) for block, why in told.blocks if why not in {"", THE_HEADLINE}
        ),
        author=byline(told.about.authors, language=told.about.language or "en"),
        date=_day(told.about.date) or None,
        pictures=_all_pictures(told.page, told.about, fetched.url),
    )


def told_blocks(html: str, *, url: str, name: str) -> Told:
    """Say of each block of a page whether it is the story's. Raises `SourceError` for no page."""
    page = document(html, name=name, limits=LIMITS)
    about = metadata.said(html, page)
    found = blocks(_body(page), language=about.language)
    reasons = story.reasons(found, _voted(html, page, url, name=name), base=url)
    is_told = about.headlines or about.window
    heading = _heading(found, reasons) if is_told else _likeliest(found, reasons)
    title = metadata.headline(about, first=found[heading].plain if heading is not None else "")
    parted = _parted(found, reasons, heading, title=title, said=about)
    return Told(title=title, blocks=parted, about=about, page=page)


def _day(moment: str) -> str:
    """Return the day of a moment, where it can be read."""
    found = re.match(r"\d{4}-\d\d-\d\d", moment)
    return found[0] if found else moment


def _body(page: Element) -> Element:
    return next((one for one in page.all("body", "frameset")), page)


def _voted(html: str, page: Element, url: str, *, name: str) -> str:
    """Return the text that trafilatura takes for the story's; nothing where it finds none."""
    if any(len(one.children) > _MOST_BESIDE for one in page.walk()):
        return ""
    try:
        found = trafilatura.bare_extraction(
            html, url=url, fast=True, with_metadata=False, include_comments=False,
            include_tables=False,
        )  # fmt: skip
    except _FAULTS as error:  # what its parsers let through for a page that is broken enough
        raise SourceError(said("%(name)s cannot be read as a web page.", name=name)) from error
    return getattr(found, "text", None) or ""


def _heading(found: Sequence[Block], reasons: Sequence[str]) -> int | None:
    """Return the place of the heading that readers see above the text.

    It is the last `h1` before the text begins, else the first of all, else an `h2` right above.
    """
    tops = [at for at, block in enumerate(found) if block.level == 1 and _is_seen(block)]
    kept = [at for at, reason in enumerate(reasons) if not reason]
    first = next((at for at in kept if found[at].kind is not Kind.HEADING), len(found))
    above = [at for at in tops if at <= first]
    if above or tops:
        return above[-1] if above else tops[0]
    second = [at for at in kept if at < first and found[at].level == 2]
    return second[0] if second else None


def _likeliest(found: Sequence[Block], reasons: Sequence[str]) -> int | None:
    """Return the place of the heading of a page that says nothing of itself, as when it is copied.

    A site's name may stand above in an `h1`, and the story's headline in an `h2`.
    """
    usual = _heading(found, reasons)
    kept = [at for at, reason in enumerate(reasons) if not reason]
    first = next((at for at in kept if found[at].kind is not Kind.HEADING), len(found))
    text = [found[at].plain for at in kept if found[at].kind is not Kind.HEADING]
    scores = {
        at: likeness(found[at].plain, text)
        for at in {*range(first), *(() if usual is None else (usual,))}
        if found[at].level and _is_seen(found[at])
    }
    if not scores or (usual is not None and scores.get(usual, 0.0) >= _LIKELY):
        return usual
    best = max(scores, key=lambda at: (scores[at], at))
    is_clear = usual is None or scores[best] > scores.get(usual, 0.0) + _CLEARLY
    return best if is_clear else usual


def _is_seen(block: Block) -> bool:
    return not any(one.is_hidden for one in block.way)


def _parted(
    found: Sequence[Block],
    reasons: Sequence[str],
    heading: int | None,
    *,
    title: str,
    said: Said,
) -> tuple[tuple[Block, str], ...]:
    """Give each block its reason, if it is not the story's; what a page has parted is one again."""
    told: list[tuple[Block, str]] = []
    last = -1  # the place of the last block that is kept
    leading = set(_standfirst(found, reasons, heading))
    for at, (block, reason) in enumerate(zip(found, reasons, strict=True)):
        if at == heading and metadata.is_same(block.plain, title):
            told.append((block, THE_HEADLINE))
            continue
        why = "" if at in leading else reason
        why = why or _about(block, title=title, said=said)
        is_broken = 0 <= last < len(told) - 1 and told[-1][1] not in {"", THE_HEADLINE}
        if not why and is_broken and _goes_on(told[last][0], block):
            before = told[last][0]
            joined = replace(before, lines=(*before.lines[:-1], _joined(before, block)))
            told[last] = (joined, "")
            continue
        if not why:
            last = len(told)
        told.append((block, why))
    return tuple(told)


def _goes_on(before: Block, block: Block) -> bool:
    """Say whether a sentence goes on behind what a page has put into it, as advertisements are."""
    if not before.kind is block.kind is Kind.PARAGRAPH or len(block.lines) > 1:
        return False
    end, start = before.plain.rstrip()[-1:], block.plain.lstrip()[:1]
    return (end.isalnum() or end == ",") and start.islower() and len(before.plain) > _LONG


def _joined(before: Block, block: Block) -> Line:
    return Line((*before.lines[-1].runs, Run(" "), *block.lines[0].runs))


def _standfirst(
    found: Sequence[Block], reasons: Sequence[str], heading: int | None
) -> Iterator[int]:
    """Yield the paragraphs between the headline and the text, where there are only a few."""
    if heading is None:
        return
    first = next((at for at, reason in enumerate(reasons) if not reason and at > heading), heading)
    between = range(heading + 1, first)
    prose = [at for at in between if story.is_prose(found[at])]
    if len(prose) <= _STANDFIRST:
        yield from (at for at in prose if reasons[at] == story.BESIDE)


def _about(block: Block, *, title: str, said: Said) -> str:
    """Say what a line of the text's own place tells about it, if that is all it does."""
    if metadata.is_same(block.plain, title):
        return "the headline again"
    return metadata.about(block.plain, said)


def _all_pictures(page: Element, said: Said, base: str) -> tuple[story_pictures.Found, ...]:
    """Return the page's pictures: first the one it shows to others, then those in its text."""
    announced = link(said.picture, base=base) if said.picture else None
    first = story_pictures.Found(url=announced, alt=said.picture_alt) if announced else None
    return (*((first,) if first else ()), *story_pictures.in_tree(page, base=base))
