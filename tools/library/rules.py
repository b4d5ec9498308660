"""What an entry of the library's words must be. Pure: the tool and the tests both ask here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import wording

LICENCE = "CC0-1.0 AND BSD-2-Clause"
FIELDS = (
    "id", "word", "pos", "respelling", "definition", "extra_sense", "sentence", "sense_ref",
    "licence",
)  # fmt: skip
LETTERS = {"noun": "n", "verb": "v", "adjective": "a", "adverb": "r"}
_RESPELLING = re.compile(r"[a-z]+|[A-Z]+")
_ENDING = re.compile(r"(?:ly|ness|ity|ation|ance|ence|ing|ed|ous|ive|al|e|y)$")

Entry = wording.Entry


def faults_of(entry: Entry, senses: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield what is wrong with one entry; `senses` is what WordNet has of its word."""
    if tuple(entry) != FIELDS:
        yield f"its fields are {', '.join(entry)}"
        return
    yield from _form(entry)
    yield from _texts(entry)
    letter = LETTERS.get(entry["pos"], "")
    if letter not in senses:
        yield f"WordNet has it as {', '.join(senses) or 'nothing'}, not as {entry['pos']}"
    elif entry["sense_ref"] not in senses[letter]:
        yield f"{entry['sense_ref']} is no sense of it"


def faults_between(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield ids, words, families of words and texts that stand there twice."""
    listed = list(entries)
    for field in ("id", "word", "definition", "sentence"):
        for value in wording.twice(listed, field):
            yield f"{field} “{value}” stands there twice"
    families = Counter(family(entry["word"]) for entry in listed)
    yield from (f"the family {name} comes twice" for name in families if families[name] > 1)


def uses(word: str, sentence: str) -> bool:
    """Say whether a sentence has the word or a regular inflected form of it."""
    said = re.findall(r"[a-zé]+(?:-[a-z]+)*", sentence.casefold())
    return any(one in forms(word) for one in said)


def forms(word: str) -> frozenset[str]:
    """Return a word and its regular inflected forms."""
    stem = word.removesuffix("e")
    endings = {stem + end for end in ("es", "ed", "ing", "er", "est")}
    doubled = {word + word[-1] + end for end in ("ed", "ing")}
    y = {word[:-1] + end for end in ("ies", "ied", "ier", "iest")} if word.endswith("y") else set()
    return frozenset({word, word + "s", *endings, *doubled, *y})


def family(word: str) -> str:
    """Return what words of one lemma share: gregarious and gregariously are one family."""
    while len(stem := _ENDING.sub("", word)) >= 4 and stem != word:
        word = stem
    return word


def _form(entry: Entry) -> Iterator[str]:
    if not re.fullmatch(r"w\d{4}", entry["id"]):
        yield f"its id is {entry['id']}"
    if not re.fullmatch(r"[a-z]{4,15}", entry["word"]):
        yield "a word has 4 to 15 small letters"
    if entry["licence"] != LICENCE:
        yield f"its licence is {entry['licence']}"
    parts = entry["respelling"].split("-")
    if not all(map(_RESPELLING.fullmatch, parts)) or sum(map(str.isupper, parts)) != 1:
        yield f"its respelling is “{entry['respelling']}”"


def _texts(entry: Entry) -> Iterator[str]:
    limits = {"definition": (30, 220), "sentence": (40, 180), "extra_sense": (20, 160)}
    for field, (low, high) in limits.items():
        text = entry[field]
        if text is None and field == "extra_sense":
            continue
        if not low <= len(text) <= high:
            yield f"its {field} has {len(text)} characters; {low} to {high} are allowed"
        if not re.fullmatch(r"[A-Z“].*[.!?]”?", text) or wording.MISSET.search(text):
            yield f"its {field} is no well-set sentence: {text}"
        if found := wording.BLOCKED.search(text):
            yield f"its {field} has the blocked word “{found[0]}”"
    if wording.BLOCKED.search(entry["word"]):
        yield "it is a blocked word"
    if not uses(entry["word"], entry["sentence"]):
        yield f"its sentence does not use it: {entry['sentence']}"
    if entry["word"] in entry["definition"].casefold().split():
        yield "its definition uses it"
