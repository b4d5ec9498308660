"""Take away what the site put around the text: menus, forms, footers, the comment section.

Rules 3 and 4 of content.md 4.5, and the words of `site_words`. Whole lines only, and each line is
judged at its position: a paragraph that begins with "Comments" stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from newsletter.content.pasted.bylines import is_caption
from newsletter.content.pasted.dates import is_reading_time
from newsletter.content.pasted.folding import fold, fold_open, is_short_and_open
from newsletter.content.pasted.labels import image_credit, read_feature
from newsletter.content.pasted.learned import NOTHING_LEARNED, Meaning, Site
from newsletter.content.pasted.listing import is_bullet, is_lone_bullet
from newsletter.content.pasted.paragraphs import is_metadata, is_open_line, is_sentence
from newsletter.content.pasted.site_words import COMMENTS, FURNITURE, OTHER_POSTS, RELATED
from newsletter.core.sentences import said

_RATED = re.compile(r"rated \d+(?:[.,]\d+)? out of 5 stars")
_COUNTED = re.compile(
    r"\d[\d.,]*[km]?\+? (?:(?:rating|view|like|comment|share|repl(?:y|ie)|min read)s?"
    r"|aufrufe?|kommentare?|bewertung(?:en)?|visualizaciones|comentarios?|vues?|commentaires?"
    r"|visualizzazioni|commenti?|weergaven|reacties?|visualizações|comentários?)"
)
_COMMENTS_COUNTED = re.compile(
    r"\d[\d.,]* (?:comments?|kommentare?|comentarios?|commentaires?|commenti?|reacties?"
    r"|comentários?)(?: .{1,60})?|(?:comments?|kommentare|commentaires) \(\d+\)"
)
_COPYRIGHT = re.compile(
    r"(?:copyright )?(?:©|\(c\)) ?(?:(?:19|20)\d\d\b|by\b)|copyright (?:19|20)\d\d\b"
)
_POWERED = re.compile(r"(?:powered|proudly created|website|site) (?:by|with) [\w.-]+(?: [\w.-]+)?")
_INVITATION = "bring global news straight to your inbox"
_PLUGIN = re.compile(
    r"click to (?:share|print|email|tweet)\b.*"
    r"|(?:previous|next|older|newer) (?:post|article)s?:? .*"
    r"|(?:posted|filed) (?:in|under):? .*|(?:tags|tagged|categories|filed under)(?: with)?: .*"
    r"|tagged (?:with )?[\w-]+(?:, [\w-]+)*"
)
_SERVICE = (
    r"(?:facebook|twitter|linkedin|whatsapp|pinterest|reddit|telegram|tumblr|flipboard|pocket|email"
    r"|e-mail|mail|print|pin it|pin|tweet|share|copy link|bluesky|mastodon|threads|messenger|x|sms)"
)
# Rows of buttons, and the labels that they have for those who do not see them.
_BUTTONS = re.compile(
    rf"{_SERVICE}(?:[ ,|·•/]+{_SERVICE})+"
    rf"|share (?:this )?(?:article |post |story )?(?:on|via|to|with|by) {_SERVICE}"
    r"|(?:share|show)(?: all| more) sharing options(?: for: .*)?|share permalink|pin it"
    r"|print this (?:article|page|story)|sharing is caring|get short url|text size|order reprints"
    r"|back to gallery|enlarge image|read later|view all \(\d+\)|get author rss feed"
    r"|follow .{2,40} on (?:twitter|facebook|instagram|x)|(?:view|see) more articles"
)
_MARKS = re.compile(r"[\s|·•/\\<>›»«‹~_=*+#.,:;×✕↑→←…–—-]+")
_FIRST_CUT = 2  # a headline may be "Comments"; from the third line on it is the section
_HEADINGS = COMMENTS - {"no ratings yet", "add a rating", "comment"}
_LEARNED: Mapping[Meaning, str] = {
    Meaning.NAVIGATION: "the site's navigation, as you said",
    Meaning.FURNITURE: "the site's furniture, as you said",
    Meaning.DATE: "a date, as you said",
}


def furniture(
    blocks: Sequence[str],
    *,
    extra: Sequence[str] = (),
    site: Site = NOTHING_LEARNED,
    has_comments: bool = True,
) -> dict[int, str]:
    """Map the position of every line that is the site's to the reason.

    `extra` are further lines of one publisher's site, compared without case and closing
    punctuation; one that ends in "..." stands for every line with that beginning. Without
    `has_comments` no line begins the comment section, because somebody else finds it.
    """
    lines = frozenset(fold_open(line) for line in extra if not _is_beginning(line)) - {""}
    starts = tuple(filter(None, (fold_open(line) for line in extra if _is_beginning(line))))
    meanings = {at: site.meaning(block) for at, block in enumerate(blocks)}
    away: dict[int, str] = {}
    end = _comments_begin(blocks, meanings) if has_comments else len(blocks)
    for at, block in enumerate(blocks):
        meaning = meanings.get(at)
        if meaning is not None:
            reason = _LEARNED.get(meaning, "")
        elif at >= end:
            reason = said("the comment section")
        elif fold_open(block) in lines or fold(block).startswith(starts):
            reason = said("the site's furniture, as config.toml says")
        else:
            reason = _reason(block)
        if reason:
            away[at] = reason
    away |= _ratings(blocks, away, meanings)
    away |= _idle_bullets(blocks, away)
    return away | _other_posts(blocks, away, meanings)


def _reason(block: str) -> str:
    line = fold_open(block)
    if not line or _MARKS.fullmatch(block):
        return "a line without words"
    if line in FURNITURE:
        return FURNITURE[line]
    if line.startswith(_INVITATION):
        return "a sign-up form"
    if _BUTTONS.fullmatch(line):
        return "a share button"
    if _COUNTED.fullmatch(line):
        return "a counter"
    if is_reading_time(block):
        return "a reading time"
    if _COPYRIGHT.match(line) or _POWERED.fullmatch(line):
        return "the site's footer"
    if _PLUGIN.fullmatch(line) and is_short_and_open(block):
        return "the site's navigation"
    if is_caption(block) and image_credit(block) is None:
        return "a picture's caption"
    return ""


def is_comments_heading(block: str) -> bool:
    """Say whether a line heads the comments: "Comments", "12 comments", "Leave a reply"."""
    line = fold_open(block)
    return line in _HEADINGS or _COMMENTS_COUNTED.fullmatch(line) is not None


def _comments_begin(blocks: Sequence[str], meanings: Mapping[int, Meaning | None]) -> int:
    """Return the position from which on everything is comments.

    That is the section's heading, or a rating of the page with the rest of the section below it:
    a review with its stars in the middle goes on.
    """
    folded = [fold_open(block) for block in blocks]
    last_rating = _last(at for at, line in enumerate(folded) if line in COMMENTS)
    last_text = _last(
        at for at, block in enumerate(blocks) if is_sentence(block) or read_feature(block)
    )
    for at in range(_FIRST_CUT, len(blocks)):
        if meanings.get(at) is not None:
            continue
        is_rating = _RATED.fullmatch(folded[at]) is not None
        if folded[at] == "comments" or (is_rating and at < last_rating):
            return at
        if folded[at] in _HEADINGS and at > last_text:  # in the middle it may be a button
            return at
    return len(blocks)


def _last(positions: Iterable[int]) -> int:
    return max(positions, default=-1)


def _ratings(
    blocks: Sequence[str], away: Mapping[int, str], meanings: Mapping[int, Meaning | None]
) -> dict[int, str]:
    """Find the ratings that no part of the text stands before: those are the page's own."""
    found: dict[int, str] = {}
    before = ""
    for at, block in enumerate(blocks):
        if at in away:
            continue
        if (
            meanings.get(at) is None
            and _RATED.fullmatch(fold_open(block))
            and not is_sentence(before)
        ):
            found[at] = "a rating"
            continue
        before = block
    return found


def _idle_bullets(blocks: Sequence[str], away: Mapping[int, str]) -> dict[int, str]:
    """Find the bullets that stand alone and have no text on the next line either."""
    kept = [at for at in range(len(blocks)) if at not in away]
    following = [*(blocks[at] for at in kept[1:]), ""]
    return {
        at: "a bullet without a text"
        for at, below in zip(kept, following, strict=False)
        if is_lone_bullet(blocks[at]) and (not below or not _may_be_item(below))
    }


def _may_be_item(block: str) -> bool:
    return not is_bullet(block) and read_feature(block) is None and image_credit(block) is None


def _other_posts(
    blocks: Sequence[str], away: Mapping[int, str], meanings: Mapping[int, Meaning | None]
) -> dict[int, str]:
    """Find the titles below a heading such as "Related posts", which stands below the text.

    They end where the text goes on; the last of them is its headline, where there is one.
    """
    found: dict[int, str] = {}
    below: list[int] | None = None  # the titles of the list that is open
    told = False
    for at, block in enumerate(blocks):
        if fold_open(block) in RELATED and meanings.get(at) is None:
            below = [*(below or ())] if told else None
        elif at in away:
            continue
        elif below is not None and is_open_line(block) and meanings.get(at) is None:
            below.append(at)
        else:
            found |= _listed(below or (), blocks, goes_on=is_sentence(block))
            below = None
            told = told or is_sentence(block)
    return found | _listed(below or (), blocks, goes_on=False)


def _listed(below: Sequence[int], blocks: Sequence[str], *, goes_on: bool) -> dict[int, str]:
    end = len(below)
    if goes_on:
        while end and is_metadata(blocks[below[end - 1]]):
            end -= 1
        end = max(end - 1, 0)
    return dict.fromkeys(below[:end], OTHER_POSTS)


def _is_beginning(line: str) -> bool:
    return line.rstrip().endswith(("...", "…"))
