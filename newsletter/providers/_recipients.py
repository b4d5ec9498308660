"""What no provider would deliver, told before any network. Pure.

The sentences name no address: they are kept in the ledger and may be printed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from newsletter.model import Recipient

LONGEST_ADDRESS, LONGEST_LOCAL, LONGEST_DOMAIN = 320, 64, 255  # RFC 5321, 4.5.3.1; sendgrid.md 1.1
LONGEST_NAME = 900  # so that it fits into one line of a mail (998, RFC 5322, 2.1.1)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_WHOLE = re.compile(rf"{_LOCAL.pattern}@{_DOMAIN.pattern}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WEB_ADDRESS = re.compile(r"[!-~]+")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def problem_with(recipient: Recipient) -> str | None:
    """Say what is wrong with a recipient's address, name, values or unsubscribe address."""
    return (
        _address(recipient.address)
        or _name(recipient.name)
        or _values(recipient)
        or _unsubscribe(recipient.unsubscribe_url)
    )


def _address(address: str) -> str | None:
    if len(address) <= LONGEST_LOCAL and _WHOLE.fullmatch(address):
        return None  # nearly every address; whatever is odd is looked at in parts
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return "not an address: it needs one @ between a name and a domain"
    if not local.isascii():
        return "the part before the @ has letters outside ASCII, which cannot be delivered"
    if len(address) > LONGEST_ADDRESS:
        return f"the address is longer than {LONGEST_ADDRESS} characters"
    if len(local) > LONGEST_LOCAL:
        return f"the part before the @ is longer than {LONGEST_LOCAL} characters"
    if len(domain) > LONGEST_DOMAIN:
        return f"the domain is longer than {LONGEST_DOMAIN} characters"
    if not _LOCAL.fullmatch(local):
        return "the part before the @ has signs that cannot be delivered"
    if not _DOMAIN.fullmatch(domain):
        return "the domain is not one that can be delivered to (ASCII labels with dots)"
    return None


def _name(name: str) -> str | None:
    if len(name) > LONGEST_NAME:
        return f"the name is longer than {LONGEST_NAME} characters"
    return _text(name, "the name")


def _values(recipient: Recipient) -> str | None:
    if not any(map(_suspicious, recipient.substitutions.values())):
        return None
    found = (_text(value, "a merge value") for value in recipient.substitutions.values())
    return next((problem for problem in found if problem), None)


def _suspicious(text: str) -> bool:
    # Printable is far faster to ask than a pattern, and true of nearly every name.
    return not text.isprintable()


def _text(text: str, what: str) -> str | None:
    """Refuse what must never reach a subject or header, or cannot be written as UTF-8."""
    if not _suspicious(text):
        return None
    if _SURROGATE.search(text):
        return f"{what} has half a character (a lone surrogate): the file it came from was misread"
    if _CONTROL.search(text):
        return f"{what} has control characters or line ends"
    return None


def _unsubscribe(url: str) -> str | None:
    """Want what one-click leaving needs: an https address; plain http only on this machine."""
    base, slash, token = url.rpartition("/")
    if slash and _TOKEN.fullmatch(token):
        return _web_address(base + slash)  # the same for everyone, so it is looked at once
    return _web_address(url)


@lru_cache(maxsize=64)
def _web_address(url: str) -> str | None:
    if not _WEB_ADDRESS.fullmatch(url) or any(sign in url for sign in "<>,"):
        return "the unsubscribe address has signs that a header cannot carry"
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "the unsubscribe address is not a web address"
    if parts.scheme == "http" and host in {"localhost", "127.0.0.1"}:
        return None
    if parts.scheme != "https" or not host:
        return "the unsubscribe address must begin with https://"
    return None
