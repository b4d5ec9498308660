"""What the bundled library supplies passes the checks of an edition's content."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from newsletter.content.library.collection import entries
from newsletter.core.model import Part
from newsletter.message.checks import quote_attribution, word_pos, word_sentence
from tests.support.checked import good
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
