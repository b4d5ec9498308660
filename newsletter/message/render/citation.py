"""How a credit is cited: a work by its title and the place in it, a service by its name. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Collections, encyclopedias and agencies: who passes words on, and wrote none of them.
_SERVICE = re.compile(
    r"\b(?:wiki(?:quote|pedia|media|data|source)|zen ?quotes|gracious ?quotes|brainy ?quote"
    r"|good ?reads|az ?quotes|quotable|quote ?(?:fancy|garden|investigator|catalog)|the ?quotes"
    r"|wise ?old ?sayings|favqs|type\.?fit|api[ -]?ninjas|pinterest|internet|google|twitter"
    r"|facebook|instagram|reddit|youtube|reuters|associated press|agence france|project gutenberg"
    r"|standard ebooks|open library|api|provided by|courtesy of|cc[ -]by(?:[ -]\w+)?|newsletter)\b"
    r"|\b[\w-]+\.(?:com|org|net|io|app|info|edu|gov|co\.uk|de|fr|es|it|nl|pt|eu)\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"(?:(via)|from):?\s+(?=\S)", re.IGNORECASE)
# Where the place in a work begins: behind a comma that a title could have, too.
_PLACE = re.compile(
    r"(?:,|;)\s+(?=[“‘\"'(]|\d|[ivxlc]+\b(?=\W*$)|(?:act|aphorism|appendix|book|bk|canto|chapter"
    r"|chap|ch|chorus|column|conclusion|dedication|diary|dialogue|discourse|edited|edition|entry"
    r"|epilogue|epistle|essay|finale|fragment|from|hymn|interview|introduction|journal|lecture|letter"
    r"|line|lines|maxim|no|number|note|on|ode|oration|page|pages|paragraph|part|poem|pp|preface|"
    r"prologue|psalm|psalms|quatrain|sc|scene|section|sections|sermon|sonnet|song|speech|stanza|stave"
    r"|surah|tale|tr|trans|translated|verse|verses|vol|volume)\b)|\s+(?=\()",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A credit in its parts; one after the other they are its name."""

    is_service: bool
    title: str  # of the work, or the name of the service
    place: str = ""  # in the work, with the comma before it


def cite(name: str) -> Citation:
    """Read a credit's name: what is no known service is a work.

    Who writes "via" or "from" before the name, has said which it is.
    """
    name = " ".join(name.split())
    said = _SAID.match(name)
    name = name[said.end() :] if said else name
    if (said and said[1]) or (not said and _SERVICE.search(name)):
        return Citation(is_service=True, title=name)
    place = _PLACE.search(name, 1)
    title = name[: place.start()] if place else name
    return Citation(is_service=False, title=title, place=name[len(title) :])
