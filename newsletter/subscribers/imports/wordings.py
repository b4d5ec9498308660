"""What a program's own words for a state mean, where somebody said so: `COLUMN: WORD`. Pure.

With `--map "Status=words"`, or one word told, every other word of that column that nobody knows is
asked about, so that letters and numbers of an unknown program need not be changed in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsletter.core.errors import UsageError
from newsletter.core.model import SubscriberState
from newsletter.core.sentences import said
from newsletter.subscribers.imports.words import folded

WORDS_ANSWER = "words"
"""The answer that asks what each word of a column means."""
Wordings = tuple[tuple[str, SubscriberState], ...]


def name_of(column: str, word: str) -> str:
    """Name a word of a column, as questions and `--map` do."""
    return f"{column}: {word.strip()}"


def parted(
    names: Sequence[str], mapping: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, dict[str, SubscriberState]]]:
    """Part what is told of columns from what is told of words; both by the name of the column.

    A column in which a word was told is one of states. Raises `UsageError` for a state that there
    is none of.
    """
    columns: dict[str, str] = {}
    words: dict[str, dict[str, SubscriberState]] = {}
    for told, meaning in mapping.items():
        column = _column_in(told, names)
        if column is None:
            columns[told] = meaning
            continue
        word = folded(told[len(column) + 1 :])
        words.setdefault(column, {})[word] = _state(meaning, told=told)
    return dict.fromkeys(words, WORDS_ANSWER) | columns, words


def _column_in(told: str, names: Sequence[str]) -> str | None:
    """Find the column of `COLUMN: WORD`; None where a column itself is told."""
    plain = told.casefold()
    if plain in map(str.casefold, names):
        return None
    found = [name for name in names if name and plain.startswith(f"{name.casefold()}:")]
    return max(found, key=len, default=None)


def _state(meaning: str, *, told: str) -> SubscriberState:
    if meaning not in set(SubscriberState):
        raise UsageError(
            said(
                "--map “%(told)s=%(meaning)s” says no state: %(allowed)s.",
                told=told,
                meaning=meaning,
                allowed=", ".join(SubscriberState),
            )
        )
    return SubscriberState(meaning)
