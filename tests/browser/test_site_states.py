"""Every state of every page of the site, in each language: usable by WCAG, and as wide as a phone.

The pages are made without a browser and put into a few windows. English is read by all rules in
both schemes and widths. The others have to fit the narrowest phone, in one scheme or the other, and
a third of their states each is read by what words can break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page

from newsletter.app import App
from newsletter.web.site.application import open_site
from tests.support.browser import SCHEMES, overflow, violations
from tests.support.site import Browser as Client
from tests.support.site import client, freeze, open_app
from tests.support.site_states import Reader, State

DAY = date(2026, 3, 2)
NARROWEST = 320  # pixels
KINDS = [
    *((scheme, width) for scheme in SCHEMES for width in (375, 1280)),
    *((scheme, NARROWEST) for scheme in SCHEMES),
]
# What words can break: names, labels, titles, languages, the order of lists and headings.
WORDS = (
    *("document-title", "html-has-lang", "html-lang-valid", "valid-lang", "button-name"),
    *("link-name", "label", "select-name", "image-alt", "list", "listitem"),
)
Way = Callable[[Reader], Iterable[State]]
CAPTCHA = {
    "NEWSLETTER_CAPTCHA__SCRIPT": "https://widget.example/api.js",
    "NEWSLETTER_CAPTCHA__COMMAND": '["./ask"]',
}


def opened(root: Path, **environment: str) -> App:
    app = open_app(root, NEWSLETTER_SECRET_KEY="k" * 40, **environment)
    freeze(app, DAY)
    for name in ("terms", "privacy"):
        (app.settings.root / "content" / f"{name}.md").write_text(f"# {name}\n\nFair *use*.\n")
    return app


def states(
    app: App, *, kinds: Sequence[Way] = (Reader.states, Reader.closed)
) -> Iterator[tuple[str, str, str]]:
    """Yield language, name and HTML of each state; machines come when everybody is done."""
    site, base = open_site(app), client(app)
    style = f"<style>{site.pages.style.text}</style>"
    languages = site.pages.languages
    readers = [
        Reader(app, _from(base, app, number), language=language, day=DAY)
        for number, language in enumerate(languages)
    ]
    for way in kinds:
        for one in readers:
            for name, answer in way(one):
                link = f'<link rel="stylesheet" href="/{site.pages.style.name}">'
                assert link in answer.text, (name, answer.status_code)
                yield one.name, name, answer.text.replace(link, style)


def _from(base: Client, app: App, number: int) -> Client:
    return client(app, address=f"198.51.{number}.9", base=base)


@contextmanager
def windows(browser: Browser) -> Iterator[list[Page]]:
    """Open a window of each kind, without a network."""
    contexts = [
        browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
        for scheme, width in KINDS
    ]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.route("**/*", lambda route: route.abort())
    yield pages
    for context in contexts:
        context.close()


def show(page: Page, html: str) -> None:
    """Put a page into a window that keeps what was loaded before."""
    page.evaluate("html => { document.open(); document.write(html); document.close(); }", html)


def wide(page: Page) -> list[str]:
    """Say that a page is wider than its window."""
    found = overflow(page)
    return [f"{found} pixels too wide"] if found > 0 else []


def test_every_state_is_usable_and_readable_in_every_language(
    browser: Browser, tmp_path: Path
) -> None:
    found: dict[str, list[str]] = {}
    seen: set[tuple[str, str]] = set()
    apps = opened(tmp_path / "p"), opened(tmp_path / "q", **CAPTCHA)
    every = [*states(apps[0]), *states(apps[1], kinds=(Reader.closed,))]
    for app in apps:
        app.close()
    with windows(browser) as pages:
        for number, (language, name, html) in enumerate(every):
            seen.add((language, name))
            # Colours and sizes are the same in each language; words are not, nor how far they run.
            first = number % 2
            kinds = (first, 3 - first, 4) if language == "en" else (4 + first,)
            for kind in kinds:
                show(pages[kind], html)
                faults = wide(pages[kind])
                if kind < 4 or number % 3 == 0:  # each language has a third of the states read
                    rules = None if kind < 4 else WORDS
                    faults += violations(pages[kind], rules=rules)
                found[f"{language}, {name}, {KINDS[kind]}"] = faults
    assert {where: faults for where, faults in found.items() if faults} == {}
    assert len(seen) > 9 * 60
