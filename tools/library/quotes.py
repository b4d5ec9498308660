"""Hold the library's quotes to their rules, and to the texts that they are taken from.

    python tools/library/quotes.py check            print every problem, then a report
    python tools/library/quotes.py verify FOLDER    hold each quote against FOLDER/WORK/LOCATOR.txt

Both exit with 1 for problems. FOLDER is what texts.py lays out. A quote is verified when its words
stand in the text of that very place in that order, nothing left out. Only what is no word may
differ: capitals, accents, punctuation, the ends of lines; so a sentence may be cut at a clause and
is then closed with a full stop.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import wording

from newsletter.content.repeats import folded

QUOTES = Path(__file__).resolve().parents[2] / "newsletter" / "content" / "library" / "quotes.jsonl"

FIELDS = (
    "id", "text", "author", "died", "work", "locator", "published", "translator", "edition",
    "url", "checked", "licence",
)  # fmt: skip
SHORTEST, LONGEST = 20, 280
LEAST, LEAST_AUTHORS = 400, 40
MOST, MOST_OF_AUTHOR = 25, {"William Shakespeare": 40}
LICENCE = "Public domain"
# Free in the United States by its year, and where copyright lasts for 70 years after a death.
LAST_PUBLISHED, LAST_DIED = 1930, 1955

_SENTENCE = re.compile(r"[“‘’]?[A-Z0-9].*[.?!][”’]?")
_STEP = (
    r"(?:(?:Act|Book|Canto|Chapter|Letter|Part|Scene|Section|Sonnet|Stave|Volume|maxim|poem) \d+"
    r"|Prologue|Preface|Introduction|Conclusion|Epilogue|Finale"
    r"|entry [A-Z][\w’-]+|speech of \d{4}|\d{4}|\d+:\d+|“[^”]+”)"
)
_LOCATOR = re.compile(rf"{_STEP}(?:, {_STEP})*")

Quote = wording.Entry


def main() -> int:
    """Do what the command line says; give the exit code."""
    quotes = wording.read(QUOTES)
    match sys.argv[1:]:
        case ["check"]:
            problems = [f"{one.get('id')}: {said}" for one in quotes for said in problems_of(one)]
            problems += problems_between(quotes)
        case ["verify", folder]:
            found = ((one, unverified(one, Path(folder))) for one in quotes)
            problems = [f"{one['id']}: {said}" for one, said in found if said]
            print(f"{len(quotes) - len(problems)} of {len(quotes)} quotes are verified.")
        case _:
            sys.exit(__doc__)
    print("\n".join([*problems, *report(quotes)]))
    return 1 if problems else 0


def unverified(quote: Quote, folder: Path) -> str | None:
    """Say why a quote does not stand in the text of its place; nothing when it does."""
    place = folder / quote["work"] / f"{quote['locator']}.txt"
    if not place.exists():
        return f"there is no text of {quote['work']}, {quote['locator']}."
    if f" {folded(quote['text'])} " not in f" {folded(place.read_text(encoding='utf-8'))} ":
        return f"its words are not in {quote['work']}, {quote['locator']}: {quote['text']}"
    return None


def problems_of(quote: Quote) -> Iterator[str]:
    """Say what is wrong with one quote by itself."""
    if tuple(quote) != FIELDS:
        yield f"has the fields {', '.join(quote)}; wanted are {', '.join(FIELDS)}."
        return
    yield from _problems_of_text(quote["text"])
    yield from _problems_of_place(quote)
    yield from _problems_of_rights(quote)
    if not re.fullmatch(r"q\d{4}", quote["id"]):
        yield f"has the id “{quote['id']}”; wanted is q and four digits."
    if not wording.is_date(quote["checked"]):
        yield f"was checked on “{quote['checked']}”, which is no date."


def _problems_of_text(text: str) -> Iterator[str]:
    if not SHORTEST <= len(text) <= LONGEST:
        yield f"has {len(text)} characters; {SHORTEST} to {LONGEST} are right."
    if found := wording.BLOCKED.search(text):
        yield f"has the blocked word “{found[0]}”."
    if found := wording.MISSET.search(text):
        yield f"has “{found[0]}”; wanted are curly quotation marks and single spaces."
    if "…" in text:
        yield "leaves something out."
    if not _SENTENCE.fullmatch(text):
        yield "does not begin and end as a sentence does."
    if text.count("“") != text.count("”"):
        yield "opens and closes quotation marks unequally."


def _problems_of_place(quote: Quote) -> Iterator[str]:
    for field in ("author", "work", "edition"):
        if not 3 <= len(quote[field]) <= 160 or wording.MISSET.search(quote[field]):
            yield f"has the {field} “{quote[field]}”."
    if not _LOCATOR.fullmatch(quote["locator"]):
        yield f"has the locator “{quote['locator']}”, which names no place in a work."
    if not wording.is_address(quote["url"]):
        yield f"has the address “{quote['url']}”; wanted is https without a query, or none."


def _problems_of_rights(quote: Quote) -> Iterator[str]:
    if quote["published"] > LAST_PUBLISHED:
        yield f"was published in {quote['published']}; the last free year is {LAST_PUBLISHED}."
    if quote["died"] is not None and quote["died"] > LAST_DIED:
        yield f"is of an author who died in {quote['died']}, after {LAST_DIED}."
    if quote["licence"] != LICENCE:
        yield f"has the licence “{quote['licence']}”; wanted is {LICENCE}."


def problems_between(quotes: Sequence[Quote]) -> Iterator[str]:
    """Say what is wrong with the quotes together: doubles, likeness, spread."""
    for field in ("id", "text"):
        for double in wording.twice(quotes, field):
            yield f"The {field} “{double}” occurs more than once."
    for one, other in wording.alike(quotes):
        yield f"{one} and {other} say nearly the same."
    authors = Counter(quote["author"] for quote in quotes)
    if len(quotes) < LEAST:
        yield f"There are {len(quotes)} quotes; wanted are {LEAST}."
    if len(authors) < LEAST_AUTHORS:
        yield f"There are {len(authors)} authors; wanted are {LEAST_AUTHORS}."
    for author, number in authors.items():
        if number > (most := MOST_OF_AUTHOR.get(author, MOST)):
            yield f"There are {number} quotes of {author}; {most} are enough."


def report(quotes: Sequence[Quote]) -> Iterator[str]:
    """Say how many quotes there are, of whom, from how many works."""
    authors = Counter(quote["author"] for quote in quotes)
    lengths = sorted(len(quote["text"]) for quote in quotes)
    works = {(quote["author"], quote["work"]) for quote in quotes}
    yield f"{len(quotes)} quotes of {len(authors)} authors from {len(works)} works"
    yield "  ".join(f"{author} {number}" for author, number in authors.most_common())
    yield f"{lengths[0]} to {lengths[-1]} characters, median {lengths[len(lengths) // 2]}"


if __name__ == "__main__":
    sys.exit(main())
