"""Read `edition.toml` as an editor left it; a slip is told with file, line and what is allowed."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from newsletter import blocks
from newsletter.edition import cleaned, is_web_address
from newsletter.errors import UsageError
from newsletter.model import (
    CorrectionNote,
    Credit,
    Edition,
    Fact,
    Image,
    Markup,
    OtherFeature,
    Provenance,
    Quote,
    Story,
    Word,
)
from newsletter.page.speech import part_of_speech

_LINE_IN_TOML = re.compile(r" ?\(at line (\d+)[^)]*\)")
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


def _none_if_empty(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


def _https(url: str) -> str:
    if not is_web_address(url, schemes=("https",)):
        raise ValueError("must be an address that begins with https://")
    return url


def _web(url: str) -> str:
    if not is_web_address(url):
        raise ValueError("must be an address that begins with https:// or http://")
    return url


_Text = Annotated[str, AfterValidator(_not_blank)]
_Maybe = Annotated[str | None, BeforeValidator(_none_if_empty)]
_Link = Annotated[Annotated[str, AfterValidator(_web)] | None, BeforeValidator(_none_if_empty)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Credited(_Table):
    source: _Maybe = None
    source_url: _Link = None

    @model_validator(mode="after")
    def _named(self) -> _Credited:
        if self.source_url and not self.source:
            raise ValueError("has a `source_url` without a `source`")
        return self

    @property
    def credit(self) -> Credit | None:
        return Credit(self.source, self.source_url) if self.source else None


class _Image(_Table):
    url: Annotated[str, AfterValidator(_https)]
    alt: _Text
    credit: _Text
    width: Annotated[int, Field(gt=0)] | None = None
    height: Annotated[int, Field(gt=0)] | None = None


class _Story(_Table):
    headline: _Text
    text: _Text
    markup: Markup = "text"
    byline: _Maybe = None
    link: _Link = None
    image_credit: _Maybe = None
    image: _Image | None = None


class _Fact(_Credited):
    text: _Text


class _Quote(_Credited):
    text: _Text
    author: _Maybe = None


class _Word(_Credited):
    word: _Text
    definition: _Text
    pos: _Maybe = None
    pronunciation: _Maybe = None
    extra_sense: _Maybe = None
    sentences: tuple[_Text, ...] = ()


class _Other(_Credited):
    label: _Text
    text: _Text


class _Correction(_Table):
    date: date
    text: _Text


class _File(_Table):
    subject: _Maybe = None
    preheader: _Maybe = None
    intro: str = ""
    corrections: tuple[_Correction, ...] = ()
    stories: tuple[_Story, ...] = ()
    fact: _Fact | None = None
    quote: _Quote | None = None
    word: _Word | None = None
    others: tuple[_Other, ...] = ()


def from_toml(
    text: str, *, day: date, name: str, provenance: tuple[Provenance, ...] = ()
) -> Edition:
    """Read the text of the file `name` as the edition of a day.

    Raises `UsageError` with line, key and what is allowed.
    """
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(error, name=name, text=text) from error
    except ValidationError as error:
        raise _refused(error, name=name, text=text) from error
    return cleaned(
        Edition(
            date=day,
            subject=file.subject,
            preheader=file.preheader,
            intro=blocks.split(file.intro, "text"),
            corrections=tuple(CorrectionNote(**dict(note)) for note in file.corrections),
            stories=tuple(_story(story) for story in file.stories),
            fact=_fact(file.fact),
            quote=_quote(file.quote),
            word=_word(file.word),
            others=tuple(
                OtherFeature(label=other.label, text=other.text, source=other.credit)
                for other in file.others
            ),
            provenance=provenance,
        )
    )


def _story(story: _Story) -> Story:
    return Story(
        headline=story.headline,
        paragraphs=blocks.split(story.text, story.markup),
        markup=story.markup,
        byline=story.byline,
        link=story.link,
        image_credit=story.image_credit,
        image=Image(**dict(story.image)) if story.image else None,
    )


def _fact(fact: _Fact | None) -> Fact | None:
    if fact is None:
        return None
    return Fact(text=fact.text, source=fact.credit)


def _quote(quote: _Quote | None) -> Quote | None:
    if quote is None:
        return None
    return Quote(text=quote.text, author=quote.author, source=quote.credit)


def _word(word: _Word | None) -> Word | None:
    if word is None:
        return None
    return Word(
        word=word.word,
        definition=word.definition,
        pos=part_of_speech(word.pos) if word.pos else None,
        pos_raw=word.pos,
        pronunciation=word.pronunciation,
        extra_sense=word.extra_sense,
        sentences=word.sentences,
        source=word.credit,
    )


def _not_toml(error: tomllib.TOMLDecodeError, *, name: str, text: str) -> UsageError:
    at = _LINE_IN_TOML.search(str(error))
    line = int(at.group(1)) if at else text.count("\n") + 1
    sentence = _LINE_IN_TOML.sub("", str(error)).strip()
    return UsageError(
        f"{name}, line {line}: this is not TOML: {sentence}.",
        hint='A text needs its quotation marks: "…" on one line, """ … """ over several.',
    )


def _refused(error: ValidationError, *, name: str, text: str) -> UsageError:
    findings = error.errors(include_url=False)
    first = findings[0]
    path = first["loc"]
    key = path[-1]
    more = f" ({len(findings) - 1} more after this one.)" if len(findings) > 1 else ""
    return UsageError(
        f"{name}, line {line_of(path, text)}: `{key}` {_sentence(first['type'], first['msg'])}."
        f"{more}",
        hint=_allowed(path),
    )


def _sentence(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "is not a key of an edition here"
    if kind == "missing":
        return "is missing"
    text = message.removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def _allowed(path: Sequence[int | str]) -> str:
    keys = sorted(_table_at(path[:-1]).model_fields)
    close = difflib.get_close_matches(str(path[-1]), keys, n=1)
    suggestion = f"Did you mean `{close[0]}`? " if close and close[0] != path[-1] else ""
    return f"{suggestion}Allowed here: {', '.join(keys)}."


def _table_at(path: Sequence[int | str]) -> type[_Table]:
    tables: dict[str, type[_Table]] = {
        "corrections": _Correction,
        "stories": _Story,
        "image": _Image,
        "fact": _Fact,
        "quote": _Quote,
        "word": _Word,
        "others": _Other,
    }
    names = [name for name in path if name in tables]
    return tables[str(names[-1])] if names else _File


def line_of(path: Sequence[int | str], text: str) -> int:
    """Find the line of a key; of the table it belongs to where the key itself is missing.

    A path is as pydantic gives it: `("stories", 1, "image", "url")`.
    """
    here: tuple[int | str, ...] = ()
    counts: dict[str, int] = {}
    best, best_line, inside = 0, 1, False
    for number, line in enumerate(text.splitlines(), start=1):
        found: tuple[int | str, ...] = ()
        header, key = _HEADER.match(line), _KEY.match(line)
        if not inside and header:
            here = found = _table_path(header, counts)
        elif not inside and key:
            found = (*here, key.group(1))
        if len(found) > best and found == tuple(path)[: len(found)]:
            best, best_line = len(found), number
        inside ^= line.count('"""') % 2 == 1
    return best_line


def _table_path(header: re.Match[str], counts: dict[str, int]) -> tuple[int | str, ...]:
    name, *rest = header.group(2).split(".")
    if header.group(1) == "[[":
        counts[name] = counts.get(name, -1) + 1
    return (name, counts[name], *rest) if name in counts else (name, *rest)
