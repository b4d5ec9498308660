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
_LIMITS = Limits(tags=25_000)  # of 1,266 pages of the web none had half of it
_LONG = 60  # characters; what is shorter may be a heading without a mark
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


def read_web_page(fetched: Fetched, *, name: str) -> WebPage:
    """Read a page. Raises `SourceError` when no text of a story is found on it."""
    html = decoded(fetched.body, fetched.headers)
    page = document(html, name=name, limits=_LIMITS)
    about = metadata.said(html, page)
    found = blocks(_body(page), language=about.language)
    voted = _voted(html, page, fetched.url, name=name)
    reasons = story.reasons(found, voted, base=fetched.url)
    heading = _heading(found, reasons)
    title = metadata.headline(about, first=found[heading].plain if heading is not None else "")
    kept, left_out = _parted(found, reasons, heading, title=title, said=about)
    if not kept or not title:
        lacks = said("%(name)s is a page on which no title is found.", name=name)
        if not kept:
            lacks = said("%(name)s is a page on which no text of a story is found.", name=name)
        raise SourceError(lacks)
    return WebPage(
        url=fetched.url,
        headline=title,
        blocks=kept,
        left_out=left_out,
        author=byline(about.authors, language=about.language or "en"),
        date=_day(about.date) or None,
        pictures=_all_pictures(page, about, fetched.url),
    )


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


def _is_seen(block: Block) -> bool:
    return not any(one.is_hidden for one in block.way)


def _parted(
    found: Sequence[Block],
    reasons: Sequence[str],
    heading: int | None,
    *,
    title: str,
    said: Said,
) -> tuple[tuple[Block, ...], tuple[LeftOut, ...]]:
    """Part the blocks into the story's and all others, each of these with its reason."""
    kept: list[Block] = []
    left_out: list[LeftOut] = []
    is_broken = False  # whether something was left out since the last block that is kept
    leading = set(_standfirst(found, reasons, heading))
    for at, (block, reason) in enumerate(zip(found, reasons, strict=True)):
        if at == heading and metadata.is_same(block.plain, title):
            continue
        why = "" if at in leading else reason
        why = why or _about(block, title=title, said=said)
        if why:
            left_out.append(LeftOut(block.plain, why))
        elif kept and is_broken and _goes_on(kept[-1], block):
            kept[-1] = replace(kept[-1], lines=(*kept[-1].lines[:-1], _joined(kept[-1], block)))
        else:
            kept.append(block)
        is_broken = bool(why)
    return tuple(kept), tuple(left_out)


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
