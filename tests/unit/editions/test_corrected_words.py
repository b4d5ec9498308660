"""Words of an edition named by themselves, and put right."""

from __future__ import annotations

import pytest

from newsletter.core.errors import InputError
from newsletter.editions.corrected_words import replaced

FIELDS = {
    "stories.0.headline": "High water at the quay",
    "stories.0.text": "It comes at six.\n\nIt comes again at noon.",
    "corrections.0.text": "It comes at six, not at five.",
}


def test_words_are_found_across_line_ends_and_replaced_once() -> None:
    found = replaced(FIELDS, "six. It comes again", "seven.\n\nIt is back")
    assert found["stories.0.text"] == "It comes at seven.\n\nIt is back at noon."
    assert found["stories.0.headline"] == FIELDS["stories.0.headline"]


@pytest.mark.parametrize(
    ("before", "told"),
    [("It comes", "2 times"), ("low water", "do not stand"), ("  ", "No words"), ("five", "not")],
)
def test_what_is_not_meant_once_is_refused(before: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        replaced(FIELDS, before, "x")
