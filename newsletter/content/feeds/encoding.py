"""The bytes of a feed as text: its encoding in the order of RFC 7303, by WHATWG's labels. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import webencodings
from trafilatura.utils import decode_file

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How “<” and what may follow it begin a document without a mark (XML 1.0, appendix F).
_STARTS = (
    (re.compile(rb"<\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0<"), "utf-32-be"),
    (re.compile(rb"<\0[?!\w]\0"), "utf-16-le"),
    (re.compile(rb"\0<\0[?!\w]"), "utf-16-be"),
)
_EBCDIC = b"\x4c\x6f\xa7\x94"
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([^\s\"';]+)", re.IGNORECASE)
_DECLARED = re.compile(r"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']\s*([\w.:()-]+)", re.IGNORECASE)
_NEEDS_A_MARK = re.compile(r"utf-?16|utf-?32|iso-10646|ucs-?[24]|unicode$", re.IGNORECASE)
_NO_TEXT = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7"})
_UTF8 = "utf-8"


def text_of(body: bytes, *, content_type: str = "") -> str:
    """Return the text of a feed; it has no byte order mark and no lone surrogates.

    A byte order mark decides, then the charset of the HTTP header, then the XML declaration, then
    UTF-8. UTF-8 fits nothing else by accident, so where one of them names it and the bytes agree,
    it is believed against the other. Bytes that are no UTF-8 in a text that is are read as
    Windows-1252, one by one.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], codec)
    for start, codec in _STARTS:
        if start.match(body):
            return _decoded(body, codec)
    named = tuple(dict.fromkeys(_named(body, content_type)))
    if not named and not _fits(body, _UTF8):
        return _guessed(body)
    if _UTF8 in named or not named:
        named = (_UTF8, *(one for one in named if one != _UTF8))
    return _decoded(body, next((one for one in named if _fits(body, one)), named[0]))


def _guessed(body: bytes) -> str:
    """Return a text whose encoding nobody says; within the Latin script a guess is mere chance."""
    found = str(decode_file(body))
    letters = [sign for sign in found if sign > "\x7f" and sign.isalpha()]
    latin = sum(sign < "\u0250" for sign in letters)
    return _safe(found) if 2 * latin < len(letters) else body.decode("cp1252", "replace")


def _named(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the codecs that the header and the declaration name, as far as they are known."""
    charset = _CHARSET.search(content_type)
    start = body[:1000].decode("cp037" if body.startswith(_EBCDIC) else "latin-1")
    declared = _DECLARED.match(start.lstrip("\x00"))
    for label in (charset[1] if charset else "", declared[1] if declared else ""):
        codec = _codec(label)
        if codec:
            yield codec


def _codec(label: str) -> str:
    """Return Python's name of an encoding: as browsers read its label, else as Python does."""
    if _NEEDS_A_MARK.search(label):
        return _UTF8  # of a text whose label could be read byte by byte
    known = webencodings.lookup(label)
    if known is not None:
        return str(known.codec_info.name)
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    is_text = getattr(found, "_is_text_encoding", True) and found.name not in _NO_TEXT
    return found.name if is_text else ""


def _fits(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except (UnicodeError, LookupError):
        return False
    return True


def _decoded(body: bytes, codec: str) -> str:
    if codec == _UTF8:
        return _safe(body.decode(codec, "surrogateescape"))
    try:
        return _safe(body.decode(codec, "replace"))
    except (LookupError, UnicodeError):  # Python's "undefined" and "idna" replace nothing
        return _safe(body.decode(_UTF8, "surrogateescape"))


def _safe(text: str) -> str:
    """Read bytes that were no UTF-8 as Windows-1252, and replace surrogates of other origin."""
    return re.sub("[\ud800-\udfff]", _as_windows, text.removeprefix("\ufeff"))


def _as_windows(found: re.Match[str]) -> str:
    code = ord(found[0]) - 0xDC00
    return bytes([code]).decode("cp1252", "replace") if 0x80 <= code <= 0xFF else "\ufffd"
