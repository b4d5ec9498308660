"""Which request meets which fault. Pure: the same rules and the same number choose alike."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, Literal, get_args

FaultKind = Literal[
    "status",
    "throttle",
    "redirect",
    "bad-request",
    "refuse-recipient",
    "reset-before-body",
    "reset-in-body",
    "reset-after-body",
    "close",
    "lost",
    "slow",
    "dribble",
    "garbage",
]
BodyKind = Literal["json", "html", "empty"]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
EVERY_PATH = "*"
_ACCEPTING = frozenset({"slow", "lost", "dribble"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The requests a rule is for; without a condition, all of them on the path."""

    path: str = "/v3/mail/send"  # "*" is every path
    requests: tuple[int, ...] = ()  # numbers, from 1, counted per path
    start: int | None = None  # `from` in a file: this number and all later ones
    every: int | None = None  # every n-th, counted from `start`
    seed: int = 0
    share: float | None = None  # of all numbers, chosen by seed
    times: int | None = None  # at most so often
    address: tuple[str, ...] = ()  # only requests to one of these addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an answer with a fault says."""

    status: int | None = None
    body: BodyKind = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    reset: float | None = None  # X-RateLimit-Reset, seconds from now
    remaining: int | None = None  # X-RateLimit-Remaining
    retry_after: str | None = None
    location: str = "/v3/elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When a slow answer comes, and where a connection is cut."""

    seconds: float = 1.0  # before a slow answer
    interval: float = 1.0  # between two bytes of a dribbled answer
    after: int | None = None  # bytes of the body before a reset in it; default: half of it


def _keys_of(group: type[Which | Reply | Pace]) -> frozenset[str]:
    return frozenset(one.name for one in fields(group))


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Rule:
    """One fault, the requests it is for, and what happens to them."""

    fault: FaultKind
    which: Which
    reply: Reply
    pace: Pace
    accept: bool | None  # whether the mail is taken all the same; None: as is usual for the fault

    def __init__(self, *, fault: FaultKind, accept: bool | None = None, **keys: Any) -> None:
        """Take the keys of a rule in a fault file, `start` in place of `from`.

        Raises `TypeError` for any other key.
        """
        unknown = keys.keys() - _keys_of(Which) - _keys_of(Reply) - _keys_of(Pace)
        if unknown:
            raise TypeError(f"A rule has no {', '.join(sorted(unknown))}.")
        put = partial(object.__setattr__, self)  # it is frozen
        put("fault", fault)
        put("accept", accept)
        for name, group in (("which", Which), ("reply", Reply), ("pace", Pace)):
            names = _keys_of(group)
            put(name, group(**{key: value for key, value in keys.items() if key in names}))

    @property
    def accepts(self) -> bool:
        """Say whether the request is carried out as if there were no fault."""
        return self.fault in _ACCEPTING if self.accept is None else self.accept


def choose(
    rules: Sequence[Rule],
    *,
    path: str,
    number: int,
    addresses: Collection[str] = (),
    used: Mapping[int, int] | None = None,
) -> int | None:
    """Return the index of the first rule that is for this request, or None.

    `number` counts the requests to this path from 1. `addresses` are the canonical recipients,
    empty as long as the body is not read; a rule with addresses matches only when one is among
    them. `used` says how often each rule was applied.
    """
    for index, rule in enumerate(rules):
        which = rule.which
        spent = which.times is not None and (used or {}).get(index, 0) >= which.times
        if not spent and _is_for(which, path, number) and _names(which, addresses):
            return index
    return None


def _is_for(which: Which, path: str, number: int) -> bool:
    if which.path not in {EVERY_PATH, path}:
        return False
    if which.requests and number not in which.requests:
        return False
    if which.start is not None and number < which.start:
        return False
    if which.every is not None and (number - (which.start or 0)) % which.every:
        return False
    return which.share is None or _draw(which.seed, path, number) < which.share


def _names(which: Which, addresses: Collection[str]) -> bool:
    return not which.address or any(address.lower() in addresses for address in which.address)


def _draw(seed: int, path: str, number: int) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256(f"{seed}\0{path}\0{number}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


class FaultPlan:
    """Rules at work: counts requests per path and how often each rule was applied."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules = tuple(rules)
        self._used: dict[int, int] = {}
        self._numbers: dict[str, int] = {}

    def number(self, path: str) -> int:
        """Count a request; numbers start with 1 on each path."""
        self._numbers[path] = self._numbers.get(path, 0) + 1
        return self._numbers[path]

    def draw(self, path: str, number: int, addresses: Collection[str] = ()) -> Rule | None:
        """Return the fault for a request and count it as applied."""
        index = choose(self._rules, path=path, number=number, addresses=addresses, used=self._used)
        if index is None:
            return None
        self._used[index] = self._used.get(index, 0) + 1
        return self._rules[index]
