"""Addresses: what can be mailed, as it is mailed, and in the form that tells duplicates.

The rules are those of sendgrid.md 1.2 and cases 20 and 22: the domain is lower-cased and put into
A-labels, the local part is kept as given and must be ASCII, and two addresses are the same when
they are equal without regard to case. Neither `+tag` nor dots are folded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newsletter.core.sentences import said

_MOST = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
# Pasted lists bring them along; str.strip() leaves them.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_ATOM = r"[a-z0-9_!#$%&'*+\-/=?^`{|}~]++"
_LABEL = r"[a-z0-9]++(?:-[a-z0-9]++)*+"
# What email-validator accepts without a second thought, in small letters and at a thirtieth of its
# time; everything else is left to it. A property test holds the two to the same answers. Nothing
# as short as this can have a part that is too long; a quotation mark at the front may be one of an
# export's marks against formulas.
_PLAIN = re.compile(
    rf"(?!')(?=.{{5,64}}\Z){_ATOM}(?:\.{_ATOM})*+@(?:{_LABEL}\.)+"
    r"(?!(?:arpa|local|localhost|onion)\Z)[a-z]{2,}",
    re.ASCII,
)
# Reserved for documentation and tests (RFC 2606), as `.example` is, which needs no help.
_INVALID = re.compile(r"\.invalid\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a value cannot be taken: one sentence, and what would be right where it was typed."""

    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that can be mailed."""

    address: str  # local part as given, domain in lower-case A-labels
    canonical: str  # for comparison only


class Plain(NamedTuple):
    """Texts looked at together: which of them are plainly addresses, and those in both forms."""

    fits: Sequence[bool]
    addresses: Sequence[str]  # means nothing where it does not fit
    canonical: Sequence[str]


def parse(text: str) -> Address | Refused:
    """Read one address, without asking the network. Pure."""
    text = text.strip().strip(_INVISIBLE).strip()
    fits, addresses, canonical = plain([text])
    if fits[0]:
        return Address(addresses[0], canonical[0])
    return _refused_at_once(text) or _examined(text)


def plain(texts: Sequence[str]) -> Plain:
    """Find the texts that are plainly addresses, as `parse` would read them. Pure.

    What does not fit may still be one; that is for `parse` to say.
    """
    canonical = list(map(str.lower, texts))
    matches = map(_PLAIN.fullmatch, canonical)
    # There are letters outside ASCII whose small form is inside.
    fits = [
        found is not None and text.isascii() for found, text in zip(matches, texts, strict=True)
    ]
    mailed = [
        text if text == small else _mailed(text)
        for text, small in zip(texts, canonical, strict=True)
    ]
    return Plain(fits, mailed, canonical)


def _mailed(text: str) -> str:
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _address(local: str, domain: str) -> Address:
    address = f"{local}@{domain}"
    return Address(address, address.lower())


def _refused_at_once(text: str) -> Refused | None:
    """Say what is wrong in the cases for which there is a clearer sentence than the library's."""
    if not text:
        return Refused(said("The address is empty."))
    if len(text) > _MOST:
        return Refused(
            said(
                "The address has %(count)s characters; %(most)s is the most.",
                count=f"{len(text):,}",
                most=_MOST,
            )
        )
    if text.count("@") > 1:
        return Refused(said("The address has more than one @."))
    local, at, _ = text.rpartition("@")
    if not at:
        return Refused(said("The address has no @."))
    foreign = sorted({letter for letter in local if not letter.isascii()})
    if foreign:
        shown = ", ".join(
            f"“{letter}”" if letter.isprintable() else said("an invisible character")
            for letter in foreign[:5]
        )
        return Refused(
            said(
                "Before the @ only plain letters (a–z), digits and signs can be mailed; "
                "found %(shown)s.",
                shown=shown,
            )
        )
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return Refused(said("The address has a broken character."))
    return None


def _examined(text: str) -> Address | Refused:
    from email_validator import EmailNotValidError, validate_email

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
        return Refused(said("The part after the @ needs a period."))
    if _INVALID.search(text):
        domain = domain.removesuffix(".example") + ".invalid"
    return _address(text.rpartition("@")[0], domain)
