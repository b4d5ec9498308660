"""Bytes of the web as text, by the labels and the order of the WHATWG encoding standard. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

import webencodings

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
         (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"'/;>]+)", re.IGNORECASE)
_PRESCAN = 4096  # bytes; the standard asks for 1024, pages put it later


def decoded(body: bytes, headers: Mapping[str, str]) -> str:
    """Read a page: by its byte order mark, else its HTTP header, else what it says of itself.

    A page that says nothing, or says what does not exist, is UTF-8 where it can be, else
    Windows-1252. So is one that says UTF-8 and is not.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    said = _LABEL.search(headers.get("content-type", ""))
    head = body[:_PRESCAN].decode("latin-1")
    for found in (said, _LABEL.search(head)):
        encoding = webencodings.lookup(found[1]) if found else None
        if encoding is not None:
            return _read(body, encoding, is_inside=found is not said)
    return _guessed(body)


def _read(body: bytes, encoding: webencodings.Encoding, *, is_inside: bool) -> str:
    name = encoding.name
    if is_inside and name.startswith("utf-16"):  # a page that tells so in ASCII is none
        name = "utf-8"
    if name == "utf-8":
        return _guessed(body)
    return body.decode(webencodings.lookup(name).codec_info.name, errors="replace")


def _guessed(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # One broken sign in a page of UTF-8 is no reason to misread all the others.
        lead = body[: error.start]
        if any(byte >= 0x80 for byte in lead) or b"\xe2\x80" in body:
            return body.decode("utf-8", errors="replace")
        return body.decode("cp1252", errors="replace")
