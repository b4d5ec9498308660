"""Sends whose database is full or away and whose mail server defers, killed besides.

`make chaos` does the same at length.
"""

from __future__ import annotations

import sys

import pytest
from harness import Setup, prepared, series

from tests.support.database import postgresql_server

SETUPS = [
    Setup(mode="immediate", provider="smtp", database="sqlite", workers=1, troubled=True),
    Setup(mode="immediate", provider="smtp", database="postgresql", workers=2, troubled=True),
    Setup(mode="scheduled", database="sqlite", workers=1, troubled=True),
]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")


@pytest.mark.parametrize("setup", SETUPS, ids=str)
def test_nobody_is_mailed_twice_or_missed_whatever_befalls_the_database(setup, tmp_path):
    if setup.database == "sqlite":
        with prepared(setup, tmp_path / "ground", None) as ground:
            score = series(ground, tmp_path, seed=20260302, kills=3)
    else:  # its own: the server is stopped
        with postgresql_server() as own, prepared(setup, tmp_path / "ground", own) as ground:
            score = series(ground, tmp_path, seed=20260302, kills=3)
    assert score.holds, score
    assert score.kills >= 3
    assert score.troubles
    assert score.faults
