"""The form in which an edition is corrected: its fields in groups, one for each table. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from newsletter.content.edition_fields import EditionTable, Key, Kind, Table, keys, tables
from newsletter.core.model import LeftOut, Part, Provenance
from newsletter.editions.fields import FieldFault, Fields, is_number
from newsletter.web.desk.error_words import spoken
from newsletter.web.desk.words import N_, _

_SHOWN: Mapping[Kind, Kind] = {"prose": "text", "lines": "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the form."""

    name: str
    label: str
    kind: Kind = "line"
    rows: int = 1
    note: str = ""
    value: str = ""
    fault: str = ""
    choices: tuple[str, ...] = ()
    counts: int = 0  # characters after which an inbox cuts it; 0: not counted
    is_more: bool = False  # stands apart: most days nobody needs it

    @property
    def id(self) -> str:
        """Return what the label points to."""
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that belong together: one table of the file."""

    key: str  # "stories.0", "fact"
    title: str
    fields: tuple[Field, ...]
    origin: str = ""  # where its words came from
    tried: str = ""  # what had nothing before
    left_out: tuple[LeftOut, ...] = ()  # what stood there besides
    part: Part | None = None  # a feature that can be swapped
    can_go: bool = False  # it is one of several and may be taken away
    is_empty: bool = False
    fault: str = ""  # of the table as a whole
    takes_picture: bool = False
    thumbnail: str = ""  # the picture it has, where it is one of the publication's own

    @property
    def id(self) -> str:
        """Return what a link to it points to."""
        return self.key.replace(".", "-")

    @property
    def named(self) -> Mapping[str, Field]:
        """Return the fields by their names inside of the table."""
        prefix = "" if self.key == "top" else f"{self.key}."
        return {one.name.removeprefix(prefix): one for one in self.fields}

    @property
    def has_fault(self) -> bool:
        """Say whether something in it needs mending."""
        return bool(self.fault) or any(one.fault for one in self.fields)

    @property
    def said(self) -> str:
        """Return what a feature says, in a line: its text, or a word and what it means."""
        word, meaning = self._value("word"), self._value("definition")
        return f"{word}: {meaning}" if word else self._value("text")

    @property
    def credited(self) -> str:
        """Return whose words they are, in a line."""
        parts = (self._value(name) for name in ("author", "source", "pos", "pronunciation"))
        return ", ".join(filter(None, parts))

    def _value(self, name: str) -> str:
        found = self.named.get(name)
        return found.value if found else ""

    @property
    def is_more_open(self) -> bool:
        """Say whether what stands apart has something to show."""
        seldom = [one for one in self.fields if one.is_more and one.kind != "choice"]
        return any(one.fault or one.value for one in seldom)


_TOP = ""  # the keys above all tables
_ACCEPTED = "accepted"  # one field for each check whose findings were accepted
_ACCEPTED_TITLE = N_("Left as it is, with the reasons")
_TABLES: Mapping[str, type[Table]] = {_TOP: EditionTable, **tables(EditionTable)}
_FIRST = ("stories", "fact", "quote", "word", _TOP)  # an editor begins with the story
_REST = (name for name in EditionTable.model_fields if name in {*_TABLES, _ACCEPTED})
_ORDER = (*_FIRST, *(name for name in _REST if name not in _FIRST))
_MORE = frozenset({"kicker", "link", "image_credit", "markup"})  # of a story
_LISTS = frozenset({"corrections", "stories", "others"})
_ADDABLE = _LISTS


def groups(
    fields: Fields,
    *,
    faults: Sequence[FieldFault] = (),
    provenance: Sequence[Provenance] = (),
    added: str = "",
    media_url: str | None = None,
) -> tuple[Group, ...]:
    """Lay fields out as a form, the story first.

    There is always room for a lead story, a fact, a quote and a word; `added` names a list that
    gets one more empty table. `media_url` is where the publication's own pictures are served.
    """
    wrong = {fault.name: spoken(fault.sentence) for fault in faults}
    return tuple(
        _filled(group, fields, wrong, provenance, media_url)
        for table in _ORDER
        for group in _tables(table, fields, added)
    )


def _tables(table: str, fields: Fields, added: str) -> Iterator[Group]:
    if table == _ACCEPTED:
        codes = [name.partition(".")[2] for name in fields if name.startswith(f"{table}.")]
        if codes:
            accepted = tuple(Field(name=code, label=code) for code in codes)
            yield _group(table, _(_ACCEPTED_TITLE), accepted)
        return
    title, specs = spoken(_TABLES[table].title), _fields_of(_TABLES[table])
    if table not in _LISTS:
        yield _group(table, title, specs)
        return
    count = _count(table, fields) + (added == table)
    count = max(count, 1) if table == "stories" else count
    for number in range(count):
        is_lead = table == "stories" and number == 0
        name = _("Lead story") if is_lead else f"{title} {number + 1}"
        group = _group(f"{table}.{number}", name, specs)
        yield replace(group, can_go=count > (table == "stories"))


def _fields_of(table: type[Table]) -> tuple[Field, ...]:
    """List the fields of a table in the order of the form."""
    named = [("", key) for key in keys(table)]
    if table is not EditionTable:  # whose tables are groups of their own
        named += [(f"{name}.", key) for name, inner in tables(table).items() for key in keys(inner)]
    places = [at if key.told.place is None else key.told.place for at, (_, key) in enumerate(named)]
    ordered = sorted(zip(places, named, strict=True), key=lambda placed: placed[0])
    return tuple(_field(prefix + key.name, key) for _, (prefix, key) in ordered)


def _field(name: str, key: Key) -> Field:
    told = key.told
    return Field(
        name=name,
        label=spoken(told.label),
        kind=_SHOWN.get(told.kind, told.kind),
        rows=told.rows,
        note=spoken(told.note),
        choices=key.choices,
        counts=told.counts,
    )


def _group(key: str, title: str, specs: tuple[Field, ...]) -> Group:
    prefix = f"{key}." if key else ""
    is_story = key.startswith("stories.")
    named = tuple(
        replace(spec, name=f"{prefix}{spec.name}", is_more=is_story and spec.name in _MORE)
        for spec in specs
    )
    return Group(key=key or "top", title=title, fields=named)


def _count(table: str, fields: Fields) -> int:
    numbers = [name.split(".")[1] for name in fields if name.startswith(f"{table}.")]
    return max((int(number) + 1 for number in numbers if is_number(number)), default=0)


def _filled(
    group: Group,
    fields: Fields,
    wrong: Mapping[str, str],
    provenance: Sequence[Provenance],
    media_url: str | None,
) -> Group:
    filled = tuple(
        replace(one, value=fields.get(one.name, ""), fault=wrong.get(one.name, ""))
        for one in group.fields
    )
    part = next((part for part in Part if str(part) == group.key), None)
    told = Part.STORY if group.key == "stories.0" else part
    entry = next((entry for entry in provenance if entry.part is told), None)
    return replace(
        group,
        fields=filled,
        part=part,
        origin=_origin(entry) if entry else "",
        tried=_tried(entry) if entry else "",
        left_out=entry.left_out if entry else (),
        is_empty=not any(one.value for one in filled),
        fault=wrong.get(group.key, ""),
        takes_picture=group.key.startswith("stories."),
        thumbnail=_thumbnail(fields.get(f"{group.key}.image.url", ""), media_url),
    )


def _thumbnail(url: str, media_url: str | None) -> str:
    own = f"{media_url}/"
    return f"../media/{url.removeprefix(own)}" if media_url and url.startswith(own) else ""


_ORIGINS = {
    "library": N_("From the collection"),
    "page": N_("From your page"),
    "feed": N_("From your site"),
}


def _origin(entry: Provenance) -> str:
    """Say where a part came from."""
    if entry.source is None:
        if entry.tried:
            return _("Nobody had one for this day.")
        return _("Nothing is set up to give one.")
    return f"{origin(entry.source, entry.origin)}."


def origin(source: str, place: str) -> str:
    """Say where some words come from, by the source's name and its own word for the place."""
    if source in _ORIGINS:
        return _(_ORIGINS[source])
    return _("From %(place)s", place=place or source)


def _tried(entry: Provenance) -> str:
    """Say which source gave a part, and what had nothing before it."""
    tried = "; ".join(f"{one.source}: {one.reason}" for one in entry.tried)
    won = entry.origin or entry.source or ""
    before = _("Before it: %(tried)s", tried=tried).rstrip(".") if tried else ""
    return ". ".join(filter(None, (won, before)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that two editors filled differently."""

    label: str
    mine: str
    theirs: str


def differences(mine: Fields, theirs: Fields) -> tuple[Difference, ...]:
    """List the fields in which what was written here differs from the file as it is now."""
    named = {**labels(groups(mine)), **labels(groups(theirs))}
    return tuple(
        Difference(label=label, mine=mine.get(name, ""), theirs=theirs.get(name, ""))
        for name, label in named.items()
        if mine.get(name, "") != theirs.get(name, "")
    )


def labels(found: Iterable[Group]) -> dict[str, str]:
    """Name each field with its table, for sentences that stand elsewhere on the page."""
    return {
        field.name: f"{group.title}: {field.label or field.name}"
        for group in found
        for field in group.fields
    }


def without(fields: Fields, key: str) -> dict[str, str]:
    """Take a table out of the fields."""
    return {name: text for name, text in fields.items() if not name.startswith(f"{key}.")}
