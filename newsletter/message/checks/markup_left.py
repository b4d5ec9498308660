"""Marks of HTML and Markdown that were not read as such stand in the mail as they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from html.entities import name2codepoint
from itertools import islice

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt, parse, squeeze

CODE = "markup-left"
LEVEL = Severity.ERROR

_TAG = (
    "abbr|article|blockquote|br|center|code|div|em|figcaption|figure|font|h[1-6]|hr|iframe|img|li|ol"
    "|picture|pre|script|section|small|source|span|strong|style|sub|sup|table|tbody|td|th|thead|tr"
    "|ul|video"
)
_TYPE = "[abipqsu]"  # behind a word these name a type: `List<a>`
_NAMED = "|".join(sorted(name2codepoint))
# What stands before or behind says that it is meant: a type in code, a power, a class of letters.
_MARKS = re.compile(
    rf"(?P<tag>(?:</?(?:{_TAG})|</{_TYPE}|(?<![\w:])<{_TYPE})(?:\s+[\w:-]+\s*=\s*[^<>]*)?\s*/?>)"
    rf"|(?P<entity>&(?:{_NAMED}|#\d{{2,6}}|#[xX][0-9a-fA-F]{{2,6}});)"
    r"|(?P<footnote>\[\^\w{1,30}\](?![+*?{]))"
    r"|(?P<rule>\|[ ]?:?-{3,}:?[ ]?\|)"
    r"|(?P<link>(?<![\w\])])\[[^\[\]]+\]\([^()\s]*[./:#@][^()\s]*\)|\]\((?:https?:|www\.|mailto:|/|\#))"
    r"|(?P<bold>(?<![\w*/])\*\*(?=[^\s*])[^*]+?(?<=[^\s*])\*\*(?![\w*/]))"
    r"|(?P<heading>^\#{2,6} (?=\w))"
    "|(?P<hyphen>(?<!\\S)\u00ad|\u00ad(?!\\S))"
)
_CODE = frozenset({"code", "pre", "kbd", "samp", "script", "style", "title"})
# Somebody who writes about marks puts them between quotation marks, or between those of code.
_MEANT = re.compile("`[^`]*`|(?<!=)[“\"‘«„']\\s?[^“”\"‘’«»„'\\s]{1,40}\\s?[”\"’»“']")
_NAMES = {
    "tag": "an HTML tag",
    "entity": "an entity of HTML",
    "footnote": "the mark of a footnote",
    "rule": "the line of a table",
    "link": "a link of Markdown",
    "bold": "the marks of bold",
    "heading": "the mark of a heading",
    "hyphen": "a soft hyphen alone",
}
_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "td", "div", "figcaption", "blockquote"})


def check(checked: Checked) -> Iterator[Fault]:
    """Find marks of HTML and Markdown that a reader sees; each kind once.

    What is set as code, or stands between quotation marks, is meant to be seen.
    """
    told: set[str] = set()
    for place, text in _seen(checked):
        for found in _MARKS.finditer(_MEANT.sub(" ", text)):
            kind = found.lastgroup or ""
            if kind in told:
                continue
            told.add(kind)
            mark = excerpt(found.group().replace("\u00ad", "U+00AD"))
            yield Fault(
                f"“{mark}” is {_NAMES[kind]}, and readers see it as it is.",
                "Correct the words in edition.toml; or set them as code, where they are meant.",
                measured=mark,
                limit="words only",
                place=place,
            )


def _seen(checked: Checked) -> Iterator[tuple[Place, str]]:
    """Go through the subject and the blocks of the HTML: each text once, without its code."""
    yield Place(part="subject", excerpt=excerpt(checked.subject)), checked.subject
    elements = parse(checked.html).elements
    blocks = [one for one in elements if one.tag in _BLOCKS]
    outer = {id(above) for one in blocks for above in islice(one.ancestors(), 1, None)}
    whole = {id(one) for one in blocks if id(one) not in outer}
    code: dict[int, list[str]] = defaultdict(list)
    for one in elements:
        if one.tag in _CODE:
            for above in one.ancestors():
                code[id(above)].append(one.text)
    for one in elements:
        if id(one) in whole:
            yield one.place, _without(one.text, code[id(one)])
        elif one.own_text.strip() and not any(
            above.tag in _CODE or id(above) in whole for above in one.ancestors()
        ):
            yield one.place, squeeze(one.own_text)


def _without(text: str, pieces: list[str]) -> str:
    for piece in pieces:
        text = text.replace(piece, " ", 1)
    return text
