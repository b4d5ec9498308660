"""What readers say, at the desk in a real browser: read, let through, taken down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, expect

from newsletter.core.model.single_mails import MailKind, SingleMail
from newsletter.storage.site.answers import Said
from newsletter.web.site.application import open_records
from tests.support.archive import SENT, send_edition
from tests.support.browser import SCHEMES, overflow, violations
from tests.support.desk import desk_of, make_root, opened
from tests.support.edition import make_edition

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _notice(number: int) -> SingleMail:
    later = NOW + timedelta(days=1)
    key = f"a-{number}"
    return SingleMail(kind=MailKind.NOTICE, key=key, to="editor@example.org", expires_at=later)


def test_a_comment_is_read_and_let_through(browser: Browser, tmp_path: Path) -> None:
    root = make_root(tmp_path, '[delivery]\nprovider = "outbox"\n')
    with opened(root) as app:
        send_edition(app, make_edition(date=SENT))
        answers = open_records(app).answers
        for name, text in (
            ("Holger B.", "We did the same in our village, and the owls came back.\n\nOne stayed."),
            ("מרים", "גם אנחנו שמענו את הגשר."),
            ("", f"{'A very long word: ' + 'o' * 300}"),
        ):
            canonical = f"reader{len(text)}@example.org"
            said = Said(edition=SENT, canonical=canonical, name=name, text=text)
            answers.write(said, _notice, now=NOW)
        answers.vote("ann@example.org", SENT, 4, now=NOW)
    with desk_of(root) as desk:
        page = browser.new_page()
        page.goto(f"{desk.base}readers/")
        page.get_by_role("link", name="What they say").click()
        expect(page.locator("h1")).to_have_text("3 comments wait")
        for kind, width, scheme in product(("waiting", "stars"), (375, 1280), SCHEMES):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{desk.base}readers/answers/?kind={kind}")
            assert violations(page) == []
            assert overflow(page) <= 0
        page.goto(f"{desk.base}readers/answers/")
        holger = page.get_by_role("article", name="Holger B.")
        holger.get_by_role("button", name="Show it").click()
        expect(page.locator(".hint")).to_contain_text("It is shown below its edition")
        expect(page.locator("h1")).to_have_text("2 comments wait")
        page.get_by_role("link", name="Shown", exact=True).click()
        expect(page.get_by_role("article", name="Holger B.")).to_contain_text("One stayed.")
        page.close()
