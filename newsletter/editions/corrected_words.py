"""Put words right in an edition: what was wrong is named by its own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.core.errors import InputError, Where
from newsletter.core.sentences import said

_MINE = ("corrections.", "accepted.")  # notes and reasons are no words of the edition


def replaced(fields: Mapping[str, str], before: str, after: str) -> dict[str, str]:
    """Return the fields of an edition with other words in the place of some that stand there once.

    Runs of blanks and line ends are alike: words are copied from a mail. Raises `InputError` where
    they stand nowhere, or more than once.
    """
    words = before.split()
    if not words:
        raise InputError(said("No words were given that are to be replaced."))
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    found = [
        (name, match)
        for name, text in fields.items()
        if not name.startswith(_MINE)
        for match in pattern.finditer(text)
    ]
    if not found:
        raise InputError(
            said("These words do not stand in the edition."),
            hint=said("Copy them from the mail as they are, a whole sentence at best."),
        )
    if len(found) > 1:
        raise InputError(
            said("These words stand in the edition %(count)s times.", count=len(found)),
            hint=said("Copy more of the sentence, so that only one place is meant."),
            where=Where(key=found[0][0], leads=False),
        )
    name, match = found[0]
    text = fields[name]
    return {**fields, name: text[: match.start()] + after.strip() + text[match.end() :]}
