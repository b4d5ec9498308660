"""Read `Authentication-Results` (RFC 8601): what a receiver checked, and what came of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_METHOD = re.compile(r"^\s*(?P<method>[A-Za-z0-9-]+)(?:/\d+)?\s*=\s*(?P<verdict>[A-Za-z]+)")
_PROPERTY = re.compile(
    r"\b(?P<name>[a-z]+\.[A-Za-z0-9_-]+)\s*=\s*(?P<value>\"[^\"]*\"|[^\s;]+)", re.I
)
_MOST_NESTED = 20
# By which property each method names the domain it is about.
_NAMES = {
    "spf": ("smtp.mailfrom", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One method's verdict about one domain."""

    method: str
    verdict: str
    domain: str


@dataclass(frozen=True, slots=True)
class Results:
    """What one receiver found."""

    receiver: str
    found: tuple[Result, ...]

    def verdict(self, method: str) -> str | None:
        """Return the best verdict of a method; None where it was not looked at."""
        verdicts = [one.verdict for one in self.found if one.method == method]
        return "pass" if "pass" in verdicts else next(iter(verdicts), None)

    def domains(self, method: str) -> list[str]:
        """Return the domains a method was about."""
        return [one.domain for one in self.found if one.method == method and one.domain]

    def passing(self, method: str) -> list[str]:
        """Return the domains for which a method passed."""
        found = [one for one in self.found if one.method == method and one.verdict == "pass"]
        return [one.domain for one in found if one.domain]

    def aligned(self, sender: str) -> list[str]:
        """Say which passing methods are of the sender's domain, or of one above or below it.

        Which of them are one organisation only the DNS tells; the receiver's dmarc says so too.
        """
        return [
            f"{method.upper()} of {domain}"
            for method in ("dkim", "spf")
            for domain in dict.fromkeys(self.passing(method))
            if _is_kin(domain, sender)
        ]


def read_results(headers: Sequence[str]) -> Results | None:
    """Read the topmost header; None where there is none that can be read.

    Some receivers write one header a method, under the same name: those count together.
    """
    receiver, found = "", []
    for header in headers:
        who, results = _read(header)
        if receiver and who != receiver:
            break
        receiver = receiver or who
        found += results
    return Results(receiver, tuple(found)) if found else None


def _read(header: str) -> tuple[str, list[Result]]:
    who, _, rest = _without_comments(header).partition(";")
    parts = rest.split(";")
    if _METHOD.match(who):  # Outlook.com names no receiver and begins with the first method
        who, parts = "", [who, *parts]
    return who.split(" ")[0].strip().lower() or "the receiver", [*filter(None, map(_result, parts))]


def _without_comments(text: str) -> str:
    for _ in range(_MOST_NESTED):
        shorter = _COMMENT.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text


def _result(part: str) -> Result | None:
    found = _METHOD.match(part)
    if found is None:
        return None
    method = found["method"].lower()
    told = {one["name"].lower(): one["value"].strip('"') for one in _PROPERTY.finditer(part)}
    named = next((told[name] for name in _NAMES.get(method, ()) if told.get(name)), "")
    domain = named.rpartition("@")[2].strip("<>").rstrip(".").lower()
    domain = "" if domain == "none" else domain  # as Outlook.com says that there is none
    return Result(method, found["verdict"].lower(), domain)


def _is_kin(domain: str, sender: str) -> bool:
    return bool(sender) and (
        domain == sender or domain.endswith(f".{sender}") or sender.endswith(f".{domain}")
    )
