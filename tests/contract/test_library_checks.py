"""What the bundled library supplies passes the checks of an edition's content."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from newsletter.content.library.collection import entries
from newsletter.content.validity import problem_with
from newsletter.core.model import OtherFeature, Part, Supply
from newsletter.core.web_addresses import is_carried
from newsletter.message import check
from newsletter.message.checks import (
    link_insecure,
    link_scheme,
    quote_attribution,
    text_agrees,
    word_pos,
    word_sentence,
)
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


@pytest.mark.parametrize("part", [Part.FACT, Part.QUOTE, Part.WORD])
def test_the_address_of_every_entry_is_the_same_in_both_parts(part: Part) -> None:
    credits_ = {entry.feature.source for entry in entries(part) if entry.feature.source}
    others = [
        OtherFeature(label="Kept", text="So it is.", source=credit)
        for credit in sorted(credits_, key=lambda credit: (credit.name, credit.url or ""))
    ]
    assert all(is_carried(credit.url) for credit in credits_ if credit.url)
    checked = check_edition(make_edition(others=tuple(others)))
    for module in (text_agrees, link_scheme, link_insecure):
        assert list(module.check(checked)) == []


_BRACKETED = [
    entry
    for entry in entries(Part.QUOTE)
    if entry.feature.source and "(" in (entry.feature.source.url or "")
]


@pytest.mark.parametrize("entry", _BRACKETED, ids=lambda entry: entry.id)
def test_a_quote_from_a_place_with_brackets_in_its_address_passes_every_check(entry: Any) -> None:
    assert problem_with(Part.QUOTE, Supply(feature=entry.feature)) is None
    assert check.run(check_edition(make_edition(quote=entry.feature)), {}) == ()


def test_a_fact_is_credited_to_its_reference() -> None:
    for entry in entries(Part.FACT):
        assert entry.feature.source is not None
        assert entry.feature.source.name
