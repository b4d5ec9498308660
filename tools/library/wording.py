"""What holds for every text of the library, whoever wrote it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

OVERLAP = 0.8  # of the shorter text's words: more in common is nearly the same
MISSET = re.compile("[\"'`]|  |--|\\.\\.\\.")  # what a printer would set otherwise
BLOCKED = re.compile(
    r"\b(?:abus|addict|alcohol|arous|arson|assassin|assault|bigot|blood|bomb|brothel|cancer|"
    r"cannabis|carcass|carnal|carnage|cocaine|concubin|corpse|crucif|cruel|cult\b|dead|death|die[ds]?\b|"
    r"diarrh|diseas|drug|drunk|dying|erot|execut(?:ed|ion)|fatal|genital|genocid|gore\b|"
    r"gory|grave(?:s|yard)\b|gun|harlot|hate|hell\b|heroin|holocaust|homicid|idiot|imbecil|infect|"
    r"intoxic|kill|kinky|lascivi|lechery?|libid|lust\b|lynch|maim|massacr|moron|murder|"
    r"naked|narcot|nazi|nude|obscen|opium|orgasm|orgy|pagan|plague|poison|porn|prostitut|"
    r"rabid|racis|rape|savage|sedat|seduc|sex|shoot|slaughter|slave|sterili|stink|strangl|suicid|"
    r"syphil|terror|tortur|tumou?r|venereal|vermin|victim|violen|virgin|vomit|weapon|whore|wound)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(?:/[\w./%()~-]*)?")
_TOKEN = re.compile(r"\w+")

Entry = Mapping[str, Any]


def read(path: Path) -> tuple[Entry, ...]:
    """Read the entries of a JSONL file, in its order."""
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def alike(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Find the ids of pairs with more than `OVERLAP` of the shorter text's words in common."""
    sets = [(entry["id"], tokens(entry["text"])) for entry in entries]
    for (one, mine), (other, theirs) in combinations(sets, 2):
        if len(mine & theirs) > OVERLAP * min(len(mine), len(theirs)):
            yield one, other


def twice(entries: Iterable[Entry], field: str) -> Iterator[str]:
    """Find the values of a field that stand there more than once; case makes no difference."""
    counts = Counter(str(entry.get(field)).casefold() for entry in entries)
    return (value for value, number in counts.items() if number > 1)


def tokens(text: str) -> frozenset[str]:
    """Return the words of a text, folded."""
    return frozenset(_TOKEN.findall(text.casefold()))


def is_date(text: str) -> bool:
    """Say whether a text is a date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_address(url: str | None) -> bool:
    """Say whether this is an absolute https address without a query, or none at all."""
    return url is None or bool(_ADDRESS.fullmatch(url))
