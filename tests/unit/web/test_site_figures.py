"""Figures for a monitor: behind a token, and nowhere without one."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newsletter.operations import metrics
from newsletter.web.site import app as make_site
from newsletter.web.site.figures import is_right
from tests.support.site import open_app

TOKEN = "a-token-that-is-long-enough"


@pytest.mark.parametrize(
    ("header", "right"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer  {TOKEN} ", True),
        (TOKEN, False),
        ("Bearer ", False),
        (f"Basic {TOKEN}", False),
        ("", False),
        ("Bearer töken", False),
    ],
)
def test_only_the_token_itself_is_right(header: str, right: bool) -> None:
    assert is_right(header, TOKEN) is right


def test_a_monitor_with_the_token_is_told_and_nobody_else(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p", NEWSLETTER_METRICS_TOKEN=TOKEN)
    site = TestClient(make_site(app, figures=metrics.text), base_url="http://127.0.0.1")
    right = site.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (right.status_code, "newsletter_subscribers" in right.text) == (200, True)
    assert right.headers["content-type"].startswith("text/plain")
    wrong = site.get("/metrics", headers={"Authorization": "Bearer other"})
    assert (wrong.status_code, "newsletter_subscribers" in wrong.text) == (403, False)
    app.close()


def test_without_a_token_there_is_no_such_page(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p")
    site = TestClient(make_site(app, figures=metrics.text), base_url="http://127.0.0.1")
    assert site.get("/metrics").status_code == 404
    app.close()
