"""A send whose senders are killed again and again: nobody twice, nobody missed, doubts named.

`make chaos` does the same at length.
"""

from __future__ import annotations

import random

import pytest
from harness import Setup, disturbed, prepared, series

SEED = 20260302
SETUPS = [
    (Setup(mode="immediate", database="sqlite", workers=1), 8),
    (Setup(mode="immediate", database="postgresql", workers=2), 6),
    (Setup(mode="immediate", database="postgresql", workers=4), 10),
    (Setup(mode="scheduled", database="sqlite", workers=1), 5),
    (Setup(mode="scheduled", database="postgresql", workers=2), 5),
    (Setup(mode="scheduled", database="postgresql", workers=4), 6),
]


@pytest.mark.parametrize(("setup", "kills"), SETUPS, ids=str)
def test_whoever_is_killed_nobody_is_mailed_twice_and_nobody_missed(
    setup, kills, tmp_path, request
):
    server = request.getfixturevalue("postgresql") if setup.database == "postgresql" else None
    with prepared(setup, tmp_path / "ground", server) as ground:
        score = series(ground, tmp_path, seed=SEED, kills=kills)
    assert score.holds, score
    assert score.kills >= kills
    assert score.faults
    if setup.is_ahead:
        assert score.uncertain == 0


def test_a_sender_may_be_killed_while_it_freezes(tmp_path):
    setup = Setup(mode="immediate", database="sqlite", workers=1)
    with prepared(setup, tmp_path / "ground", None) as ground:
        chance = random.Random(SEED)
        score = disturbed(ground, tmp_path / "send", chance=chance, kills=3, is_new=True)
    assert score.holds, score
    assert score.kills == 3


@pytest.mark.parametrize(
    ("mistake", "figure"), [("sends doubts again", "twice"), ("forgets doubts", "missed")]
)
def test_a_sender_that_makes_a_mistake_is_found_out(mistake, figure, tmp_path):
    setup = Setup(mode="immediate", database="sqlite", workers=1)
    with prepared(setup, tmp_path / "ground", None) as ground:
        chance = random.Random(SEED)
        score = disturbed(ground, tmp_path / "send", chance=chance, kills=0, mistake=mistake)
    assert getattr(score, figure) > 0
    assert not score.holds
