"""One Chromium for all browser tests, without a network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import launched
from tests.support.time import PATIENCE


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the machine's own Chromium, else the one Playwright has installed."""
    expect.set_options(timeout=PATIENCE * 1000)
    with launched() as opened:
        yield opened
