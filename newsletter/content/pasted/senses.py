"""Part a definition from the extra sense that follows it (rule 11 of content.md 4.5)."""

from __future__ import annotations

import re
from itertools import pairwise

from newsletter.content.pasted.folding import fold, plain

# A closing quotation mark belongs to the sentence before it.
_NEXT_SENTENCE = re.compile(r"(?<![.!?…])[.!?…]+[\"')\]]* ")
_MORE = re.compile(
    r"\b(?:can|may|could) also\b|\balso (?:means|refers|describes|applies)\b|\blater came to\b"
)


def split_senses(text: str, *, word: str) -> tuple[str, str | None]:
    """Split before the first later sentence that tells another sense of the word.

    Such a sentence begins with the word, "It" or "The word". Both sides together are the text.
    """
    starts = [found.end() for found in _NEXT_SENTENCE.finditer(plain(text))]
    for start, end in pairwise([*starts, len(text)]):
        if _tells_more(fold(text[start:end]), word=fold(word)):
            return text[:start].rstrip(), text[start:]
    return text, None


def _tells_more(sentence: str, *, word: str) -> bool:
    beginning = sentence.lstrip("\"'([")
    subjects = (word, "it", "the word")
    if not any(_begins_with(beginning, subject) for subject in subjects):
        return False
    return _MORE.search(sentence) is not None


def _begins_with(sentence: str, subject: str) -> bool:
    following = sentence[len(subject) : len(subject) + 1]
    return sentence.startswith(subject) and not following.isalnum()
