"""What an import cannot decide about its columns, put as questions; they stop it. Pure.

A column that speaks of opting out is read as such or asked about; it never becomes an attribute
by itself. `Watch` looks at all cells of the columns that nobody reads, page by page and in flat
memory, so that a word in the last row counts as much as one in the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from newsletter.core.errors import UsageError, Where
from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers.csvfile import Page
from newsletter.subscribers.imports.columns import (
    ANSWERS,
    FILE_NAME,
    IGNORE,
    IN_ANSWER,
    OUT_ANSWER,
    Columns,
)
from newsletter.subscribers.imports.formats import words_of
from newsletter.subscribers.imports.headers import doubts, is_about_mail, is_answer, of_consent
from newsletter.subscribers.imports.readings import READINGS
from newsletter.subscribers.imports.wordings import WORDS_ANSWER, name_of
from newsletter.subscribers.imports.words import WORDS, folded, speaking
from newsletter.subscribers.lifecycle import OPTED_OUT

PENDING_ANSWER = "pending"  # of a file's name
_SHOWN = 10  # values of a column
_KEPT = 200  # values of a column that are counted one by one
_LONGEST = 60  # characters of a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A column, or the file's name, that has to be told what it means."""

    column: str
    about: str  # "name" or "values" of the column speak of opting out, or "word"; a sentence
    values: tuple[tuple[str, int], ...] = ()  # that speak or cannot be read, with counts
    others: int = 0  # further cells of the kind

    @property
    def answers(self) -> tuple[str, ...]:
        """Return what can be said that it means."""
        if self.column == FILE_NAME:
            return (OUT_ANSWER, PENDING_ANSWER, IGNORE)
        if self.about == "word":
            return tuple(SubscriberState)
        asks = of_consent(self.column) or is_about_mail(self.column)
        answers = (IN_ANSWER, *ANSWERS) if asks else ANSWERS
        unknown = any(folded(cell) not in WORDS for cell, _ in self.values)
        return (*answers, WORDS_ANSWER) if unknown and self.about == "values" else answers

    @property
    def options(self) -> tuple[str, ...]:
        """Return the options of the command that answer it."""
        return tuple(f'--map "{self.column}={answer}"' for answer in self.answers)

    @property
    def sentence(self) -> str:
        """Ask it."""
        shown = _listed(self.values)
        more = said(" and %(others)s more", others=f"{self.others:,}") if self.others else ""
        if self.column == FILE_NAME:
            return self.about
        if self.about == "word":
            count = f"{self.values[0][1]:,}"
            return said("What does “%(word)s” (%(count)s ×) mean?", word=self.column, count=count)
        if self.about == "name":
            return said(
                "The name of column “%(column)s” speaks of wanting mail or not, and some "
                "of its cells are no clear answer: %(shown)s%(more)s.",
                column=self.column,
                shown=shown,
                more=more,
            )
        return said(
            "Column “%(column)s” has cells that may speak of opting out: %(shown)s%(more)s.",
            column=self.column,
            shown=shown,
            more=more,
        )


def _listed(values: Iterable[tuple[str, int]]) -> str:
    """Name cells and how many there are of each, in quotation marks of whoever is asked."""
    told = ""
    for value, count in values:
        one = said("“%(cell)s” (%(count)s)", cell=value, count=f"{count:,}")
        told = said("%(before)s, %(one)s", before=told, one=one) if told else one
    return told


class Asked(UsageError):  # noqa: N818 - named as the errors of `core` are
    """An import that stops until its questions are answered; nothing was changed."""

    def __init__(self, questions: Sequence[Question], *, file: str) -> None:
        self.questions = tuple(questions)
        told = [" or ".join(one.options) for one in questions]
        if any(one.column == FILE_NAME for one in questions):
            told.append(f"newsletter subscribers suppress --from {file} keeps them from all mail.")
        super().__init__(
            " ".join(one.sentence for one in questions),
            hint="\n  ".join(["Say what is meant:", *told]),
            where=Where(file=file),
        )


class Watch:
    """Looks for what speaks of opting out where nobody reads it."""

    def __init__(self, columns: Columns) -> None:
        self._names = columns.header
        self._unread = columns.unread
        readings = dict(columns.states)
        self._guesses = {index: readings[index] for index in columns.guesses}
        program = words_of(columns.export)
        self._wordings = {
            index: WORDS.keys() | program.keys() | dict(told).keys()
            for index, told in columns.wordings
        }
        # Where no column has a name, a yes or a no may be about anything.
        names = ("opt in",) * len(self._names) if columns.headless else self._names
        nobody_is_in = columns.floor in OPTED_OUT
        self._doubts = {
            index: None if nobody_is_in else doubts(names[index]) for index in self._unread
        }
        # What may ask for mail, as long as all its cells are answers.
        self._open = {
            index
            for index, doubt in self._doubts.items()
            if doubt is None and not nobody_is_in and is_about_mail(names[index])
        }
        self._width = len(columns.header)
        self._answers: dict[int, Counter[str]] = {}
        self._found: dict[int, Counter[str]] = {}
        self._more: Counter[int] = Counter()
        self._known: dict[int, set[str]] = {}

    def look_at(self, page: Page) -> None:
        """Look at the records of a page; those with too many or few cells are left out."""
        if page.fault is not None or not (self._unread or self._guesses or self._wordings):
            return
        rows = [row for row in page.rows if len(row) == self._width]
        for index in self._unread:
            cells = [row[index] for row in rows]
            new = self._new(index, cells)
            self._count(index, cells, speaking(new) | self._doubtful(index, new))
            if index in self._open:
                self._look_for_answers(index, cells)
        for index, reading in self._guesses.items():
            cells = [row[index] for row in rows]
            read = READINGS[reading]
            self._count(index, cells, {one for one in self._new(index, cells) if read(one) is None})
        for index, known in self._wordings.items():
            cells = [row[index] for row in rows]
            new = self._new(index, cells)
            self._count(index, cells, {one for one in new if folded(one) not in known})

    def _look_for_answers(self, index: int, cells: Sequence[str]) -> None:
        told = Counter(filter(str.strip, cells))
        if all(map(is_answer, told)):
            self._answers.setdefault(index, Counter()).update(told)
        else:
            self._open.discard(index)

    def questions(self) -> tuple[Question, ...]:
        """Return what has to be asked about the columns, in their order."""
        for index in self._open & self._answers.keys() - self._found.keys():
            if self._answers[index]:
                self._found[index] = self._answers[index]
        return tuple(one for index in sorted(self._found) for one in self._questions(index))

    def _new(self, index: int, cells: Sequence[str]) -> set[str]:
        """Return the cells that were not looked at yet, in as much memory as a page has."""
        known = self._known.setdefault(index, set())
        new = set(cells) - known
        if len(known) + len(new) <= _KEPT:
            known |= new
        found = self._found.get(index)
        return new | found.keys() & set(cells) if found else new

    def _doubtful(self, index: int, cells: Iterable[str]) -> set[str]:
        is_doubtful = self._doubts[index]
        return set(filter(is_doubtful, cells)) if is_doubtful else set()

    def _count(self, index: int, cells: Sequence[str], noticed: set[str]) -> None:
        if not noticed:
            return
        found = self._found.setdefault(index, Counter())
        for cell, count in Counter(cell for cell in cells if cell in noticed).items():
            if cell in found or len(found) < _KEPT:
                found[cell] += count
            else:
                self._more[index] += count

    def _questions(self, index: int) -> Iterator[Question]:
        """Ask about a column, or about its most frequent words; when those are told, the others."""
        name, found = self._names[index] or f"column {index + 1}", self._found[index].most_common()
        if index not in self._wordings:
            yield self._question(index, name, found)
            return
        for cell, count in found[:_SHOWN]:
            word = name_of(name, cell[:_LONGEST])
            yield Question(column=word, about="word", values=((cell, count),))

    def _question(self, index: int, name: str, found: Sequence[tuple[str, int]]) -> Question:
        shown = tuple((cell.strip()[:_LONGEST], count) for cell, count in found[:_SHOWN])
        others = sum(count for _, count in found[_SHOWN:]) + self._more[index]
        return Question(
            column=name,
            about="name" if index in self._guesses else "values",
            values=shown,
            others=others,
        )
