"""What the bundled library supplies passes the checks of an edition's content."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from html import escape
from typing import Any

import pytest

from newsletter.content.library.collection import Entry, entries
from newsletter.core.model import Credit, Fact, Part, Quote, Word
from newsletter.core.model.findings import Severity
from newsletter.message import check
from newsletter.message.check import Checked
from newsletter.message.checks import quote_attribution, word_pos, word_sentence
from newsletter.message.render.plain import wrap
from tests.support.checked import check_edition, good
from tests.support.edition import make_edition


@pytest.mark.parametrize(
    ("part", "module"),
    [(Part.WORD, word_pos), (Part.WORD, word_sentence), (Part.QUOTE, quote_attribution)],
)
def test_no_entry_has_a_finding(part: Part, module: Any) -> None:
    found = {}
    for entry in entries(part):
        edition = make_edition(**{part.value: entry.feature})
        if said := list(module.check(replace(good(), edition=edition))):
            found[entry.id] = said
    assert found == {}


def test_a_fact_is_credited_to_its_reference() -> None:
    for entry in entries(Part.FACT):
        assert entry.feature.source is not None
        assert entry.feature.source.name


FACT_URL, QUOTE_URL = "https://almanac.saltmouth.uk/fact", "https://almanac.saltmouth.uk/quote"
TOKENS = make_edition(
    fact=Fact(text="tokenfact", source=Credit("tokenreference", FACT_URL)),
    quote=Quote(text="tokenquote", author="tokenauthor", source=Credit("tokenwork", QUOTE_URL)),
    word=Word(word="tokenword", definition="tokendefinition", sentences=("tokensentence",)),
)


@cache
def template() -> Checked:
    """Return a message with a token in each place that an entry is printed in."""
    return check_edition(TOKENS)


def printed(entry: Entry) -> dict[str, str]:
    """Return what an entry prints, by the token in whose place it stands."""
    match entry.feature:
        case Fact(text=text, source=Credit(name=name, url=url)):
            return {"tokenfact": text, "tokenreference": name, FACT_URL: url or FACT_URL}
        case Quote(text=text, author=author, source=Credit(name=name, url=url)):
            words = {"tokenquote": text, "tokenauthor": str(author), "tokenwork": name}
            return words | {QUOTE_URL: url or QUOTE_URL}
        case Word(word=word, definition=definition, sentences=sentences):
            extra = f" {entry.feature.extra_sense}" if entry.feature.extra_sense else ""
            shown = {"tokendefinition": definition + extra, "tokensentence": sentences[0]}
            return {"tokenword": word} | shown
    raise AssertionError(entry)


def as_mailed(*features: Entry) -> Checked:
    """Return the message with an entry of each part: their words put into one rendered once."""
    html, text = template().html, template().text
    for token, words in (pair for entry in features for pair in printed(entry).items()):
        assert token in html, token
        html = html.replace(token, escape(words, quote=False))
        text = text.replace(token, words)
    named = {part.value: entry.feature for part, entry in zip(PARTS, features, strict=True)}
    return replace(template(), edition=replace(TOKENS, **named), html=html, text=wrap(text))


# What depends on the look alone is the same for each entry, and is held by the samples below.
OF_THE_LOOK = ("contrast", "css-extra", "css-support", "dark-complete", "mso-balance")


PARTS = (Part.QUOTE, Part.FACT, Part.WORD)
SHARES = 4  # so that several processes have something to do


@pytest.mark.parametrize("share", range(SHARES))
def test_no_entry_has_a_finding_of_any_check(share: int) -> None:
    """Each entry of each part is checked, three to a message; the shorter parts begin again."""
    other = dict.fromkeys(OF_THE_LOOK, Severity.OFF)
    tokens = {finding.message for finding in check.run(template(), other)}
    found = {}
    most = max(len(entries(part)) for part in PARTS)
    for number in range(share, most, SHARES):
        features = [entries(part)[number % len(entries(part))] for part in PARTS]
        findings = check.run(as_mailed(*features), other)
        if said := [one.message for one in findings if one.message not in tokens]:
            found[tuple(entry.id for entry in features)] = said
    assert found == {}


@pytest.mark.parametrize("number", range(0, 400, 40))
def test_entries_as_they_are_rendered_have_no_finding(number: int) -> None:
    features = {part.value: entries(part)[number].feature for part in PARTS}
    assert check.run(check_edition(make_edition(**features)), {}) == ()
