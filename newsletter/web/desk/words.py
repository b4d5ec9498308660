"""The desk's own words in the language of whoever sits at it; the catalogues' domain is "desk"."""

from __future__ import annotations

from contextvars import ContextVar
from gettext import NullTranslations

DOMAIN = "desk"

# Of the request that is answered: two editors may read the desk in two languages at once.
_spoken: ContextVar[NullTranslations] = ContextVar("spoken", default=NullTranslations())  # noqa: B039


def speak(catalogue: NullTranslations) -> None:
    """Answer what is answered now with the words of a catalogue."""
    _spoken.set(catalogue)


def language() -> str:
    """Return the language of what is answered now."""
    return _spoken.get().info().get("language", "en")


def _(sentence: str, **values: object) -> str:
    """Return a sentence as the language has it; `values` fill its `%(name)s`."""
    said = _spoken.get().gettext(sentence)
    return said % values if values else said


def counted(one: str, many: str, count: int, **values: object) -> str:
    """Return a sentence for a count, which fills `%(count)s` with the signs of thousands."""
    said = _spoken.get().ngettext(one, many, count)
    return said % {"count": f"{count:,}", **values}


def gettext(sentence: str) -> str:
    """Return a sentence for a template, whose `%(name)s` Jinja fills."""
    return _spoken.get().gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """Return a sentence for a count, for a template."""
    return _spoken.get().ngettext(one, many, count)


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a sentence for the catalogues; it is said later."""
    return sentence
