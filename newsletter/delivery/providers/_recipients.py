"""What no provider would deliver, told before any network. Pure.

The sentences name no address: they are kept in the ledger and may be printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from newsletter.core.model import Recipients
from newsletter.core.model.recipients import Lines, Wrapped, lines, longest
from newsletter.core.sentences import said

LONGEST_ADDRESS, LONGEST_LOCAL, LONGEST_DOMAIN = 320, 64, 255  # RFC 5321, 4.5.3.1; sendgrid.md 1.1
LONGEST_NAME = 900  # so that it fits into one line of a mail (998, RFC 5322, 2.1.1)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SHORT_LABEL = r"[A-Za-z0-9]++(?:-++[A-Za-z0-9]++)*+"  # its length is bounded by something else
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*+")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_SHORT = rf"{_LOCAL.pattern}@{_SHORT_LABEL}(?:\.{_SHORT_LABEL})++"
_SHORT_LINES = re.compile(rf"{_SHORT}(?:\n{_SHORT})*+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WEB_ADDRESS = re.compile(r"[!-~]+")
_TOKEN = r"[A-Za-z0-9_-]++"  # noqa: S105 - what one is made of
_EDITION = re.compile(rf"(?:\.{_TOKEN})?+")  # behind a token: the mail that a reader left by
_TOKEN_OF_EDITION = re.compile(_TOKEN + _EDITION.pattern)
_OF_TOKENS = bytes(sign for sign in range(128) if re.match(r"[A-Za-z0-9_\n-]", chr(sign)))
_PRINTABLE = bytes(range(0x20, 0x7F))

_Columns = tuple[Sequence[str], Callable[[Sequence[str]], bool], Callable[[str], str | None]]


def problems(recipients: Recipients) -> dict[int, str]:
    """Say who of a batch has an impossible address, name, value or unsubscribe address.

    By their index. A column in which everybody is in order, as nearly always, is looked at once;
    only another one is gone through value by value.
    """
    found: dict[int, str] = {}
    for column, are_in_order, problem_with in _columns(recipients):
        if are_in_order(column):
            continue
        for index, text in enumerate(column):
            problem = problem_with(text)
            if problem:
                found.setdefault(index, problem)
    return found


def _columns(recipients: Recipients) -> Iterator[_Columns]:
    """Return what is looked at, in the order in which it is told."""
    yield recipients.addresses, _are_addresses, _address
    yield recipients.names, _are_names, _name
    once = {id(column): column for column in recipients.substitutions.values()}
    for column in once.values():  # a value without marks of HTML is the same under both its tags
        yield column, _are_printable, _value
    if longest(recipients.unsubscribe_urls):  # nobody has one in a single mail
        yield recipients.unsubscribe_urls, _are_unsubscribe_addresses, _unsubscribe


# --- whole columns: yes only where every single value would pass ---------------------------------


def _are_addresses(column: Sequence[str]) -> bool:
    # In an address of 64 characters no part can be too long, so the lengths need no counting.
    if longest(column) > LONGEST_LOCAL:
        return False
    text = lines(column)
    return text is not None and _SHORT_LINES.fullmatch(text) is not None


def _are_names(column: Sequence[str]) -> bool:
    return longest(column) <= LONGEST_NAME and _are_printable(column)


def _are_printable(column: Sequence[str]) -> bool:
    if isinstance(column, Wrapped):
        return _is_printable(column.before + column.after) and _are_printable(column.column)
    if isinstance(column, Lines) and column.is_plain:
        return True
    text = lines(column)
    return text is not None and _is_printable(text, besides=b"\n")


def _are_unsubscribe_addresses(column: Sequence[str]) -> bool:
    if isinstance(column, Wrapped) and column.before.endswith("/"):
        ends_well = _EDITION.fullmatch(column.after) is not None
        return ends_well and _are_tokens(column.column) and _web_address(column.before) is None
    base = "".join(column[:1]).rpartition("/")[0] + "/"
    text = lines(column)
    if text is None or _web_address(base) is not None:
        return False
    return _tokens_behind(base).fullmatch(text) is not None


def _are_tokens(column: Lines) -> bool:
    of_tokens = column.text.isascii() and not column.text.encode().translate(None, _OF_TOKENS)
    return of_tokens and "" not in column


@lru_cache(maxsize=8)
def _tokens_behind(base: str) -> re.Pattern[str]:
    one = re.escape(base) + _TOKEN_OF_EDITION.pattern
    return re.compile(rf"{one}(?:\n{one})*+")


def _is_printable(text: str, *, besides: bytes = b"") -> bool:
    """Say whether a text is only what can be seen, and spaces; some harmless texts are not."""
    if text.isascii():  # the same and much faster
        return not text.encode().translate(None, _PRINTABLE + besides)
    for sign in besides.decode():  # one after the other: `str.translate` looks at each by itself
        text = text.replace(sign, "")
    return text.isprintable()


# --- one value -----------------------------------------------------------------------------------


def _address(address: str) -> str | None:
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return said("not an address: it needs one @ between a name and a domain")
    if not local.isascii():
        return said("the part before the @ has letters outside ASCII, which cannot be delivered")
    if len(address) > LONGEST_ADDRESS:
        return said(
            "the address is longer than %(most)s characters",
            most=LONGEST_ADDRESS,
        )
    if len(local) > LONGEST_LOCAL:
        return said(
            "the part before the @ is longer than %(most)s characters",
            most=LONGEST_LOCAL,
        )
    if len(domain) > LONGEST_DOMAIN:
        return said("the domain is longer than %(most)s characters", most=LONGEST_DOMAIN)
    if not _LOCAL.fullmatch(local):
        return said("the part before the @ has signs that cannot be delivered")
    if not _DOMAIN.fullmatch(domain):
        return said("the domain is not one that can be delivered to (ASCII labels with dots)")
    return None


def _name(name: str) -> str | None:
    if len(name) > LONGEST_NAME:
        return said("the name is longer than %(most)s characters", most=LONGEST_NAME)
    return _text(name, said("the name"))


def _value(text: str) -> str | None:
    return _text(text, said("a merge value"))


def _text(text: str, what: str) -> str | None:
    """Refuse what must never reach a subject or header, or cannot be written as UTF-8."""
    if _is_printable(text):
        return None
    if _SURROGATE.search(text):
        return said(
            "%(what)s has half a character (a lone surrogate): the file it came from was misread",
            what=what,
        )
    if _CONTROL.search(text):
        return said("%(what)s has control characters or line ends", what=what)
    return None


def _unsubscribe(url: str) -> str | None:
    """Want what one-click leaving needs: an https address; plain http only on this machine."""
    base, slash, token = url.rpartition("/")
    if slash and _TOKEN_OF_EDITION.fullmatch(token):
        return _web_address(base + slash)  # the same for everyone, so it is looked at once
    return _web_address(url)


@lru_cache(maxsize=64)
def _web_address(url: str) -> str | None:
    if not _WEB_ADDRESS.fullmatch(url) or any(sign in url for sign in "<>,"):
        return said("the unsubscribe address has signs that a header cannot carry")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return said("the unsubscribe address is not a web address")
    if parts.scheme == "http" and host in {"localhost", "127.0.0.1"}:
        return None
    if parts.scheme != "https" or not host:
        return said("the unsubscribe address must begin with https://")
    return None
