"""What a part needs to be valid: length, no error text, links and pictures a mail can carry."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from newsletter.core.model import Fact, Image, Part, Quote, Story, Supply, Word
from newsletter.core.sentences import said
from newsletter.core.web_addresses import as_carried

Value = TypeVar("Value")


HEADLINE_LENGTH = 200  # characters at most


KICKER_LENGTH = 40
FIGURE_LENGTH = 9  # of it, set large, a phone shows no more on one line


FACT_LENGTH = (10, 600)


QUOTE_LENGTH = (15, 400)  # content.md 2


WORD_LENGTH = 60


DEFINITION_LENGTH = (5, 600)


_FEATURES: Mapping[Part, type] = {Part.FACT: Fact, Part.QUOTE: Quote, Part.WORD: Word}


# Controls but for the line end, lone surrogates, and what XML 1.0 has no place for.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


_SPACES = re.compile("[\t\x0b\x0c]")


_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")


# Services answer with status 200 and one of these in the place of the text (content.md 2).
_ERROR_TEXT = re.compile(
    r"too many requests|\b(?:api|auth)[ _-]?key\b|rate limit(?:ed|s? (?:exceeded|reached))"
    r"|quota exceeded|upgrade your plan|\b[45]\d\d (?:error|forbidden|not found|bad gateway)\b"
    r"|service (?:temporarily )?unavailable|internal server error|enable javascript",
    re.IGNORECASE,
)


_ERROR_PAGE = re.compile(
    r"(?:error )?[45]\d\d\W+(?:error|forbidden|(?:page )?not found|bad gateway)|access denied"
    r"|attention required!.{0,20}|just a moment\W*|page not found|too many requests",
    re.IGNORECASE,
)


_ERROR_TEXT_LIMIT = 160  # a longer text that mentions a rate limit may well be about one


_ADDRESSES = frozenset({"link", "url"})  # fields of the model


_SERVICES = frozenset(
    {"brainyquote", "gracious quotes", "quotable", "they said so", "wikiquote", "zenquotes"}
)


_HOST = re.compile(r"(?:[\w-]+\.)+(?:com|org|net|io|dev|app|rocks|rest|fit)", re.IGNORECASE)


def cleaned(value: Value) -> Value:
    """Return any of the model's values without control characters in its text, however deep.

    Line ends become LF and stay, tabs become spaces; what is left is trimmed. Addresses of links
    and pictures become what mail can carry; where that cannot be, they stay for `problem_with`.
    """
    result: Any = value
    if isinstance(value, Enum):  # the model's enums are texts, too, but nobody's words
        return value
    if isinstance(value, str):
        result = _clean_text(value)
    elif isinstance(value, tuple):
        result = tuple(cleaned(inner) for inner in value)
    elif is_dataclass(value) and not isinstance(value, type):
        inner = {field.name: _clean_field(value, field.name) for field in fields(value)}
        result = replace(value, **inner)
    return result  # type: ignore[no-any-return]  # the same kind of value as came in


def problem_with(part: Part, supply: Supply) -> str | None:
    """Say why a supply is no valid answer for a part; None when it is valid.

    Rules of content.md 2 and design 7: a status of 200 is no content. The sentence has no full
    stop, for it stands in the provenance after the source's name.
    """
    if part is Part.STORY:
        return _story_chain_problem(supply.stories)
    feature = supply.feature
    if not isinstance(feature, _FEATURES[part]):
        return said("it supplied no %(part)s", part=part)
    match feature:
        case Fact():
            return _fact_problem(feature)
        case Quote():
            return _quote_problem(feature)
        case Word():
            return _word_problem(feature)
    raise AssertionError(f"no rule for {part}")


def is_web_address(url: str, *, schemes: Collection[str] = ("http", "https")) -> bool:
    """Say whether a text is an absolute web address, or one that can be made fit for a mail."""
    carried = as_carried(url)
    return carried is not None and carried.partition(":")[0] in schemes


def _clean_field(value: object, name: str) -> Any:
    inner = cleaned(getattr(value, name))
    if name in _ADDRESSES and isinstance(inner, str):
        return as_carried(inner) or inner
    return inner


def _clean_text(text: str) -> str:
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    return _FORBIDDEN.sub("", text).strip()


def _story_chain_problem(stories: tuple[Story, ...]) -> str | None:
    if not stories:
        return said("it supplied no story")
    problems = (_story_problem(story) for story in stories)
    return next((problem for problem in problems if problem), None)


def _story_problem(story: Story) -> str | None:
    if not story.headline:
        return said("a story has no headline")
    if len(story.headline) > HEADLINE_LENGTH:
        return said(
            "the headline has %(count)s characters; %(most)s is the limit",
            count=len(story.headline),
            most=HEADLINE_LENGTH,
        )
    if story.kicker and len(story.kicker) > KICKER_LENGTH:
        return said(
            "the kicker has %(count)s characters; %(most)s is the limit",
            count=len(story.kicker),
            most=KICKER_LENGTH,
        )
    if not any(_has_letters(paragraph) for paragraph in story.paragraphs):
        return said("the story “%(headline)s” has no paragraph", headline=story.headline)
    return (
        _error_page_problem(story.headline)
        or _image_problem(story.image)
        or _link_problem(story.link)
    )


def _fact_problem(fact: Fact) -> str | None:
    return (
        _length_problem("fact", fact.whole, FACT_LENGTH)
        or _figure_problem(fact.figure)
        or _error_text_problem(fact.text)
        or _link_problem(fact.source.url if fact.source else None)
    )


def _figure_problem(figure: str | None) -> str | None:
    if figure and len(figure) > FIGURE_LENGTH:
        return said(
            "the figure has %(count)s characters; %(most)s is the limit",
            count=len(figure),
            most=FIGURE_LENGTH,
        )
    return None


def _quote_problem(quote: Quote) -> str | None:
    return (
        _length_problem("quote", quote.text, QUOTE_LENGTH)
        or _error_text_problem(quote.text)
        or _author_problem(quote.author)
        or _link_problem(quote.source.url if quote.source else None)
    )


def _word_problem(word: Word) -> str | None:
    if not _has_letters(word.word):
        return said("the word is empty")
    if len(word.word) > WORD_LENGTH:
        return said(
            "the word has %(count)s characters; %(most)s is the limit",
            count=len(word.word),
            most=WORD_LENGTH,
        )
    return (
        _length_problem("definition", word.definition, DEFINITION_LENGTH)
        or _error_text_problem(word.definition)
        or _link_problem(word.source.url if word.source else None)
    )


def _author_problem(author: str | None) -> str | None:
    if author is None:
        return None
    if author.casefold() in _SERVICES or _HOST.fullmatch(author):
        return said("the author is a service: %(author)s", author=author)
    return None


def _length_problem(name: str, text: str, limits: tuple[int, int]) -> str | None:
    if not text:
        return said("the %(name)s is empty", name=name)
    low, high = limits
    if low <= len(text) <= high:
        return None
    return said(
        "the %(name)s has %(count)s characters; %(low)s to %(high)s are allowed",
        name=name,
        count=len(text),
        low=low,
        high=high,
    )


def _error_text_problem(text: str) -> str | None:
    if len(text) <= _ERROR_TEXT_LIMIT and _ERROR_TEXT.search(text):
        return said("the text is an error message: “%(text)s”", text=text)
    return None


def _error_page_problem(headline: str) -> str | None:
    # Only a whole headline counts: an editor may well write about an access that was denied.
    if _ERROR_PAGE.fullmatch(headline):
        return said("the headline is an error message: “%(headline)s”", headline=headline)
    return None


def _image_problem(image: Image | None) -> str | None:
    if image is None:
        return None
    if not image.alt or not image.credit:
        return said("the image has no alternative text or no credit")
    if not is_web_address(image.url, schemes=("https",)):
        return said("the image address is not an absolute https address: %(url)s", url=image.url)
    return None


def _link_problem(url: str | None) -> str | None:
    if url is None or is_web_address(url):
        return None
    return said("the link is not an absolute http or https address: %(url)s", url=url)


def _has_letters(text: str) -> bool:
    return any(character.isalnum() for character in text)
