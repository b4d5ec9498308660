"""Write the headers of a mail as lines, so that every reader gets back what was meant. Pure.

The standard library encodes and folds them. What it writes is read again as two parsers read it
(before Python 3.13 it loses the space between two words where a header folds; RFC 2047, 6.2), and
only where that is not the text itself, all of it is encoded here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from email import message_from_string, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr, quote
from functools import lru_cache

_LONGEST_LINE = 76  # characters of a line with encoded words (RFC 2047, 2)
_LONGEST_WORD = 75
_FRAME = len("=?utf-8?b??=")
_FOLD = "\r\n "
_FOLDED = re.compile(r"\r?\n(?=[ \t])")
_STRETCH = re.compile(r"\S*\s*")
_PHRASE_SIGNS = frozenset("!#$%&'*+-/=?^_`{|}~ ")  # RFC 5322, 3.2.3, and the space between atoms


@lru_cache(maxsize=64)
def text_lines(name: str, text: str) -> str:
    """Write a header that is a text, such as the subject, with the line end behind it."""
    mail = EmailMessage(policy=policy.SMTP)
    mail[name] = text
    written = str(mail.policy.fold(name, mail[name]))
    if _is_well_formed(written) and (_is_simple(written) or _read_text(name, written) == {text}):
        return written
    return f"{name}: {_FOLD.join(_encoded_words(text, first=len(name) + 2))}\r\n"


def mailbox_lines(name: str, address: str, *, display: str = "") -> str:
    """Write a header that is one address, with the name of whose it is."""
    mail = EmailMessage(policy=policy.SMTP)
    mail[name] = Address(display, addr_spec=address)
    written = str(mail.policy.fold(name, mail[name]))
    if _is_well_formed(written) and _read_mailbox(name, written) == (display, address):
        return written
    words = _FOLD.join(_encoded_words(display, first=len(name) + 2))
    return f"{name}: {words}{_FOLD}<{address}>\r\n"


def list_id(text: str) -> str:
    """Write `Name <id.host>` as RFC 2919 wants it; only the name may be encoded (RFC 2047, 5)."""
    name, _, rest = text.rpartition("<")
    ascii_id = rest if rest.isascii() else rest.encode("idna").decode("ascii")
    return f"{_phrase(name.strip())} <{ascii_id}".strip()


def list_id_lines(text: str) -> str:
    """Write the header List-Id; where it is too long for a line it folds before a word or the id.

    The text is one that `list_id` returned.
    """
    if len(text) <= _LONGEST_LINE - len("List-Id: "):
        return f"List-Id: {text}\r\n"
    phrase, _, rest = text.rpartition(" <")
    words = phrase if phrase.startswith('"') else phrase.replace(" =?", f"{_FOLD}=?")
    return f"List-Id: {words}{_FOLD}<{rest}\r\n" if phrase else f"List-Id: {text}\r\n"


def _phrase(name: str) -> str:
    if not name.isascii() or "=?" in name:
        return " ".join(_encoded_words(name, first=len("List-Id: ")))
    plain = all(sign.isalnum() or sign in _PHRASE_SIGNS for sign in name)
    return name if plain else f'"{quote(name)}"'


def _encoded_words(text: str, *, first: int) -> Iterator[str]:
    """Write a text as encoded words of whole characters; readers drop the spaces between them.

    Before the first of them so many characters of its line are taken. They end behind a space
    where there is one: some readers keep a space between two of them.
    """
    word, room = b"", _room(_LONGEST_LINE - first)
    for piece in _pieces(text):
        if word and len(word) + len(piece) > room:
            yield _encoded_word(word)
            word, room = b"", _room(_LONGEST_LINE - 1)
        word += piece
    yield _encoded_word(word)


def _pieces(text: str) -> Iterator[bytes]:
    """Part a text behind its spaces, and a word that is too long everywhere."""
    for stretch in _STRETCH.findall(text):
        encoded = stretch.encode()
        if len(encoded) <= _room(_LONGEST_LINE // 2):
            yield encoded
        else:
            yield from (sign.encode() for sign in stretch)


def _room(characters: int) -> int:
    """Say how many bytes an encoded word of so many characters holds."""
    return (min(characters, _LONGEST_WORD) - _FRAME) // 4 * 3


def _encoded_word(text: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(text).decode('ascii')}?="


def _is_well_formed(written: str) -> bool:
    """Say whether no encoded word is too long, which some languages lead the library to."""
    return all(len(word) <= _LONGEST_WORD for word in written.split() if word.startswith("=?"))


def _is_simple(written: str) -> bool:
    """Say whether a header has one line and one encoded word at most: nothing can get lost."""
    return written.count("\n") == 1 and written.count("=?") <= 1


def _read_text(name: str, written: str) -> set[str]:
    """Read a header as both parsers of the standard library do."""
    modern = message_from_string(f"{written}\r\n", policy=policy.SMTP)[name]
    return {str(modern), _decoded(_unfolded(name, written))}


def _read_mailbox(name: str, written: str) -> tuple[str, str]:
    """Read name and address as RFC 2047 says; the newer parser keeps spaces it should drop."""
    display, address = parseaddr(_unfolded(name, written))
    return _decoded(display), address


def _unfolded(name: str, written: str) -> str:
    return _FOLDED.sub("", str(message_from_string(f"{written}\r\n")[name]))


def _decoded(text: str) -> str:
    return str(make_header(decode_header(text)))
