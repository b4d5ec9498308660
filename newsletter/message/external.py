"""What stands outside a message and checks are told of: files, answers, a filter, a dictionary.

Nobody has to ask for any of it; what was not asked for is empty. Asking is `asking/`'s work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture's file in the publication's own folder."""

    bytes: int
    width: int  # pixels
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of asking one address."""

    problem: str = ""  # in words, without a full stop; empty: it answered as it should
    status: int | None = None  # None: no answer
    kind: str = ""  # the media type
    bytes: int | None = None  # of the whole, where the answer says so
    moved_to: str = ""  # for good


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamRule:
    """A rule of a spam filter that the mail met."""

    points: float
    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamReport:
    """What a spam filter says of the mail."""

    points: float
    required: float  # from here on it is spam
    rules: tuple[SpamRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspelt:
    """A word that a dictionary does not know."""

    word: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """Everything that was asked for."""

    pictures: Mapping[str, PictureFile] = field(default_factory=dict)  # by their web address
    reached: Mapping[str, Reached] = field(default_factory=dict)  # by address
    spam: SpamReport | None = None
    misspelt: tuple[Misspelt, ...] = ()


NOTHING = External()
