"""Web addresses as mail can carry them: absolute, in ASCII, and meaning what they meant. Pure.

The rules are those of the WHATWG URL Standard, by which browsers read what people paste, but for
three things that mail is stricter about: a user name, a `%` that encodes nothing, and the signs
that some mail programs end an address at (`|`, backtick, braces, `^`) are encoded or refused.
"""

from __future__ import annotations

import ipaddress
import re
from itertools import groupby
from urllib.parse import quote, unquote_to_bytes

import idna

LONGEST = 8_000  # characters, encoded; no browser or server is known to take more
_PORTS = {"http": "80", "https": "443"}
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_EDGES = re.compile(rf"\A[\s\x00-\x20{_INVISIBLE}]+|[\s\x00-\x20{_INVISIBLE}]+\Z")
_LINE_BREAKS = re.compile(r"[\t\n\r]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PIECES = re.compile(r"([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_PORT = re.compile(r":([0-9]*)\Z")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What is written as it is. Besides letters, digits and `-._~`, which `quote` never touches.
_IN_PATH = "!$&'()*+,/:;=@[]%"
_IN_QUERY = "!$&()*+,/:;=@[]%?"
_IN_FRAGMENT = "!$&'()*+,/:;=@[]%?#"
_HOST = re.compile(r"[a-z0-9._-]+")  # more than DNS has names for, less than browsers try
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")
_SINGLE_DOT = frozenset({".", "%2e"})
_DOUBLE_DOT = frozenset({"..", ".%2e", "%2e.", "%2e%2e"})
_LONGEST_LABEL, _LONGEST_HOST = 63, 253  # RFC 1035
# RFC 2606 and 6761.
_RESERVED = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|invalid|test)$")


def as_carried(address: str, *, base: str = "") -> str | None:
    """Return an absolute http or https address in ASCII, without white space.

    What is not written in ASCII is percent-encoded as UTF-8 in path, query and fragment; what is
    encoded already, in whatever charset, stays. The host is in A-labels. Relative addresses are
    joined to `base`. None for what is no such address, and for one with a user name.
    """
    text = _LINE_BREAKS.sub("", _EDGES.sub("", _whole(address)))
    if len(text) > LONGEST:
        return None
    scheme = _SCHEME.match(text)
    root = _parts(base) if base else None
    if scheme is None:
        found = _joined(text, root) if root else None
    elif scheme[1].lower() in _PORTS:
        found = _with_scheme(scheme[1].lower(), text[scheme.end() :], root)
    else:
        return None
    return found if found is not None and len(found) <= LONGEST else None


def is_carried(address: str) -> bool:
    """Say whether an address is one that mail can carry as it stands."""
    return as_carried(address) == address


_Parts = tuple[str, str, str, str]  # scheme, host with port, path, query with its sign


def _parts(base: str) -> _Parts | None:
    carried = as_carried(base)
    if carried is None:
        return None
    scheme, _, rest = carried.partition("#")[0].partition("://")
    rest, sign, query = rest.partition("?")
    host, slash, path = rest.partition("/")
    return scheme, host, slash + path, sign + query


def _whole(text: str) -> str:
    """Put halves of a character together, and U+FFFD in the place of one without the other."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _with_scheme(scheme: str, rest: str, root: _Parts | None) -> str | None:
    starts_host = rest[:1] in {"/", "\\"} and rest[1:2] in {"/", "\\"}
    if root is not None and root[0] == scheme and not starts_host:
        return _joined(rest, root)
    return _absolute(scheme, rest.lstrip("/\\"))


def _joined(text: str, root: _Parts) -> str | None:
    """Resolve what has no scheme of its own."""
    scheme, host, path, query = root
    own, own_query, fragment = _cut(text)
    own = own.replace("\\", "/")
    if own.startswith("//"):
        return _absolute(scheme, text.lstrip("/\\"))
    if not own:
        return f"{scheme}://{host}{path}{_query(own_query) or query}{_fragment(fragment)}"
    whole = own if own.startswith("/") else path.rpartition("/")[0] + "/" + own
    return f"{scheme}://{host}{_path(whole)}{_query(own_query)}{_fragment(fragment)}"


def _absolute(scheme: str, rest: str) -> str | None:
    ends = re.search(r"[/\\?#]", rest)
    authority = rest[: ends.start()] if ends else rest
    place = _place(authority, scheme=scheme)
    if place is None:
        return None
    path, query, fragment = _cut(rest[len(authority) :])
    whole = _path(path.replace("\\", "/"))
    return f"{scheme}://{place}{whole}{_query(query)}{_fragment(fragment)}"


def _cut(text: str) -> tuple[str, str | None, str | None]:
    found = _PIECES.fullmatch(text)
    assert found is not None  # each of its pieces may be empty
    return found[1], found[2], found[3]


def _path(path: str) -> str:
    """Encode a path, without `.` and `..` in it; none stays none, which leads to the same."""
    kept: list[str] = []
    if not path:
        return ""
    segments = path.removeprefix("/").split("/")
    for number, segment in enumerate(segments, start=1):
        plain = segment.lower()
        if plain in _DOUBLE_DOT:
            del kept[-1:]
        elif plain not in _SINGLE_DOT:
            kept.append(_encoded(segment, kept_signs=_IN_PATH))
            continue
        if number == len(segments):
            kept.append("")
    return "/" + "/".join(kept)


def _query(query: str | None) -> str:
    return "?" + _encoded(query[1:], kept_signs=_IN_QUERY) if query is not None else ""


def _fragment(fragment: str | None) -> str:
    return "#" + _encoded(fragment[1:], kept_signs=_IN_FRAGMENT) if fragment is not None else ""


def _encoded(text: str, *, kept_signs: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=kept_signs)


def _place(authority: str, *, scheme: str) -> str | None:
    """Return host and port; None for a user name, no host, or what no host can be."""
    if "@" in authority:
        return None
    found = _PORT.search(authority)
    port = (found[1].lstrip("0") or found[1][:1]) if found else ""
    host = _host(authority[: found.start()] if found else authority)
    if host is None or (port and int(port[:6]) > 65_535):
        return None
    return host if port in {"", _PORTS[scheme]} else f"{host}:{port}"


def _host(text: str) -> str | None:
    if text.startswith("["):
        return _in_brackets(text)
    try:
        name = unquote_to_bytes(text.encode("utf-8")).decode("utf-8")
        name = _a_labels(name)
    except (UnicodeError, idna.IDNAError):
        return None
    if not _HOST.fullmatch(name):
        return None
    labels = name.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _dotted(labels)
    return name if _can_be_resolved(labels) else None


def _can_be_resolved(labels: list[str]) -> bool:
    return len(".".join(labels)) <= _LONGEST_HOST and all(
        0 < len(label) <= _LONGEST_LABEL for label in labels
    )


def _a_labels(name: str) -> str:
    if name.isascii():
        labels = name.lower().split(".")
        for label in labels:
            if label.startswith("xn--"):
                label.encode("ascii")[4:].decode("punycode")  # raises for what encodes nothing
        return ".".join(labels)
    mapped = idna.uts46_remap(name, std3_rules=False)
    return ".".join(map(_a_label, re.split(r"[.\u3002\uff0e\uff61]", mapped)))


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.alabel(label).decode("ascii")
    except idna.InvalidCodepoint:
        # A sign that IDNA 2008 has no place for, and browsers take: emoji, above all.
        return "xn--" + label.encode("punycode").decode("ascii")


def _dotted(labels: list[str]) -> str | None:
    """Return an IPv4 address as four numbers, of whatever form browsers read as one."""
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        return None
    try:
        numbers = [_value(label) for label in labels]
    except ValueError:
        return None
    last = numbers.pop()
    if any(number > 255 for number in numbers) or last >= 256 ** (4 - len(numbers)):
        return None
    value = last + sum(number * 256 ** (3 - place) for place, number in enumerate(numbers))
    return str(ipaddress.IPv4Address(value))


def _value(number: str) -> int:
    if number[:2].lower() == "0x":
        return int(number[2:] or "0", 16)
    return int(number, 8 if number.startswith("0") else 10)


def _in_brackets(text: str) -> str | None:
    if not text.endswith("]") or "%" in text:
        return None
    try:
        packed = ipaddress.IPv6Address(text[1:-1]).packed
    except ValueError:
        return None
    groups = [packed[at] * 256 + packed[at + 1] for at in range(0, 16, 2)]
    return f"[{_shortened(groups)}]"


def _shortened(groups: list[int]) -> str:
    """Write an IPv6 address with its first longest run of zeros as `::`."""
    runs = [(key == 0, len(list(run))) for key, run in groupby(groups)]
    longest = max((length for is_zero, length in runs if is_zero), default=0)
    written = [f"{group:x}" for group in groups]
    if longest < 2:
        return ":".join(written)
    at = next(at for at in range(8) if not any(groups[at : at + longest]))
    return ":".join(written[:at]) + "::" + ":".join(written[at + longest :])


def is_example_host(host: str) -> bool:
    """Say whether a host is reserved for examples and tests, so that nobody can be behind it."""
    return bool(_RESERVED.search(host.lower().rstrip(".")))


def is_this_machine(host: str) -> bool:
    """Say whether a host is this machine and no other."""
    name = host.lower().strip("[]").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
