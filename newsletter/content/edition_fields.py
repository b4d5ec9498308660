"""The fields of an edition, each told once: what it may hold, and what people are told of it.

Made from these tables: reading, writing and the errors of `edition.toml`, the desk's form, the
keys of a story's front matter, new drafts, and the list of keys in docs/content.md. A table has
its keys in the order of the file. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from newsletter.content.edition_values import (
    Code,
    Figure,
    Kicker,
    Link,
    Maybe,
    Pixels,
    Text,
    https,
)
from newsletter.content.validity import FIGURE_LENGTH, KICKER_LENGTH
from newsletter.core.model import Credit, Markup
from newsletter.core.sentences import said

# One line, several lines, paragraphs, a list with one on each line, an address, one of several
# words, or a value that the desk carries along unseen.
Kind = Literal["line", "text", "prose", "lines", "address", "choice", "kept"]


@dataclass(frozen=True, slots=True)
class Front:
    """A field's key in the front matter of a story, and its line in a new draft."""

    key: str
    draft: str = '""'
    waits: bool = True  # behind a # sign, until somebody wants it


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What people are told of a field."""

    label: str  # at the desk
    about: str  # in the documentation; the end of a sentence that begins with the key
    kind: Kind = "line"
    note: str = ""  # below the field, at the desk
    rows: int = 1
    counts: int = 0  # characters after which an inbox cuts it; 0: not counted
    place: int | None = None  # in the desk's form, where it is not that of the file
    sample: str = ""  # in the table that `edition.toml` proposes where a part is missing
    front: Front | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table, with all that is known of it."""

    name: str
    told: Told
    choices: tuple[str, ...]  # where only these words are allowed
    is_needed: bool
    usual: Any  # what it means that the key is not there; None where it is needed


class Table(BaseModel):
    """One table of `edition.toml`; a key it does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: ClassVar[str]  # at the desk


class Credited(Table):
    """A table whose words come from somebody; the keys for it stand last."""

    source: Annotated[
        Maybe, Told(label=said("Source"), about="who the words are credited to", sample='"…"')
    ] = None
    source_url: Annotated[
        Link, Told(label=said("Link"), about="a link to the source", kind="address")
    ] = None

    @model_validator(mode="after")
    def _named(self) -> Credited:
        if self.source_url and not self.source:
            raise ValueError("has a `source_url` without a `source`")
        return self

    @property
    def credit(self) -> Credit | None:
        """Return both as one value; None where nobody is credited."""
        return Credit(self.source, self.source_url) if self.source else None


class ImageTable(Table):
    """The picture of a story, below its text."""

    title = said("Picture")

    url: Annotated[
        str,
        AfterValidator(https),
        Told(
            label=said("Picture"),
            about="where readers’ mail programs fetch the picture, with `https://`",
            kind="address",
            note=said("An address with https://"),
            front=Front("image", '"https://…"'),
        ),
    ]
    alt: Annotated[
        Text,
        Told(
            label=said("What the picture shows"),
            about="what the picture shows, for those who do not see it",
            note=said("For those who do not see it. Required."),
            front=Front("image_alt", '"What the picture shows, for those who do not see it"'),
        ),
    ]
    credit: Annotated[
        Text,
        Told(
            label=said("Credit"),
            about="who took it",
            note=said("Who took it. Required."),
            front=Front("image_credit", '"Who took it"'),
        ),
    ]
    width: Annotated[Pixels, Told(label="", about="pixels of the file", kind="kept")] = None
    height: Annotated[Pixels, Told(label="", about="pixels of the file", kind="kept")] = None


class StoryTable(Table):
    """A story; the first one leads."""

    title = said("Story")

    headline: Annotated[
        Text,
        Told(
            label=said("Headline"),
            about="the headline",
            sample='"…"',
            front=Front("title", waits=False),
        ),
    ]
    kicker: Annotated[
        Kicker,
        Told(
            label=said("Kicker"),
            about=(
                f"a word or two above the headline, up to {KICKER_LENGTH} characters on one line; "
                "left empty, there is none in the mail"
            ),
            note=said("A word or two above the headline."),
            front=Front("kicker", '"A word or two above the headline"'),
        ),
    ] = None
    byline: Annotated[
        Maybe,
        Told(label=said("Byline"), about="who wrote it", front=Front("byline", waits=False)),
    ] = None
    link: Annotated[
        Link,
        Told(
            label=said("Link"),
            about="where the full story stands",
            kind="address",
            front=Front("link", '"https://…"'),
        ),
    ] = None
    image_credit: Annotated[
        Maybe,
        Told(
            label=said("Credit without a picture"),
            about="a credit found without its image",
            place=99,
        ),
    ] = None
    markup: Annotated[
        Markup, Told(label=said("Kind of text"), about="how the text is written", kind="choice")
    ] = "text"
    text: Annotated[
        Text,
        Told(
            label=said("Text"),
            about="the text; a blank line begins a paragraph",
            kind="prose",
            rows=14,
            note=said("A blank line begins a paragraph."),
            place=1,
            sample='"""\nFirst paragraph.\n\nSecond paragraph.\n"""',
        ),
    ]
    image: ImageTable | None = None


class FactTable(Credited):
    """The fact of the day."""

    title = said("Fact")

    figure: Annotated[
        Figure,
        https,
        Told(
            label=said("Figure"),
            about=(
                f"the number it begins with, set large: up to {FIGURE_LENGTH} characters, such as "
                "“61 kWh”; the fact goes on from it"
            ),
            note=said("A number to set large, such as “61 kWh”; the fact goes on from it."),
            place=2,
        ),
    ] = None
    text: Annotated[
        Text, Told(label=said("Fact"), about="the fact", kind="text", rows=3, sample='"…"')
    ]


class QuoteTable(Credited):
    """The quote of the day."""

    title = said("Quote")

    text: Annotated[
        Text,
        Told(
            label=said("Quote"),
            about="the quote, without quotation marks around it",
            kind="text",
            rows=3,
            sample='"…"',
        ),
    ]
    author: Annotated[
        Maybe, Told(label=said("Author"), about="whose words it is", sample='"…"')
    ] = None


class WordTable(Credited):
    """The word of the day."""

    title = said("Word")

    word: Annotated[Text, Told(label=said("Word"), about="the word", sample='"…"')]
    pos: Annotated[
        Maybe, Told(label=said("Part of speech"), about="its part of speech", sample='"noun"')
    ] = None
    pronunciation: Annotated[Maybe, Told(label=said("Pronunciation"), about="how it is spoken")] = (
        None
    )
    definition: Annotated[
        Text,
        Told(label=said("Definition"), about="what it means", kind="text", rows=2, sample='"…"'),
    ]
    extra_sense: Annotated[Maybe, Told(label=said("Another sense"), about="what else it means")] = (
        None
    )
    sentences: Annotated[
        tuple[Text, ...],
        Told(
            label=said("In a sentence"),
            about="examples, as a list",
            kind="lines",
            rows=2,
            note=said("One on each line."),
            sample='["…"]',
        ),
    ] = ()


class OtherTable(Credited):
    """A feature under a label of its own."""

    title = said("Feature")

    label: Annotated[Text, Told(label=said("Label"), about="what stands above it")]
    text: Annotated[Text, Told(label=said("Text"), about="the text", kind="text", rows=2)]


class CorrectionTable(Table):
    """What was wrong in an edition, told above its stories."""

    title = said("Correction")

    date: Annotated[date, Told(label=said("Date"), about="when it was put right")]
    text: Annotated[
        Text, Told(label=said("What was wrong"), about="what was wrong", kind="text", rows=2)
    ]


class EditionTable(Table):
    """The whole file: its own keys, and the tables below them."""

    title = said("Subject and greeting")

    subject: Annotated[
        Maybe,
        Told(
            label=said("Subject"),
            about="the subject; left empty, it is the first headline",
            counts=70,
            note=said("Left empty: the first headline."),
        ),
    ] = None
    preheader: Annotated[
        Maybe,
        Told(
            label=said("Preview line"),
            about="what an inbox shows after the subject; left empty, it is the story’s beginning",
            counts=90,
            note=said("Left empty: the story’s beginning."),
        ),
    ] = None
    intro: Annotated[
        str,
        Told(label=said("Greeting"), about="words above the stories", kind="prose", rows=2),
    ] = ""
    corrections: tuple[CorrectionTable, ...] = ()
    accepted: dict[Code, Text] = Field(default_factory=dict)  # reasons, by the check's id
    stories: tuple[StoryTable, ...] = ()
    fact: FactTable | None = None
    quote: QuoteTable | None = None
    word: WordTable | None = None
    others: tuple[OtherTable, ...] = ()


def keys(table: type[Table]) -> tuple[Key, ...]:
    """List the keys of a table that hold values, in the order of the file."""
    shared = Credited.model_fields if issubclass(table, Credited) else {}
    fields = sorted(table.model_fields.items(), key=lambda pair: pair[0] in shared)
    return tuple(_key(name, field, told) for name, field in fields for told in _told(field))


def tables(table: type[Table]) -> dict[str, type[Table]]:
    """Map the keys of a table that hold tables to these, in the order of the file."""
    found = {name: _table_in(field.annotation) for name, field in table.model_fields.items()}
    return {name: inner for name, inner in found.items() if inner}


def fronted(table: type[Table]) -> dict[str, Front]:
    """Map the keys of a table that a story's front matter has, too, to what they are there."""
    return {key.name: key.told.front for key in keys(table) if key.told.front}


def _key(name: str, field: FieldInfo, told: Told) -> Key:
    is_needed = field.is_required()
    return Key(
        name=name,
        told=told,
        choices=get_args(field.annotation) if get_origin(field.annotation) is Literal else (),
        is_needed=is_needed,
        usual=None if is_needed else field.get_default(),
    )


def _told(field: FieldInfo) -> list[Told]:
    return [one for one in field.metadata if isinstance(one, Told)]


def _table_in(annotation: Any) -> type[Table] | None:
    """Find the table in `Table | None` and `tuple[Table, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return annotation
    return next(filter(None, map(_table_in, get_args(annotation))), None)
