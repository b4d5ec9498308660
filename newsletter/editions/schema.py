"""The tables of `edition.toml`: which keys there are, and what each may hold. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from newsletter.content import blocks
from newsletter.content.pasted.parts_of_speech import part_of_speech
from newsletter.content.validity import cleaned, is_web_address
from newsletter.core.model import (
    Acceptance,
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
    SubjectTrial,
    Word,
)


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
_Code = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
_Share = Annotated[float, Field(gt=0, le=0.5)] | None
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
    subject_b: _Maybe = None
    subject_share: _Share = Field(default=None, validate_default=True)
    preheader: _Maybe = None
    intro: str = ""
    corrections: tuple[_Correction, ...] = ()
    accepted: dict[_Code, _Text] = Field(default_factory=dict)  # reasons, by the check's id
    stories: tuple[_Story, ...] = ()
    fact: _Fact | None = None
    quote: _Quote | None = None
    word: _Word | None = None
    others: tuple[_Other, ...] = ()

    @field_validator("subject_share")
    @classmethod
    def _whole_trial(cls, share: float | None, info: ValidationInfo) -> float | None:
        if (share is None) != (info.data.get("subject_b") is None):
            raise ValueError("goes with `subject_b`: write both, or neither")
        return share

    @property
    def trial(self) -> SubjectTrial | None:
        if self.subject_b is None or self.subject_share is None:
            return None
        return SubjectTrial(self.subject_b, self.subject_share)


def edition_of(
    values: Mapping[str, Any], *, day: date, provenance: tuple[Provenance, ...] = ()
) -> Edition:
    """Read the values of a file as the edition of a day.

    Raises pydantic's `ValidationError`, whose entries `sentence` puts into words.
    """
    file = _File.model_validate(values)
    return cleaned(
        Edition(
            date=day,
            subject=file.subject,
            preheader=file.preheader,
            trial=file.trial,
            intro=blocks.split(file.intro, "text"),
            corrections=tuple(CorrectionNote(**dict(note)) for note in file.corrections),
            accepted=tuple(Acceptance(code, reason) for code, reason in file.accepted.items()),
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


def sentence(fault: ErrorDetails) -> str:
    """Say what is wrong with a key, to stand behind its name, without a full stop."""
    kind = fault["type"]
    if kind == "extra_forbidden":
        return "is not a key of an edition here"
    if kind == "missing":
        return "is missing"
    text = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return text[:1].lower() + text[1:]


def keys_beside(path: Sequence[int | str]) -> list[str]:
    """List the keys that are allowed where a path leads, sorted."""
    tables: dict[str, type[_Table]] = {
        "corrections": _Correction,
        "stories": _Story,
        "image": _Image,
        "fact": _Fact,
        "quote": _Quote,
        "word": _Word,
        "others": _Other,
    }
    names = [name for name in path[:-1] if name in tables]
    return sorted((tables[str(names[-1])] if names else _File).model_fields)


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
