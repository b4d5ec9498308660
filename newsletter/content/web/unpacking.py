"""Unpack a body that came compressed, and never more of it than is allowed. Pure."""

from __future__ import annotations

import zlib

from newsletter.core.errors import SourceError
from newsletter.core.sentences import said

ACCEPTED = "gzip, deflate"
_MOST_LAYERS = 2


def unpacked(body: bytes, encodings: str, *, most_bytes: int) -> bytes:
    """Undo the encodings a `Content-Encoding` header names.

    Raises `SourceError` when the body is damaged or would be longer than `most_bytes`; no more
    than that is ever unpacked.
    """
    names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if len(names) > _MOST_LAYERS:
        raise SourceError(said("the body is packed %(count)s times over", count=len(names)))
    for name in reversed(names):
        body = _without(name, body, most_bytes)
    return body


def _without(name: str, body: bytes, most_bytes: int) -> bytes:
    if name in {"gzip", "x-gzip"}:
        return _inflated(body, zlib.MAX_WBITS | 16, most_bytes)
    if name != "deflate":
        raise SourceError(
            said("the body is packed in a way that was not asked for (%(name)s)", name=name)
        )
    # The standard means a zlib stream; some servers send the bare one.
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _inflated(body, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS, most_bytes)


def _inflated(body: bytes, window: int, most_bytes: int) -> bytes:
    if not body:
        return body
    stream = zlib.decompressobj(window)
    try:
        found = stream.decompress(body, most_bytes + 1)
    except zlib.error as error:
        raise SourceError(said("the compressed body is damaged")) from error
    if len(found) > most_bytes:
        raise SourceError(
            said(
                "the body is longer than %(most)s bytes when it is unpacked",
                most=most_bytes,
            )
        )
    if not stream.eof:
        raise SourceError(said("the compressed body breaks off"))
    return found
