"""Sentences that know what they were made of: told in English, and elsewhere in other words."""

from __future__ import annotations

from collections.abc import Mapping


class Sentence(str):
    """A sentence in English, to everybody who does not ask for more.

    `template` is its id: what a catalogue of another language is asked for. `values` fill it; one
    that is a `Sentence` itself is said in that language, too.
    """

    template: str = ""
    values: Mapping[str, object] = {}


def said(template: str, /, **values: object) -> Sentence:
    """Make a sentence; `values` fill its `%(name)s`."""
    made = Sentence(template % values if values else template)
    made.template, made.values = template, values
    return made
