"""What is worth a look in a file; no address is ever changed because of it.

Role accounts belong to a desk and not to a person; disposable domains forget their mail within
the hour; a domain one slip away from a common one is most likely that one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsletter.core.sentences import said
from newsletter.subscribers.profile import VALUES

_SHOWN = 10
_LONGEST = 60  # characters of a cell
_ROLE_NAMES = """
abuse accounts admin billing contact editor enquiries help hello hostmaster hr info jobs mail
marketing news noc noreply no-reply office orders postmaster press privacy root sales security
service spam support sysadmin team unsubscribe webmaster
"""
_FORGETFUL_DOMAINS = """
10minutemail.com dispostable.com emailondeck.com fakeinbox.com getnada.com grr.la
guerrillamail.com guerrillamail.net guerrillamail.org guerrillamailblock.com mailcatch.com
maildrop.cc mailinator.com mailnesia.com mintemail.com mohmal.com moakt.com sharklasers.com
spamgourmet.com tempail.com tempmail.com temp-mail.org tempr.email throwawaymail.com
trashmail.com trashmail.de wegwerfmail.de yopmail.com
"""
_COMMON_DOMAINS = """
gmail.com googlemail.com yahoo.com yahoo.co.uk hotmail.com hotmail.co.uk outlook.com live.com
icloud.com aol.com msn.com comcast.net verizon.net protonmail.com gmx.de gmx.net web.de
t-online.de orange.fr free.fr libero.it
"""
# One slip from a common one, and somebody's own.
_OWN_DOMAINS = "mail.com gmx.com gmx.at gmx.ch ymail.com aol.de proton.me email.com"
_ROLES = frozenset(_ROLE_NAMES.split())
_DISPOSABLE = frozenset(_FORGETFUL_DOMAINS.split())
_COMMON = tuple(_COMMON_DOMAINS.split())
_OWN = frozenset(_OWN_DOMAINS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """One kind of finding in a file."""

    code: str
    message: str
    count: int
    first: tuple[tuple[int, str], ...]  # line and address (with what may be meant), or cell


class Notes:
    """What was noticed so far, in flat memory."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, list[tuple[int, str]]] = {}

    def look_at(self, lines: Sequence[int], addresses: Sequence[str]) -> None:
        """Look at the addresses of some lines."""
        if not addresses:
            return
        # Cut once, together: an address that was taken has one @ and no line break.
        parts = "\n".join(addresses).lower().replace("@", "\n").split("\n")
        locals_, domains = parts[0::2], parts[1::2]
        roles = _ROLES.intersection(locals_)
        noticed = {domain: what for domain in set(domains) if (what := _of_domain(domain))}
        if not roles and not noticed:
            return
        for line, address, local, domain in zip(lines, addresses, locals_, domains, strict=True):
            if local in roles:
                self._note("role-account", line, address)
            if domain in noticed:
                code, meant = noticed[domain]
                self._note(code, line, f"{address} → {meant}?" if meant else address)

    def note(self, cells: Iterable[tuple[str, int, str]]) -> None:
        """Keep what was noticed about cells: code, line and cell of each."""
        for code, line, cell in cells:
            self._note(code, line, cell[:_LONGEST])

    def found(self) -> tuple[Noticed, ...]:
        """Return what was noticed, one entry a kind."""
        return tuple(
            Noticed(
                code=code,
                message=message,
                count=self._counts[code],
                first=tuple(self._first[code]),
            )
            for code, message in _MESSAGES.items()
            if self._counts[code]
        )

    def _note(self, code: str, line: int, text: str) -> None:
        self._counts[code] += 1
        first = self._first.setdefault(code, [])
        if len(first) < _SHOWN:
            first.append((line, text))


_MESSAGES = {
    "role-account": said("Addresses of a desk, not of a person; they complain more often."),
    "disposable-domain": said("Addresses of domains that forget their mail within the hour."),
    "domain-typo": said("Domains that look like a slip of the hand."),
    **dict(one.finding for one in VALUES if one.finding),
    "cut": said("Texts that are too long: cut after 500 characters."),
}


@lru_cache(maxsize=4_096)
def _of_domain(domain: str) -> tuple[str, str] | None:
    if domain in _DISPOSABLE:
        return "disposable-domain", ""
    meant = suggestion(domain)
    return ("domain-typo", meant) if meant else None


def suggestion(domain: str) -> str | None:
    """Return the common domain that is one slip away from this one; None for any other."""
    if domain in _COMMON or domain in _OWN:
        return None
    return next((one for one in _COMMON if len(one) > 6 and _is_one_slip(domain, one)), None)


def _is_one_slip(typed: str, meant: str) -> bool:
    """Say whether one letter is wrong, missing, too many, or swapped with its neighbour."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, goal = typed[start:], meant[start:]
    return (
        rest[1:] == goal[1:]
        or rest[1:] == goal
        or rest == goal[1:]
        or (len(rest) > 1 and rest[1::-1] + rest[2:] == goal)
    )
