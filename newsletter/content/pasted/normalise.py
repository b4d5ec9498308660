"""Turn bytes or text into blocks: one per non-empty line, in one kind of everything.

Rules 1 and 2 of content.md 4.5. Blocks are never joined or split, and normalising a block again
changes nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata

from newsletter.core.errors import InputError
from newsletter.core.sentences import said

_BOMS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# A page that was copied as source has "&amp;nbsp;" as well as "&nbsp;"; both are one space.
_ENTITY = re.compile(
    r"&(?:(?:amp|#38|#x26);)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
)
_NEWLINE = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
# Joiners spell a character between emoji and in the scripts from Arabic to Myanmar; anywhere
# else they are invisible debris.
_JOINER = re.compile("[\u200c\u200d]")
_JOINING = re.compile(
    "[\u0600-\u109f\u20e3\u2194\u2195\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})


def blocks_of(data: bytes | str) -> tuple[str, ...]:
    """Return the non-empty lines, trimmed, with single spaces, in order.

    Raises `InputError` for what is no text at all: empty, or full of control characters.
    """
    text = data if isinstance(data, str) else _decode(data)
    lines = (" ".join(line.split()) for line in _clean(text).split("\n"))
    blocks = tuple(line for line in lines if line)
    if not blocks:
        raise InputError(
            said("The page text is empty."),
            hint=said(
                "Copy the page from its headline to its last line, and save it as plain text."
            ),
        )
    return blocks


def _decode(data: bytes) -> str:
    if data.startswith(_BOMS_OF_UTF_16):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _clean(text: str) -> str:
    text = _ENTITY.sub(_without_entity, text)
    text = _NEWLINE.sub("\n", _LONE_SURROGATE.sub("\ufffd", text))
    _refuse_binary(text)
    text = _INVISIBLE.sub("", _CONTROL.sub(_space_or_nothing, text))
    text = _without_idle_joiners(unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", text.translate(_HYPHENS))


def _without_entity(found: re.Match[str]) -> str:
    """Return the character an entity stands for; what only looks like one stays as it is."""
    entity = f"&{found[1]};"
    character = html.unescape(entity)
    return found[0] if character == entity else character


def _without_idle_joiners(text: str) -> str:
    def judged(joiner: re.Match[str]) -> str:
        joins = _joins(text, joiner.start() - 1, step=-1) and _joins(text, joiner.end(), step=1)
        return joiner.group() if joins else ""

    return _JOINER.sub(judged, text)


def _joins(text: str, place: int, *, step: int) -> bool:
    """Return whether joiners spell something beside the character there.

    Marks are passed over: which of them is the next changes with each joiner that is left out, for
    composing puts those of one character in order.
    """
    while 0 <= place < len(text) and unicodedata.combining(text[place]):
        place += step
    return 0 <= place < len(text) and _JOINING.match(text[place]) is not None


def _refuse_binary(text: str) -> None:
    """Let a stray control character pass; a file with one in fifty is a picture or an archive."""
    found = sum(1 for _ in _CONTROL.finditer(text))
    if found > 2 + len(text) // 50:
        raise InputError(
            said(
                "This is not text: %(found)s of its %(count)s characters are control characters.",
                found=found,
                count=len(text),
            ),
            hint=said("Hand in the page as plain text; a document or a picture cannot be read."),
        )


def _space_or_nothing(control: re.Match[str]) -> str:
    return " " if control.group().isspace() else ""
