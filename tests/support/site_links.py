"""Every link that a mail of the publication leads to, and every row that one may change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from newsletter.app import App
from newsletter.core.reader_links import ReaderLink
from newsletter.storage.tables import metadata
from tests.support.site import client, fill_in, mails, member


def rows(app: App) -> Mapping[str, list[Any]]:
    """Return everything there is."""
    with app.database.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in metadata.sorted_tables
        }


def every_link(app: App, day: date) -> list[str]:
    """Cause every kind of mail, and return what its links and those of an edition lead to."""
    browser = client(app)
    for address in ("join@example.org", "known@example.org"):
        if address.startswith("known"):
            member(app, address)
        fill_in(browser, app, address)
    anna, bert = member(app, "anna@example.org"), member(app, "bert@example.org")
    browser.post(f"/u/{bert.token}/leave")
    browser.post(f"/u/{anna.token}/fresh")
    me = next(mail.path("/me/") for mail in mails(app) if mail.kind == "lost-link")
    browser.post(f"{me}/address", data={"address": "new@example.org"})
    said = {"text": "Hello", "address": "stranger@example.org", "stars": "4"}
    browser.post(f"/editions/{day}/answer", data=said)
    browser.post("/contact", data={"text": "Hello", "address": "stranger@example.org"})
    found = [link for mail in mails(app) for link in mail.links]
    assert {mail.kind for mail in mails(app)} >= {
        "confirmation",
        "undo",
        "lost-link",
        "address-change",
        "notice",
    }
    own = f"/u/{ReaderLink(anna.token, day).text}"
    found += [own, f"{own}/choose", f"{own}/choose?frequency=weekly", f"{own}/rating"]
    found += [f"{own}/rating/{day}", *(f"{own}/rating/{day}/{stars}" for stars in range(7))]
    return list(dict.fromkeys(found))
