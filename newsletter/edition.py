"""Parts and where they came from become an edition, and what counts as a valid part. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from newsletter.core.model import (
    Edition,
    Fact,
    Image,
    NoStory,
    Part,
    Provenance,
    Quote,
    Story,
    Supply,
    Word,
)

Status = Literal["complete", "incomplete", "held", "skipped"]
Value = TypeVar("Value")

HEADLINE_LENGTH = 200  # characters at most
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
_SERVICES = frozenset(
    {"brainyquote", "gracious quotes", "quotable", "they said so", "wikiquote", "zenquotes"}
)
_HOST = re.compile(r"(?:[\w-]+\.)+(?:com|org|net|io|dev|app|rocks|rest|fit)", re.IGNORECASE)


def cleaned(value: Value) -> Value:
    """Give any of the model's values without control characters in its text, however deep.

    Line ends become LF and stay, tabs become spaces; what is left is trimmed.
    """
    result: Any = value
    if isinstance(value, Enum):  # the model's enums are texts, too, but nobody's words
        return value
    if isinstance(value, str):
        result = _clean_text(value)
    elif isinstance(value, tuple):
        result = tuple(cleaned(inner) for inner in value)
    elif is_dataclass(value) and not isinstance(value, type):
        inner = {field.name: cleaned(getattr(value, field.name)) for field in fields(value)}
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
        return f"it supplied no {part}"
    match feature:
        case Fact():
            return _fact_problem(feature)
        case Quote():
            return _quote_problem(feature)
        case Word():
            return _word_problem(feature)
    raise AssertionError(f"no rule for {part}")


def build(
    day: date, supplies: Mapping[Part, Supply], provenance: Iterable[Provenance] = ()
) -> Edition:
    """Put an edition together; a part without a supply is missing."""
    story = supplies.get(Part.STORY, Supply())
    features: dict[Part, Any] = {part: supply.feature for part, supply in supplies.items()}
    return Edition(
        date=day,
        stories=story.stories,
        others=story.others,
        intro=story.intro,
        fact=features.get(Part.FACT),
        quote=features.get(Part.QUOTE),
        word=features.get(Part.WORD),
        provenance=tuple(provenance),
    )


def is_web_address(url: str, *, schemes: Collection[str] = ("http", "https")) -> bool:
    """Say whether a text is an absolute web address, with nothing that would break a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and not re.search(r"\s", url)


def has_features(edition: Edition) -> bool:
    """Say whether there is anything to read beside the stories."""
    return any((edition.fact, edition.quote, edition.word, edition.others))


def is_held(edition: Edition, no_story: NoStory = "hold") -> bool:
    """Say whether the edition must not be sent, by what is to become of one without a story."""
    if edition.stories:
        return False
    return no_story != "extras" or not has_features(edition)


def status(edition: Edition, no_story: NoStory = "hold") -> Status:
    """Sum the edition up: all there, parts missing, or held or skipped for want of a story."""
    if is_held(edition, no_story):
        return "skipped" if no_story == "skip" else "held"
    return "incomplete" if edition.missing else "complete"


def reasons(edition: Edition, part: Part) -> tuple[str, ...]:
    """Tell what each source that was asked for a part in vain had to say, in order."""
    return tuple(
        f"{tried.source}: {tried.reason}"
        for entry in edition.provenance
        if entry.part is part
        for tried in entry.tried
    )


def sentences(edition: Edition) -> tuple[str, ...]:
    """Say in full sentences what is missing and why; nothing for a complete edition."""
    return tuple(_missing_sentence(edition, part) for part in edition.missing)


def document(edition: Edition) -> dict[str, Any]:
    """Give the edition as plain values for JSON, without its provenance."""
    content = asdict(replace(edition, provenance=(), repeats=()))
    del content["provenance"], content["repeats"]
    return content | {
        "date": edition.date.isoformat(),
        "corrections": [
            {"date": note.date.isoformat(), "text": note.text} for note in edition.corrections
        ],
        "missing": [str(part) for part in edition.missing],
    }


def provenance_document(edition: Edition) -> list[dict[str, Any]]:
    """Give the provenance as plain values for JSON, one entry a part."""
    return [
        {
            "part": str(entry.part),
            "source": entry.source,
            "origin": entry.origin,
            "at": entry.at.isoformat(),
            "tried": [{"source": one.source, "reason": one.reason} for one in entry.tried],
        }
        for entry in edition.provenance
    ]


def _clean_text(text: str) -> str:
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    return _FORBIDDEN.sub("", text).strip()


def _missing_sentence(edition: Edition, part: Part) -> str:
    name = "lead story" if part is Part.STORY else part
    why = "; ".join(reasons(edition, part))
    return f"There is no {name}" + (f" ({why})." if why else ": its chain of sources is empty.")


def _story_chain_problem(stories: tuple[Story, ...]) -> str | None:
    if not stories:
        return "it supplied no story"
    problems = (_story_problem(story) for story in stories)
    return next((problem for problem in problems if problem), None)


def _story_problem(story: Story) -> str | None:
    if not story.headline:
        return "a story has no headline"
    if len(story.headline) > HEADLINE_LENGTH:
        return f"the headline has {len(story.headline)} characters; {HEADLINE_LENGTH} is the limit"
    if not any(_has_letters(paragraph) for paragraph in story.paragraphs):
        return f"the story “{story.headline}” has no paragraph"
    return (
        _error_page_problem(story.headline)
        or _image_problem(story.image)
        or _link_problem(story.link)
    )


def _fact_problem(fact: Fact) -> str | None:
    return (
        _length_problem("fact", fact.text, FACT_LENGTH)
        or _error_text_problem(fact.text)
        or _link_problem(fact.source.url if fact.source else None)
    )


def _quote_problem(quote: Quote) -> str | None:
    return (
        _length_problem("quote", quote.text, QUOTE_LENGTH)
        or _error_text_problem(quote.text)
        or _author_problem(quote.author)
        or _link_problem(quote.source.url if quote.source else None)
    )


def _word_problem(word: Word) -> str | None:
    if not _has_letters(word.word):
        return "the word is empty"
    if len(word.word) > WORD_LENGTH:
        return f"the word has {len(word.word)} characters; {WORD_LENGTH} is the limit"
    return (
        _length_problem("definition", word.definition, DEFINITION_LENGTH)
        or _error_text_problem(word.definition)
        or _link_problem(word.source.url if word.source else None)
    )


def _author_problem(author: str | None) -> str | None:
    if author is None:
        return None
    if author.casefold() in _SERVICES or _HOST.fullmatch(author):
        return f"the author is a service: {author}"
    return None


def _length_problem(name: str, text: str, limits: tuple[int, int]) -> str | None:
    if not text:
        return f"the {name} is empty"
    low, high = limits
    if low <= len(text) <= high:
        return None
    return f"the {name} has {len(text)} characters; {low} to {high} are allowed"


def _error_text_problem(text: str) -> str | None:
    if len(text) <= _ERROR_TEXT_LIMIT and _ERROR_TEXT.search(text):
        return f"the text is an error message: “{text}”"
    return None


def _error_page_problem(headline: str) -> str | None:
    # Only a whole headline counts: an editor may well write about an access that was denied.
    if _ERROR_PAGE.fullmatch(headline):
        return f"the headline is an error message: “{headline}”"
    return None


def _image_problem(image: Image | None) -> str | None:
    if image is None:
        return None
    if not image.alt or not image.credit:
        return "the image has no alternative text or no credit"
    if not is_web_address(image.url, schemes=("https",)):
        return f"the image address is not an absolute https address: {image.url}"
    return None


def _link_problem(url: str | None) -> str | None:
    if url is None or is_web_address(url):
        return None
    return f"the link is not an absolute http or https address: {url}"


def _has_letters(text: str) -> bool:
    return any(character.isalnum() for character in text)
