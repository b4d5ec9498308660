"""The editor's morning in a real browser, from an empty day to a mail that everybody has."""

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
    assert errors == []


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


# --- the walks -----------------------------------------------------------------------------------


def test_a_morning_from_nothing_to_a_mail_that_everybody_has(
    browser: Browser, stage: Stage
) -> None:
    found: dict[str, list[str]] = {}
    with at_desk(browser, stage) as page:
        says(page, "Nothing for this day yet")
        expect(page.locator(".when")).to_contain_text("to 6 readers")
        assert "toml" not in page.inner_text("main")
        found["empty"] = barriers(page)

        give(page, "paste", {"text/plain": PAGE})
        expect(line(page, "Writer: Ada Marsh")).to_be_visible()
        line(page, "Writer: Ada Marsh").click()
        page.locator("#meanings").get_by_role("button", name="By whom").click()
        expect(line(page, "Writer: Ada Marsh")).to_contain_text("By whom")
        line(page, "Also read this").click()
        page.locator("#meanings").get_by_role("button", name="Left out").click()
        expect(line(page, "Also read this")).to_contain_text("Left out")
        page.get_by_role("button", name="Use this page").click()

        expect(page.get_by_label("Headline", exact=True)).to_have_value(HEADLINE)
        expect(mail(page).locator("h1")).to_have_text(HEADLINE)
        page.get_by_label("Headline", exact=True).fill("The tide turns the lights on")
        expect(mail(page).locator("h1")).to_have_text("The tide turns the lights on")
        write_subheading_and_link(page)
        expect(mail(page).locator("h2", has_text="What comes next")).to_be_visible()
        expect(mail(page).locator("a", has_text="harbour page")).to_be_visible()
        saved(page)

        give(page, "drop", {"picture": ""}, target="[data-drop]")
        page.get_by_role("application").press("ArrowDown")
        found["crop"] = barriers(page, widths=(1280,))
        page.get_by_role("button", name="Use this part").click()
        expect(page.get_by_label("What does the picture show?")).to_be_focused()
        page.keyboard.type("The harbour at dawn")
        page.get_by_label("Who made it?").fill("Ada Marsh")
        expect(mail(page).locator('img[alt="The harbour at dawn"]')).to_be_visible()

        quote = page.locator("#quote")
        before = quote.locator("[data-said]").inner_text()
        quote.get_by_role("button", name="Choose another").click()
        expect(quote.get_by_role("radio").nth(1)).to_be_visible()
        found["write, choosing"] = barriers(page)
        quote.get_by_role("searchbox").fill("the")
        expect(quote.get_by_role("status")).to_contain_text("of")
        quote.get_by_role("radio").nth(2).check()
        expect(quote.get_by_role("status")).to_have_text("In the mail now")
        assert quote.locator("[data-said]").inner_text() != before
        page.get_by_role("link", name="Look at it").click()

        decided(page, "Approve …")
        found["look"] = barriers(page)
        page.get_by_role("button", name="Approve …").click()
        approve(page)
        page.locator("#approving").get_by_placeholder("Your name").fill("Ida Marsh")
        found["approve"] = barriers(page)
        stage.may_begin.clear()
        page.get_by_role("button", name="Send to 6 readers").click()
        says(page, "It begins in a moment")
        press_while_it_counts(page, "Take it back")
        says(page, "Ready, and waiting for you")
        found["ready"] = barriers(page)
        page.get_by_role("link", name="Look and approve").click()
        page.get_by_role("button", name="Approve …").click()
        expect(page.locator("#by-name")).to_have_text("Ida Marsh")
        page.get_by_role("button", name="Send to 6 readers").click()
        says(page, "It begins in a moment")
        found["counting"] = violations(page)
        stage.may_begin.set()

        says(page, "Going out now")
        expect(page.locator("#number")).to_have_text("2")
        found["going out"] = barriers(page)
        page.get_by_role("button", name="Stop").click()
        says(page, "Stopped after 2")
        stage.provider.opened.set()  # what was under way is finished
        says(page, "Stopped after 4")
        found["stopped"] = barriers(page)
        page.get_by_role("link", name="Correct it first").click()
        page.get_by_label("Headline", exact=True).fill("The tide turns all lights on")
        saved(page)
        page.get_by_role("link", name="Look at it").click()
        page.get_by_role("button", name="Send it corrected …").click()
        page.get_by_label("What was wrong, in a sentence").fill("One word was missing.")
        found["correct"] = barriers(page)
        page.locator("#correcting-go").click()
        says(page, "Sent to 6 readers")
        found["sent"] = barriers(page)
    assert {name: some for name, some in found.items() if some} == {}
    assert sum(count for _, count in stage.provider.taken) == READERS
    assert stage.provider.taken[0][0] == "The tide turns the lights on"
    assert stage.provider.taken[-1][0] == "The tide turns all lights on"
    with stage.opened(stage.root) as app:
        approval = app.approval_records.find(DAY)
        assert approval is not None
        assert approval.by == "Ida Marsh"
        assert app.audit(DAY).complete


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


def test_the_same_morning_by_keyboard_alone(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    picture = make_picture(tmp_path)
    with at_desk(browser, stage) as page:
        says(page, "Nothing for this day yet")
        page.keyboard.press("p")
        page.wait_for_url("**/paste")
        tab_to(page, "The page, as you copied it")
        page.keyboard.insert_text(PAGE)
        press(page, "Read it")
        expect(line(page, "Also read this")).to_be_visible()
        tab_to(page, "Line 4")
        page.keyboard.press("b")
        expect(page.locator("#heard")).to_have_text("Line 4 is now: By whom")
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("x")
        expect(page.locator("#heard")).to_have_text("Line 7 is now: Left out")
        page.keyboard.press("u")

        expect(mail(page).locator("h1")).to_have_text(HEADLINE)
        tab_to(page, "Headline")
        type_anew(page, "The tide turns the lights on")
        with page.expect_file_chooser() as chooser:
            press(page, "Choose a picture")
        chooser.value.set_files(picture)
        expect(page.get_by_role("application")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("-")
        page.keyboard.press("Enter")
        expect(page.get_by_label("What does the picture show?")).to_be_focused()
        page.keyboard.type("The harbour at dawn")
        tab_to(page, "Who made it?")
        page.keyboard.type("Ada Marsh")
        tab_to(page, "Text")
        page.keyboard.press("Control+End")
        page.keyboard.press("Enter")
        page.keyboard.type("## What comes next")
        expect(mail(page).locator("h2", has_text="What comes next")).to_be_visible()
        page.keyboard.press("Control+.")
        expect(page.locator("#stories-0-text")).to_be_focused()
        page.keyboard.press("Control+.")
        expect(text(page)).to_be_focused()
        saved(page)
        quote = page.locator("#quote")
        for _ in ("fact", "quote"):
            tab_to(page, "Choose another")
        page.keyboard.press("Enter")
        expect(quote.get_by_role("radio").nth(1)).to_be_visible()
        expect(quote.get_by_role("searchbox")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        expect(quote.get_by_role("status")).to_have_text("In the mail now")
        page.keyboard.press("g")
        page.keyboard.press("l")

        decided(page, "Approve …")
        page.keyboard.press("a")
        approve(page)
        tab_to(page, "By", back=True)
        page.keyboard.type("Ida Marsh")
        press(page, "Send to 6 readers")
        says(page, "Going out now")
        press(page, "Stop")
        says(page, "Stopped after 2")
        stage.provider.opened.set()
        says(page, "Stopped after 4")
        press(page, "Correct it first")
        expect(mail(page).locator("h1")).to_be_visible()
        tab_to(page, "Headline")
        type_anew(page, "The tide turns all lights on")
        page.keyboard.press("Control+s")
        saved(page)
        tab_to(page, "Look at it", back=True)
        page.keyboard.press("Enter")
        decided(page, "Send it corrected …")
        press(page, "Send it corrected")
        page.keyboard.type("One word was missing.")
        page.keyboard.press("Enter")
        says(page, "Sent to 6 readers")
    assert stage.provider.taken[-1][0] == "The tide turns all lights on"


def make_picture(folder: Path) -> Path:
    """Write a picture of our own making."""
    path = folder / "harbour.png"
    Image.new("RGB", (1200, 900), "#284a6b").save(path)
    return path


def test_the_same_morning_on_a_phone(browser: Browser, stage: Stage, tmp_path: Path) -> None:
    picture = make_picture(tmp_path)
    phone = {"viewport": {"width": 375, "height": 740}, "has_touch": True}
    with at_desk(browser, stage, **phone) as page:
        assert overflow(page) <= 0
        page.get_by_role("link", name="Paste a page").tap()
        page.get_by_label("The page, as you copied it").fill(PAGE)
        page.get_by_role("button", name="Read it").first.tap()
        line(page, "Writer: Ada Marsh").tap()
        page.locator("#meanings").get_by_role("button", name="By whom").tap()
        expect(line(page, "Writer: Ada Marsh")).to_contain_text("By whom")
        page.get_by_role("button", name="Use this page").tap()

        page.get_by_label("Headline", exact=True).fill("The tide turns the lights on")
        expect(text(page)).to_be_visible()  # the page's scripts are at work
        page.locator("input[type=file]").first.set_input_files(picture)
        page.get_by_role("button", name="Use this part").tap()
        page.get_by_label("What does the picture show?").fill("The harbour at dawn")
        page.get_by_label("Who made it?").fill("Ada Marsh")
        saved(page)
        page.locator("#quote").get_by_role("button", name="Choose another").tap()
        page.locator("#quote").get_by_role("radio").nth(1).check()
        expect(page.locator("#quote").get_by_role("status")).to_have_text("In the mail now")
        page.get_by_role("button", name="See").tap()
        sheet = page.get_by_role("dialog", name="The mail as it will be")
        expect(sheet.frame_locator("iframe").locator("h1")).to_have_text(
            "The tide turns the lights on"
        )
        sheet.get_by_role("button", name="Back to writing").tap()
        assert overflow(page) <= 0
        page.get_by_role("link", name="Look at it").tap()

        button = page.get_by_role("button", name="Approve …")
        expect(button).to_be_in_viewport()
        page.get_by_role("button", name="View").tap()
        page.get_by_role("dialog", name="Show the mail").get_by_label("In the inbox").check()
        page.get_by_role("button", name="Close").tap()
        expect(page.locator("#inboxes")).to_be_visible()
        page.mouse.wheel(0, 4000)
        expect(button).to_be_in_viewport()
        button.tap()
        approve(page)
        page.locator("#approving").get_by_placeholder("Your name").fill("Ida Marsh")
        page.get_by_role("button", name="Send to 6 readers").tap()
        says(page, "Going out now")
        page.get_by_role("button", name="Stop").tap()
        says(page, "Stopped after 2")
        stage.provider.opened.set()
        says(page, "Stopped after 4")
        page.get_by_role("button", name="Go on with 2").tap()
        says(page, "Sent to 6 readers")
        assert overflow(page) <= 0
    assert sum(count for _, count in stage.provider.taken) == READERS
