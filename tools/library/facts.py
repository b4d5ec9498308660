"""Hold the library's facts to their rules, and say how they are spread.

    python tools/library/facts.py    print every problem, then a report; exit 1 for problems

The rules are functions without consequence, so that the contract test uses the same ones.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import wording

FACTS = Path(__file__).resolve().parents[2] / "newsletter" / "content" / "library" / "facts.jsonl"

FIELDS = ("id", "text", "reference", "url", "checked", "date", "group", "licence")
SHORTEST, LONGEST = 40, 280
LEAST, LEAST_DATED, LEAST_GROUPS, MOST_IN_GROUP = 430, 40, 14, 60
LICENCE = "CC0-1.0"

# What is true this year and false the next.
AGEING = re.compile(
    r"\b(?:today|now|nowadays|currently|current|recent|recently|still|so far|to date|latest|newest"
    r"|this year|last year|next year|population|records?|tallest|largest|biggest|oldest|longest"
    r"|fastest|highest|deepest|heaviest|hottest|coldest|richest|busiest|most popular|unsolved"
    r"|no one knows|nobody has)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.?!]”?(?= [A-Z“]|$)")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|St|Dr|Mr|Mrs)\.(?= )")
_YEAR = re.compile(r"\b1\d{3}\b|\b20\d{2}\b")
_LEAP = 2000  # a year in which every MM-DD is a date

Fact = wording.Entry


def main() -> int:
    """Print the problems and the report; give the exit code."""
    facts = wording.read(FACTS)
    problems = [f"{fact.get('id')}: {said}" for fact in facts for said in problems_of(fact)]
    problems += problems_between(facts)
    sys.stdout.write("\n".join([*problems, *report(facts)]) + "\n")
    return 1 if problems else 0


def problems_of(fact: Fact) -> Iterator[str]:
    """Say what is wrong with one fact by itself."""
    if tuple(fact) != FIELDS:
        yield f"has the fields {', '.join(fact)}; wanted are {', '.join(FIELDS)}."
        return
    yield from _problems_of_text(fact["text"])
    yield from _problems_of_credit(fact)
    yield from _problems_of_date(fact["date"], fact["text"])
    if not re.fullmatch(r"f\d{4}", fact["id"]):
        yield f"has the id “{fact['id']}”; wanted is f and four digits."
    if not re.fullmatch(r"[a-z]+", fact["group"]):
        yield f"has the group “{fact['group']}”; wanted is one word in small letters."
    if fact["licence"] != LICENCE:
        yield f"has the licence “{fact['licence']}”; wanted is {LICENCE}."


def _problems_of_text(text: str) -> Iterator[str]:
    if not SHORTEST <= len(text) <= LONGEST:
        yield f"has {len(text)} characters; {SHORTEST} to {LONGEST} are right."
    if found := AGEING.search(text):
        yield f"says “{found[0]}”, which may stop being true."
    if found := wording.MISSET.search(text):
        yield f"has “{found[0]}”; wanted are curly quotation marks and single spaces."
    if text != text.strip() or not re.match(r"[A-Z0-9“]", text) or text[-1] not in ".”":
        yield "is not written as whole sentences."
    if not 1 <= sentences_in(text) <= 2:
        yield f"has {sentences_in(text)} sentences; one or two are right."
    if text.count("“") != text.count("”"):
        yield "opens and closes quotation marks unequally."


def _problems_of_credit(fact: Fact) -> Iterator[str]:
    if not 3 <= len(fact["reference"]) <= 120 or wording.MISSET.search(fact["reference"]):
        yield f"has the reference “{fact['reference']}”."
    if not wording.is_address(fact["url"]):
        yield f"has the address “{fact['url']}”; wanted is absolute https without a query."
    if not wording.is_date(fact["checked"]):
        yield f"was checked on “{fact['checked']}”, which is no date."


def _problems_of_date(day: str | None, text: str) -> Iterator[str]:
    if day is None:
        return
    if not wording.is_date(f"{_LEAP}-{day}"):
        yield f"belongs to “{day}”, which is no day of a year."
    if not _YEAR.search(text):
        yield "belongs to a day and does not name its year."


def problems_between(facts: Sequence[Fact]) -> Iterator[str]:
    """Say what is wrong with the facts together: doubles, likeness, spread."""
    for field in ("id", "text"):
        for double in wording.twice(facts, field):
            yield f"The {field} “{double}” occurs more than once."
    for one, other in wording.alike(facts):
        yield f"{one} and {other} say nearly the same."
    yield from _problems_of_spread(facts)


def _problems_of_spread(facts: Sequence[Fact]) -> Iterator[str]:
    groups = Counter(fact["group"] for fact in facts)
    dated = sum(fact["date"] is not None for fact in facts)
    if len(facts) < LEAST:
        yield f"There are {len(facts)} facts; wanted are {LEAST}."
    if dated < LEAST_DATED:
        yield f"{dated} facts belong to a day; wanted are {LEAST_DATED}."
    if len(groups) < LEAST_GROUPS:
        yield f"There are {len(groups)} groups; wanted are {LEAST_GROUPS}."
    for group, size in groups.items():
        if size > MOST_IN_GROUP:
            yield f"The group “{group}” has {size} facts; {MOST_IN_GROUP} are enough."


def sentences_in(text: str) -> int:
    """Count sentences; initials and titles end none."""
    return len(_SENTENCE_END.findall(_ABBREVIATION.sub("", text)))


def report(facts: Sequence[Fact]) -> Iterator[str]:
    """Say how many facts there are, of which groups, with which references."""
    groups = Counter(fact["group"] for fact in facts)
    lengths = sorted(len(fact["text"]) for fact in facts)
    yield f"{len(facts)} facts in {len(groups)} groups"
    yield "  ".join(f"{group} {size}" for group, size in groups.most_common())
    yield f"{sum(fact['date'] is not None for fact in facts)} belong to a day"
    yield f"{sum(fact['url'] is not None for fact in facts)} have an address"
    yield f"{len({fact['reference'] for fact in facts})} different references"
    yield f"{lengths[0]} to {lengths[-1]} characters, median {lengths[len(lengths) // 2]}"


if __name__ == "__main__":
    sys.exit(main())
