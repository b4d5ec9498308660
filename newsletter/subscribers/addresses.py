"""Addresses: what can be mailed, as it is mailed, and in the form that tells duplicates.

The rules are those of sendgrid.md 1.2 and cases 20 and 22: the domain is lower-cased and put into
A-labels, the local part is kept as given and must be ASCII, and two addresses are the same when
they are equal without regard to case. Neither `+tag` nor dots are folded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

_MOST = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
# Pasted lists bring them along; str.strip() leaves them.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# What email-validator accepts without a second thought, at a tenth of its time; everything else
# is left to it. A property test holds the two to the same answers.
_PLAIN = re.compile(
    r"(?=.{1,64}@)[a-z0-9_!#$%&'*+\-/=?^`{|}~]+(?:\.[a-z0-9_!#$%&'*+\-/=?^`{|}~]+)*"
    rf"@(?:{_LABEL}\.)+(?!(?:arpa|local|localhost|onion)\Z){_LABEL}(?<=[a-z])",
    re.ASCII | re.IGNORECASE,
)
# Reserved for documentation and tests (RFC 2606), as `.example` is, which needs no help.
_INVALID = re.compile(r"\.invalid\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a value cannot be taken: one sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Address:
    """An address that can be mailed."""

    address: str  # local part as given, domain in lower-case A-labels
    canonical: str  # for comparison only


def parse(text: str) -> Address | Refused:
    """Read one address, without asking the network. Pure."""
    text = text.strip().strip(_INVISIBLE).strip()
    if len(text) <= _MOST and _PLAIN.fullmatch(text):
        local, _, domain = text.rpartition("@")
        return _address(local, domain)
    return _refused_at_once(text) or _examined(text)


def plain_address(text: str) -> tuple[str, str] | None:
    """Give address and canonical form of a text that is plainly an address; else None."""
    if len(text) > _MOST or _PLAIN.fullmatch(text) is None:
        return None
    canonical = text.lower()
    if canonical == text:
        return text, text
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}", canonical


def _address(local: str, domain: str) -> Address:
    address = f"{local}@{domain.lower()}"
    return Address(address, address.lower())


def _refused_at_once(text: str) -> Refused | None:
    """Say what is wrong in the cases for which there is a clearer sentence than the library's."""
    if not text:
        return Refused("The address is empty.")
    if len(text) > _MOST:
        return Refused(f"The address has {len(text):,} characters; {_MOST} is the most.")
    if text.count("@") > 1:
        return Refused("The address has more than one @.")
    local, at, _ = text.rpartition("@")
    if not at:
        return Refused("The address has no @.")
    foreign = sorted({letter for letter in local if not letter.isascii()})
    if foreign:
        shown = ", ".join(
            f"“{letter}”" if letter.isprintable() else "an invisible character"
            for letter in foreign[:5]
        )
        return Refused(
            f"Before the @ only plain letters (a–z), digits and signs can be mailed; found {shown}."
        )
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return Refused("The address has a broken character.")
    return None


def _examined(text: str) -> Address | Refused:
    try:
        found = validate_email(
            _INVALID.sub(".example", text),
            allow_smtputf8=False,
            check_deliverability=False,
            strict=True,
            test_environment=True,  # allows `.test`
        )
    except EmailNotValidError as error:
        return Refused(str(error))
    domain = found.ascii_domain
    if "." not in domain:
        return Refused("The part after the @ needs a period.")
    if _INVALID.search(text):
        domain = domain.removesuffix(".example") + ".invalid"
    return _address(text.rpartition("@")[0], domain)
