"""Which line of a whole page is the headline of the text that was found on it. Pure.

It is the line above that the text speaks of, long enough to be one, near the text, with a date or
an author below; never a menu, a notice, a caption, or what asks for something.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter.content.pasted.bylines import is_name, read_byline
from newsletter.content.pasted.dates import is_dateline, is_reading_time
from newsletter.content.pasted.folding import SHORT, fold, is_closed
from newsletter.content.pasted.learned import Meaning, Site
from newsletter.content.pasted.opening import is_way
from newsletter.content.pasted.paragraphs import is_paragraph

DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # few spaces, if any
_LONGEST_TITLE = 200
_REACH = 60  # lines above the text that may be its headline
_NEAR = 0.8  # a line above the likeliest one is the headline with a score as near as this
_NEAR_SIGNED = 0.6
_CLUSTER = 10  # lines between a headline and what stands below it
_CLOSE = 0.35  # scores that differ by less leave it open which line is the headline
_CHOICE = 3  # lines that are named then
_OPENS = 3  # lines a run of prose may begin with before its headline is passed
_BELOW = 4  # lines in which a headline's date or author follows
_SIGNED = 0.5  # what it adds to a score that a date or a name follows
_HALF = 0.5
_TITLE_WORDS = 4
_STEM = 5  # letters that forms of a word have in common
_WORDS = re.compile(r"[^\W\d_]{4,}|\d{2,}")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b.*\d|\d.*\b\d{1,2}:\d\d\b")  # with a day
_CREDITED = re.compile(
    r"©|\b(?:credit|photo|photograph|image|foto|bild|imagen|imagem|getty|reuters|afp|dpa"
    r"|shutterstock|ap photo)\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\bcookies?\b|java ?script|ad ?blocker|privacy policy|terms of (?:use|service)"
    r"|datenschutzerklärung|política de privacidad|politique de confidentialité"
    r"|informativa sulla privacy|privacybeleid|política de privacidade|enable .{0,20}browser"
    r"|continue reading the main story|skip to content|all rights reserved",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 700
_CALL = re.compile(
    r"(?:subscribe|sign ?up|register|log ?in|sign in|follow us|download|share|print|click|advert"
    r"|abonnieren|anmelden|jetzt|suscr[ií]b|reg[ií]str|s'abonner|abonnez|iscriviti|abbonati|assine"
    r"|read more|also read|mehr lesen|lees ook|leia também|leggi anche|lire aussi)"
    r"|.*(?:https?://|www\.)|[^\w\s]*(?:>>|<)|.*>>$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A line that may be the headline, and what speaks for it."""

    at: int
    score: float
    known: float  # the share of its words that the text has
    length: float  # in words
    is_signed: bool  # a date or an author follows


def likeness(title: str, text: Sequence[str]) -> float:
    """Say how likely a heading is the headline of a text, where nothing but the two is known."""
    if not any(map(str.isalpha, title)):
        return -1.0
    return _title([title], 0, _stems(text), (0, 1, False)).score


def ranked(
    blocks: Sequence[str], away: Mapping[int, str], site: Site, run: tuple[int, int]
) -> list[Title]:
    """Return the lines that may be the headline, the likeliest first."""
    start, stop = run
    told = _stems(blocks[start:stop])
    counted = Counter(fold(block) for block in blocks)
    found: list[Title] = []
    for at in range(min(start + _OPENS, stop) - 1, max(-1, start - 1 - _REACH), -1):
        block = blocks[at]
        meaning = site.meaning(block)
        if meaning is Meaning.HEADLINE:
            return [Title(at=at, score=100.0, known=1.0, length=1.0, is_signed=True)]
        if at in away or meaning is not None or not _may_be_title(block, site):
            continue
        if at >= start and not (is_open(block) and is_paragraph(block)):
            continue
        distance = sum(one.at < start for one in found) + (at < start)
        is_signed = any(map(is_about, blocks[at + 1 : at + 1 + _BELOW]))
        found.append(_title(blocks, at, told, (distance, counted[fold(block)], is_signed)))
    return sorted(found, key=lambda one: (-one.score, -one.at))


def topmost(likely: Sequence[Title]) -> Title:
    """Choose the headline: subtitles and captions, which stand below it, may say more of the text.

    Not above one that a date or a name follows, unless the same follows the other.
    """
    best = likely[0]
    near = [
        one
        for one in likely
        if best.score - one.score < (_NEAR_SIGNED if best.is_signed else _NEAR)
        and 0 <= best.at - one.at <= (_BELOW if best.is_signed else _CLUSTER)
        and one.known >= _HALF
        and one.length >= _TITLE_WORDS
        and (one.is_signed or not best.is_signed)
    ]
    return min(near, key=lambda one: one.at, default=best)


def rivals(blocks: Sequence[str], likely: Sequence[Title], chosen: Title) -> Iterator[int]:
    """Yield the other lines that may as well be the headline, two at most."""
    seen = {fold(blocks[chosen.at])}
    for one in likely:
        is_new = fold(blocks[one.at]) not in seen
        if one.score > chosen.score - _CLOSE and is_new and len(seen) < _CHOICE:
            seen.add(fold(blocks[one.at]))
            yield one.at


def _title(
    blocks: Sequence[str], at: int, told: Counter[str], place: tuple[int, int, bool]
) -> Title:
    """Say how likely a line is the headline of a text, by its words, length and place."""
    block, (distance, times, is_signed) = blocks[at], place
    stems = list(_stems([block]))
    known = sum(bool(told[one]) for one in stems) / len(stems) if stems else 0.0
    length = _length(block)
    score = 1.6 * known + min(length, 8) * 0.18 - 0.03 * min(distance, 30)
    score += _SIGNED * is_signed + _by_look(block, length)
    if times > 1:
        score += 0.5 if length >= _TITLE_WORDS else -0.5
    return Title(at=at, score=score, known=known, length=length, is_signed=is_signed)


def _by_look(block: str, length: float) -> float:
    """Return what is added to a line's score for how it looks; mostly less than nothing."""
    score = 0.0
    if length <= 2:
        score -= 1.0
    elif length > 22:
        score -= 0.05 * (length - 22)
    if is_closed(block) and not fold(block).endswith(("?", "!", '"', "'")):
        score -= 0.8
    if _CREDITED.search(block):
        score -= 0.8
    if is_name(block) and length <= 3:
        score -= 0.5
    return score


def is_open(block: str) -> bool:
    """Say whether a line that is long enough for a paragraph may be a headline all the same."""
    is_title = not is_closed(block) or fold(block).endswith(("?", "!", "'", '"'))
    return is_title and len(block) <= _LONGEST_TITLE


def _may_be_title(block: str, site: Site) -> bool:
    return (
        len(block) <= _LONGEST_TITLE
        and any(map(str.isalpha, block))
        and not (is_about(block) or is_way(block) or site.is_name(block) or is_notice(block))
        and not _CALL.match(block)
    )


def is_about(block: str) -> bool:
    """Say whether a line tells when something was written, or by whom."""
    if is_dateline(block) or is_reading_time(block) or read_byline(block) is not None:
        return True
    return len(block) <= SHORT and _CLOCK.search(block) is not None and not is_closed(block)


def is_notice(block: str) -> bool:
    """Say whether a paragraph is the site's own: of cookies, scripts, accounts, terms."""
    return len(block) <= _LONGEST_NOTICE and _NOTICE.search(block) is not None


def _length(block: str) -> float:
    """Count words; where a script has no spaces, two signs and a half are one."""
    dense = len(DENSE.findall(block))
    return dense / 2.5 if dense > len(block) / 3 else len(block.split())


def _stems(lines: Iterable[str]) -> Counter[str]:
    return Counter(stem for line in lines for stem in _stems_of(fold(line)))


def _stems_of(line: str) -> Iterator[str]:
    if DENSE.search(line):
        signs = "".join(DENSE.findall(line))
        yield from (signs[at : at + 2] for at in range(len(signs) - 1))
    yield from (word[:_STEM] for word in _WORDS.findall(line) if not DENSE.search(word))
