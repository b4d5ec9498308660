"""Which candidate stands beside the one an edition has."""

from __future__ import annotations

import pytest

from newsletter.core.model import Fact, Part, Supply
from newsletter.editions.editor import Candidate, beside

TEXTS = ("A snail sleeps for months.", "An octopus has three hearts.", "A crow knows faces.")


def fact(text: str) -> Supply:
    """Build a fact as a source gives it."""
    return Supply(feature=Fact(text=text))


CHAIN: tuple[Candidate, ...] = tuple(("library", fact(text)) for text in TEXTS)


@pytest.mark.parametrize(
    ("current", "back", "expected"),
    [
        (TEXTS[0], False, TEXTS[1]),
        (TEXTS[1], False, TEXTS[2]),
        (TEXTS[2], False, TEXTS[0]),
        ("Words of the editor's own.", False, TEXTS[0]),
        (TEXTS[2], True, TEXTS[1]),
        (TEXTS[1].upper(), True, TEXTS[0]),
        (TEXTS[0], True, None),
        ("Words of the editor's own.", True, None),
    ],
)
def test_the_candidate_beside_the_current_one(
    current: str, back: bool, expected: str | None
) -> None:
    found = beside(CHAIN, Part.FACT, fact(current), back=back)
    assert found == (None if expected is None else ("library", fact(expected)))


@pytest.mark.parametrize("back", [True, False])
def test_alone_in_its_chain_there_is_no_other(back: bool) -> None:
    assert beside(CHAIN[:1], Part.FACT, fact(TEXTS[0]), back=back) is None
    assert beside((), Part.FACT, fact(TEXTS[0]), back=back) is None
