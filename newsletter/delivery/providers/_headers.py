"""The headers every reader's copy carries, whoever delivers it. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.utils import quote

from newsletter.core.model import Envelope, Recipient

# RFC 8058, 3.1: this exact value, once, beside one https address in List-Unsubscribe.
ONE_CLICK = "List-Unsubscribe=One-Click"
_BYTES_OF_A_WORD = 45  # 60 signs of base64; an encoded word may have 75 in all (RFC 2047, 2)
_PHRASE_SIGNS = frozenset("!#$%&'*+-/=?^_`{|}~ ")  # RFC 5322, 3.2.3, and the space between atoms


def shared_headers(envelope: Envelope) -> dict[str, str]:
    """Return the headers that are the same for everyone, ready for the wire: ASCII, one line."""
    return {"List-Unsubscribe-Post": ONE_CLICK, "List-Id": list_id(envelope.list_id)}


def own_headers(recipient: Recipient) -> dict[str, str]:
    """Return the headers that are a recipient's own."""
    return {"List-Unsubscribe": f"<{recipient.unsubscribe_url}>"}


def list_id(text: str) -> str:
    """Write `Name <id.host>` as RFC 2919 wants it; only the name may be encoded (RFC 2047, 5)."""
    name, _, rest = text.rpartition("<")
    ascii_id = rest if rest.isascii() else rest.encode("idna").decode("ascii")
    return f"{_phrase(name.strip())} <{ascii_id}".strip()


def _phrase(name: str) -> str:
    if not name.isascii():
        return " ".join(_encoded_words(name))
    plain = all(sign.isalnum() or sign in _PHRASE_SIGNS for sign in name)
    return name if plain else f'"{quote(name)}"'


def _encoded_words(text: str) -> Iterator[str]:
    """Write a text as encoded words of whole characters; readers drop the spaces between them."""
    word = b""
    for sign in text:
        encoded = sign.encode()
        if len(word) + len(encoded) > _BYTES_OF_A_WORD:
            yield _encoded_word(word)
            word = b""
        word += encoded
    yield _encoded_word(word)


def _encoded_word(text: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(text).decode('ascii')}?="
