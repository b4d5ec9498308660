"""Every link of the site leads to a page of it, wherever the site is; so does the mail's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newsletter.app import App
from newsletter.delivery.preconditions import SendRequest
from tests.support.archive import SENT, correct_edition, fill
from tests.support.ledger import add_people
from tests.support.site import NOW, client, open_app


def links(text: str) -> Iterator[str]:
    """Yield where a page of the site leads on the site itself."""
    for found in re.findall(r'(?:href|src|action)="([^"]*)"', text):
        address = unescape(found).removeprefix("https://brief.example.org")
        if address.startswith("/"):
            yield address.partition("#")[0]


def reached(site: TestClient, start: str) -> dict[str, int]:
    """Follow every link from a page on; give each address and its status."""
    found: dict[str, int] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer = site.get(path)
        found[path] = answer.status_code
        if answer.headers["content-type"].startswith("text/html"):
            waiting += links(answer.text)
    return found


@pytest.mark.parametrize("base", ["", "/daily"])
def test_every_link_of_the_site_leads_somewhere(tmp_path: Path, base: str) -> None:
    app = open_app(tmp_path / "p", NEWSLETTER_PUBLICATION__URL=f"https://brief.example.org{base}")
    edition = fill(app, count=5)
    correct_edition(app, edition, text="Forty.", at=NOW + timedelta(minutes=1))
    pictures = "/pictures/swing-bridge.jpg"  # of the story, on a host that is the same here
    own = {"/almanac", "/dictionary", "/office", "/seeds", pictures}
    own |= {f"/stories/{name}" for name in ("swing-bridge", "seeds")}
    found = reached(client(app), f"{base}/")
    wrong = {path: status for path, status in found.items() if status != 200 and path not in own}
    assert wrong == {}
    assert {f"{base}/editions/{SENT}", f"{base}/feed.atom", f"{base}/join"} <= found.keys()
    assert len(found) > 20
    outside = [path for path in found if not path.startswith(f"{base}/") and path not in own]
    assert outside == []
    app.close()


def test_read_online_leads_from_the_mail_to_the_edition(tmp_path: Path) -> None:
    app = open_app(tmp_path / "p", NEWSLETTER_WEB__PORT="8001")
    add_people(app.database, 1)
    app.sends.start(SendRequest(day=app.today(), at_once=True))
    address = _viewed(app)
    assert address == f"https://brief.example.org/editions/{app.today()}"
    page = client(app).get(address)
    assert page.status_code == 200
    assert "How the tide tables are made" in page.text
    app.close()


def _viewed(app: App) -> str:
    """Return where “Read online” of the message that was frozen leads."""
    send = app.sends.find(app.today())
    assert send
    html = app.ledger.message(send.id).html
    (address,) = set(re.findall(r'href="([^"]*)"[^>]*>Read online<', html))
    return unescape(str(address))
