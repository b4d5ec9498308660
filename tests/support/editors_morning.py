"""An editor's morning in a browser: the stage it happens on, and what an editor does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from newsletter.app import App
from newsletter.core.model import Attempt, Submission, SubscriberState
from newsletter.subscribers.model import Consent, Person, StateChange
from tests.support.browser import SCHEMES, overflow, violations
from tests.support.desk import DAY, Desk, desk_of, make_root, opened
from tests.support.page import FACT, HEADLINE, PARAGRAPHS, QUOTE
from tests.support.time import PATIENCE

SECTIONS = """
[sources]
story = [{ type = "page" }]
fact = [{ type = "page" }, { type = "library" }]
quote = [{ type = "page" }, { type = "library" }]
word = [{ type = "library" }]

[media]
url = "https://brief.example.org/media"

[schedule]
at = "07:00"
catch_up = "23:00"
approval = true

[delivery]
batch_size = 2
parallel = 1
"""
PAGE = "\n\n".join(
    ("Home", "About us", HEADLINE, "Writer: Ada Marsh", *PARAGRAPHS, "Also read this", FACT, QUOTE)
)
MORNING = datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(hours=9)
READERS = 6


class Gate:
    """Takes the first batch at once, and every other one when it is let."""

    name = "gate"
    max_recipients = 1000

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []  # subject, and how many had it
        self.opened = threading.Event()

    def problems(self, attempt: Attempt) -> dict[int, str]:
        return {}

    def fits(self, attempt: Attempt) -> bool:
        return True

    def submit(self, attempt: Attempt) -> Submission:
        if self.taken:
            assert self.opened.wait(PATIENCE)
        self.taken.append((attempt.message.subject, len(attempt.recipients)))
        return Submission(provider_id=attempt.id)

    def close(self) -> None:
        pass


class LaterClock:
    """Real time, on the morning of another day."""

    def __init__(self, begins: datetime) -> None:
        self._ahead = begins - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)


@dataclass
class Stage:
    """A publication with six readers, its desk, and who takes its mail."""

    root: Path
    provider: Gate = field(default_factory=Gate)
    clock: LaterClock = field(default_factory=lambda: LaterClock(MORNING))
    may_begin: threading.Event = field(default_factory=threading.Event)  # the grace is over

    def opened(self, root: Path) -> AbstractContextManager[App]:
        return opened(root, clock=self.clock, provider=self.provider)

    def desk(self) -> AbstractContextManager[Desk]:
        return desk_of(self.root, opened=self.opened)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Make a publication that has nothing for today yet, and a grace as long as a walk wants it."""
    made = Stage(make_root(tmp_path, SECTIONS, story=""))
    made.may_begin.set()

    async def pause(_seconds: float) -> None:
        while not made.may_begin.is_set():
            await asyncio.sleep(0.02)

    monkeypatch.setattr("newsletter.web.desk.starting._pause", pause)
    with made.opened(made.root) as app:
        for number in range(READERS):
            address = f"reader{number}@example.org"
            person = Person(address=address, canonical=address, name=f"Reader {number}")
            now = app.clock.now() - timedelta(days=9)
            app.subscribers.add(
                person,
                change=StateChange(
                    from_state=None,
                    to_state=SubscriberState.ACTIVE,
                    at=now,
                    reason="joined",
                    by="operator",
                ),
                consent=Consent(at=now, how="operator", text="Yes."),
            )
    return made


# --- what an editor does -------------------------------------------------------------------------


@contextmanager
def at_desk(browser: Browser, stage: Stage, **options: Any) -> Iterator[Page]:
    """Sit down at the desk; no page may report an error, or ask anybody else for anything."""
    errors: list[str] = []
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    with stage.desk() as desk:
        page.on(
            "request",
            lambda one: (
                None
                if one.url.startswith((desk.origin, "data:", "blob:"))
                else errors.append(one.url)
            ),
        )
        page.goto(desk.base)
        yield page
        context.close()
    assert errors == [], errors


def barriers(page: Page, *, widths: tuple[int, ...] = (375, 1280)) -> list[str]:
    """Find what breaks WCAG 2.2 A and AA or scrolls sideways: dark on a phone, light beside it."""
    size = page.viewport_size
    found: list[str] = []
    for width, scheme in zip(widths, reversed(SCHEMES), strict=False):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("scrollTo(0, 0)")  # or a control may be half below the bar, and too small
        found += [f"{scheme} {width}: {one}" for one in violations(page)]
        found += [f"{width}: it scrolls sideways"] if overflow(page) > 0 else []
    page.emulate_media(color_scheme="light")
    if size:
        page.set_viewport_size(size)
    return found


def give(page: Page, kind: str, data: dict[str, str], *, target: str = "document") -> None:
    """Paste or drop something, as a browser tells a page of it."""
    page.evaluate(
        """([kind, data, target]) => {
          const transfer = new DataTransfer();
          for (const [type, text] of Object.entries(data)) {
            if (type !== "picture") { transfer.setData(type, text); continue; }
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [1200, 900];
            const paint = canvas.getContext("2d");
            paint.fillStyle = "#284a6b";
            paint.fillRect(0, 0, 1200, 900);
            const coded = canvas.toDataURL("image/png").split(",")[1];
            const bytes = Uint8Array.from(atob(coded), (one) => one.charCodeAt(0));
            transfer.items.add(new File([bytes], "harbour.png", { type: "image/png" }));
          }
          const place = target === "document" ? document : document.querySelector(target);
          const about = { bubbles: true, cancelable: true };
          place.dispatchEvent(kind === "paste"
            ? new ClipboardEvent("paste", { ...about, clipboardData: transfer })
            : new DragEvent("drop", { ...about, dataTransfer: transfer }));
        }""",
        [kind, data, target],
    )


def mail(page: Page) -> Any:
    """Return the mail beside the words."""
    return page.frame_locator("#mail iframe")


def text(page: Page) -> Locator:
    """Return the text of the lead story."""
    return page.locator(".ProseMirror").first


def says(page: Page, words: str) -> None:
    """Wait for the sentence of Today."""
    expect(page.locator(".big")).to_have_text(words)


def saved(page: Page) -> None:
    """Wait until what was typed is in the file."""
    expect(page.locator("#status")).to_contain_text("Saved")


def line(page: Page, words: str) -> Locator:
    """Return the button before a line of a pasted page."""
    return page.locator(".line", has_text=words).locator(".says")


def write_subheading_and_link(page: Page) -> None:
    """Type at the end of the text: a subheading, and a sentence with a link."""
    text(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("## What comes next")
    page.keyboard.press("Enter")
    page.keyboard.type("The whole plan is on the harbour page")
    for _ in "harbour page":
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+k")
    page.get_by_label("Link", exact=True).and_(page.locator("#link-href")).fill(
        "brief.example.org/plan"
    )
    page.keyboard.press("Enter")
    expect(text(page).locator("a")).to_have_attribute("href", "https://brief.example.org/plan")


def press_while_it_counts(page: Page, name: str) -> None:
    """Press a button as slowly as some people do: the page changes before the finger is lifted."""
    button, number = page.get_by_role("button", name=name), page.locator("#number")
    before = number.inner_text()
    button.hover()
    page.mouse.down()
    expect(number).not_to_have_text(before)
    page.mouse.up()


def decided(page: Page, name: str) -> None:
    """Wait until the page was told what may be done, and offers it.

    Until its style sheets are there, a button that is hidden counts as seen.
    """
    expect(page.locator("#verdict")).not_to_be_empty()
    expect(page.get_by_role("button", name=name)).to_be_visible()


def approve(page: Page) -> None:
    """Say yes, having been told when and to whom."""
    dialog = page.locator("#approving")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Approve and send now?")
    expect(dialog.locator("#approving-at")).to_have_text("Now")
    expect(dialog.locator("#approving-readers")).to_have_text(f"{READERS}")
    expect(dialog).to_contain_text("at 23:00 it would be too late")
    expect(dialog).to_contain_text("ten seconds")


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press Tab until what has a name is focused, as somebody without a mouse does."""
    passed = []
    for _ in range(90):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        found = page.evaluate(
            """() => {
              const one = document.activeElement;
              const label = one.labels?.[0]?.textContent;
              const named = [one.getAttribute("aria-label"), label, one.textContent];
              return named.map((text) => (text ?? "").trim());
            }"""
        )
        if any(text.startswith(name) for text in found):
            return
        passed.append(found)
    pytest.fail(f"Tab never came to {name!r}, but to {passed}")


def press(page: Page, name: str) -> None:
    """Go to a button or a link by Tab, and press it."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def type_anew(page: Page, words: str) -> None:
    """Type over what stands in a field."""
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def make_picture(folder: Path) -> Path:
    """Write a picture of our own making."""
    path = folder / "harbour.png"
    Image.new("RGB", (1200, 900), "#284a6b").save(path)
    return path
