"""An example sentence shows a word at work, so the word has to be in it."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.content.library.inflection import uses
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked

CODE = "word-sentence"
LEVEL = Severity.WARNING


def check(checked: Checked) -> Iterator[Fault]:
    """Find example sentences that use neither the word of the day nor an inflected form of it."""
    word = checked.edition.word
    if word is None or not checked.language.startswith("en"):
        return
    for sentence in word.sentences:
        if sentence.strip() and not uses(word.word, sentence):
            yield Fault(
                said(
                    "The example sentence does not use “%(word)s”: %(short)s",
                    word=word.word,
                    short=_short(sentence),
                ),
                said("Write a sentence with the word, or leave the sentence out."),
                measured="not in it",
                limit=f"“{word.word}” or a form of it",
                place=Place(part="edition", excerpt=_short(sentence)),
            )


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= 60 and sentence.endswith(".") else f"{sentence[:60]}…"
