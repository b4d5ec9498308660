"""Say in the desk's language what the program says: sentences that carry their id, and errors."""

from __future__ import annotations

import re
from functools import cache

from newsletter.core.errors import NewsletterError
from newsletter.core.model import Part
from newsletter.core.sentences import Sentence
from newsletter.web.desk import languages, words
from newsletter.web.desk.heard import Heard
from newsletter.web.desk.words import N_, _

# What only helps whoever set this up: commands, files and templates; the desk has buttons for it.
SET_UP = re.compile(
    r"\bnewsletter [a-z]|--[a-z]|\.toml|\{\{|\[(?!media\])[a-z]+\] [a-z]|\b[A-Z]{2,}_[A-Z_]+"
)
# Values under these names are sentences of the program, put together.
_OURS = frozenset({"why", "reason", "what", "sentence"})
_PARTS = {
    Part.STORY: N_("story"),
    Part.FACT: N_("fact"),
    Part.QUOTE: N_("quote"),
    Part.WORD: N_("word"),
}


def spoken(text: str) -> str:
    """Return a sentence of the program in the language of whoever sits at the desk.

    A text that lost what it was made of, in a file or a database, is known by its template.
    """
    if not isinstance(text, Sentence):
        return _heard(words.language()).said(text)
    template = words.gettext(text.template)
    if not text.values:
        return template
    return template % {name: _filled(name, value) for name, value in text.values.items()}


def _filled(name: str, value: object) -> object:
    """Return what fills a sentence: words of ours translated, everybody else's as they are."""
    if isinstance(value, Part):
        return _(_PARTS[value])
    if isinstance(value, Exception):
        return spoken(str(value))
    is_ours = isinstance(value, Sentence) or name in _OURS
    return spoken(value) if isinstance(value, str) and is_ours else value


@cache
def _heard(language: str) -> Heard:
    return Heard(languages.templates(language), languages.catalogue(language).gettext)


def what(error: NewsletterError) -> str:
    """Return what is wrong, behind its place where that leads the sentence."""
    lead = error.where.text if error.where.leads else ""
    return f"{lead}: {spoken(error.sentence)}" if lead else spoken(error.sentence)


def hint(error: NewsletterError) -> str:
    """Return what to do next; nothing where an editor cannot do it."""
    return "" if SET_UP.search(error.hint) else spoken(error.hint)


def told_of(error: NewsletterError) -> dict[str, str]:
    """Return an error as the pages' scripts read it."""
    return {"message": what(error), "hint": hint(error)}
