"""How inboxes cut subject and preheader in their list of mails. Pure.

The numbers are what the usual window, font and phone show; a client counts pixels, so they are
near and never exact. Wide characters (Chinese, Japanese, Korean, emoji) count as two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inbox:
    """A list of mails with its width, in columns."""

    key: str  # as it stands in an address
    name: str
    subject: int
    preheader: int


@dataclass(frozen=True, slots=True)
class Row:
    """What of a message one inbox shows before it is opened."""

    inbox: Inbox
    subject: str
    preheader: str
    lost: str  # the end of the subject that is not seen


INBOXES = (
    Inbox("web", "Gmail on the web", 70, 90),
    Inbox("outlook", "Outlook on Windows", 60, 55),
    Inbox("phone", "A phone", 40, 45),
    Inbox("watch", "Apple Watch", 30, 30),
)
PHONE = INBOXES[2]
_SAME = 24  # characters in common at the beginning are a repetition


def row(inbox: Inbox, *, subject: str, preheader: str) -> Row:
    """Cut subject and preheader as an inbox does."""
    shown = cut(subject, inbox.subject)
    return Row(
        inbox,
        subject=shown,
        preheader=cut(preheader, inbox.preheader),
        lost="" if shown == subject else subject[len(shown) - 1 :].strip(),
    )


def advice(*, subject: str, preheader: str) -> Iterator[str]:
    """Say in sentences what readers would miss; nothing for a row that is whole."""
    on_phone = row(PHONE, subject=subject, preheader=preheader)
    if on_phone.lost:
        yield f"Phones show the subject up to “{on_phone.subject}”; put what matters before that."
    start = subject[:_SAME].casefold()
    if start and preheader.casefold().startswith(start):
        yield "The preheader begins as the subject does; say something that goes on from it."


def cut(text: str, columns: int) -> str:
    """Cut a text as an inbox row does: with an ellipsis inside, never within one character.

    What a reader sees as one character may be several: letter and accent, joined emoji.
    """
    if width(text) <= columns:
        return text
    kept, used = "", 0
    for cluster in _clusters(text):
        used += width(cluster)
        if used > columns - 1:
            break
        kept += cluster
    return kept.rstrip() + "…"


def width(text: str) -> int:
    """Count the columns a text takes."""
    return sum(_columns(cluster) for cluster in _clusters(text))


def _columns(cluster: str) -> int:
    return 2 if unicodedata.east_asian_width(cluster[0]) in "WF" else 1


def _clusters(text: str) -> Iterator[str]:
    """Split a text into what readers see as one character, as far as mails have them (UAX 29)."""
    found = ""
    for character in text:
        joins = found.endswith("\u200d") or character == "\u200d"
        if found and not joins and not _belongs(character):
            yield found
            found = ""
        found += character
    if found:
        yield found


def _belongs(character: str) -> bool:
    """Say whether a character changes the one before: accents, variations, skin tones, tags."""
    code = ord(character)
    return (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )
