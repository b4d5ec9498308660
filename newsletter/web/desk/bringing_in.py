"""What the page of a list that is brought in shows: the plan as a table, doubts as questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from newsletter.subscribers.imports.columns import FILE_NAME, Columns, meanings
from newsletter.subscribers.imports.importer import Report
from newsletter.subscribers.imports.plan import RowClass
from newsletter.subscribers.imports.questions import Asked, Question
from newsletter.web.desk.error_words import spoken
from newsletter.web.desk.words import N_, _, counted

_WHAT: Mapping[RowClass, tuple[str, str]] = {
    RowClass.NEW: (N_("New readers"), N_("Get the brief from the next edition on")),
    RowClass.REVIVED: (N_("Left earlier and asked to come back"), N_("Come back, by their words")),
    RowClass.UPDATED: (N_("Known, with something new"), N_("It is taken over")),
    RowClass.UNCHANGED: (N_("Known, with nothing new"), N_("Nothing changes")),
    RowClass.KEPT_OPTED_OUT: (N_("Left earlier, here or elsewhere"), N_("Stay out")),
    RowClass.SUPPRESSED: (N_("Must never be written to"), N_("Left alone")),
    RowClass.DUPLICATE: (N_("Twice in the file"), N_("Counted once")),
    RowClass.REJECTED: (N_("Cannot be read"), N_("Left out")),
}  # fmt: skip
_FIELDS: Mapping[str, str] = {
    "email": N_("Address"),
    "name": N_("Name"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "frequency": N_("How often"),
    "tags": N_("Tags"),
    "time_zone": N_("Time zone"),
    "state": N_("Whether they want mail"),
    "opt-out": N_("When or that they left"),
    "signed_up": N_("Joined on"),
    "evidence": N_("Words of their consent"),
    "attribute": N_("A field of its own"),
    "ignore": N_("Not used"),
}
_READ_AS: Mapping[str, str] = {
    "email": "email",
    "name": "name",
    "time zone": "time_zone",
    "subscription": "state",
    "frequency": "frequency",
    "tags": "tags",
    "moment of the consent": "signed_up",
    "words of the consent": "evidence",
    "left out": "ignore",
}
_ANSWERS: Mapping[str, str] = {
    "state": N_("It says who wants mail and who does not"),
    "opt-out": N_("Whoever has something here left"),
    "opt-in": N_("Whoever says yes here wants mail"),
    "attribute": N_("It has nothing to do with wanting mail"),
    "ignore": N_("Do not use it"),
    "words": N_("It says so in words of its own: ask me about each"),
    "pending": N_("Not confirmed yet"),  # of a file's name, or of a word
    "active": N_("Wants mail"),
    "unsubscribed": N_("Left, or does not want mail"),
    "bounced": N_("The address cannot be reached"),
    "complained": N_("Called it spam"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plan: what, how many, and what becomes of them."""

    name: str
    what: str
    count: int
    then: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and what it is read as."""

    name: str
    chosen: str  # of `choices`; empty: something else
    shown: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question with its answers, as value and words."""

    column: str
    sentence: str
    answers: tuple[tuple[str, str], ...]


def lines(report: Report) -> list[Line]:
    """Return the plan, without what there is none of."""
    return [
        Line(str(one), _(what), report.counts[one], _(then))
        for one, (what, then) in _WHAT.items()
        if report.counts[one]
    ]


def button(report: Report) -> str:
    """Say on the button what it does, with the number; nothing where there is nothing to do."""
    new = report.counts[RowClass.NEW] + report.counts[RowClass.REVIVED]
    if new:
        return counted("Add %(count)s reader", "Add %(count)s readers", new)
    if report.changes:
        return counted("Change %(count)s reader", "Change %(count)s readers", report.changes)
    return ""


def columns(found: Columns) -> list[Column]:
    """Return the columns of the file, each with what it is read as."""
    return [_column(name, meaning) for name, meaning in meanings(found)]


def choices() -> list[tuple[str, str]]:
    """Return what a column can be said to hold."""
    return [(value, _(words)) for value, words in _FIELDS.items()]


def _column(name: str, meaning: str) -> Column:
    field = _READ_AS.get(meaning, "attribute" if meaning.startswith("attributes.") else "")
    return Column(name, field, _(_FIELDS[field]) if field else meaning)


def doubts(asked: Asked) -> list[Doubt]:
    """Return what has to be answered before anything can be planned."""
    return list(map(_doubt, asked.questions))


def _doubt(one: Question) -> Doubt:
    answers = tuple((answer, _(_ANSWERS.get(answer, answer))) for answer in one.answers)
    if one.column == FILE_NAME:
        names = {"opt-out": _("Nobody in it wants mail"), "ignore": _("They do want mail")}
        answers = tuple((answer, names.get(answer, text)) for answer, text in answers)
    return Doubt(one.column, spoken(one.sentence), answers)


def rejected(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield line, address and reason of the first that cannot be read."""
    for one in report.first_rejected:
        yield f"{one.line:,}", one.address, spoken(one.reason)


def answered(form: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return what columns mean once a form was answered; `column-N` names what `is-N` is said of.

    An empty answer takes back what was said of a column.
    """
    told = dict(known)
    for name, column in form.items():
        prefix, _dash, number = name.partition("-")
        answer = form.get(f"is-{number}")
        if prefix != "column" or answer is None:
            continue
        if answer in {*_FIELDS, *_ANSWERS}:
            told[column] = answer
        elif not answer:
            told.pop(column, None)
    return told
