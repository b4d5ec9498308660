"""How long it takes from a key, or a saved file, to seeing the mail, in a real browser at the desk.

A key is typed at Write, and the clock runs from the key itself until the mail beside it has painted
the letter where it can be seen. A file is saved, and the clock stops when both frames of Look have
painted what was saved. Beside them stands what nobody can do without: rendering the same edition
once in this process, and loading the page again by hand. Medians and the slowest count; the target
is 300 ms. `typing` and `saving` measure one of the two alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from newsletter.app import build  # noqa: E402
from newsletter.core.config import settings  # noqa: E402

DAY = date(2026, 3, 2)
LONG = date(2026, 3, 3)
TARGET = 300  # milliseconds
TYPED = "Zvizowexa"  # no words of any edition; the first letter, and those that follow it
PACE = 110  # milliseconds between two keys: a good typist
Change = Callable[[Path, str], None]
SHOWN = """words => [...document.querySelectorAll('iframe')].every((frame) =>
  frame.contentDocument?.body?.textContent.includes(words))"""

# For each of the texts that the next keys lead to: the time from that key to its being painted.
TYPES = """texts => {
  const found = [];
  const keys = [];
  const onKey = (event) => keys.push(event.timeStamp);
  addEventListener("keydown", onKey, true);
  const isSeen = (text) => {
    const mail = document.querySelector("#mail iframe").contentDocument;
    const words = [...mail.querySelectorAll("h1, h2, p")];
    const holding = words.filter((one) => one.textContent.includes(text));
    return holding.map((one) => one.getBoundingClientRect()).some((box) => box.height > 0
      && box.bottom > 0 && box.top < mail.defaultView.innerHeight);
  };
  window.typed = new Promise((done) => requestAnimationFrame(function look() {
    if (keys.length > found.length && isSeen(texts[found.length])) {
      const since = keys[found.length];
      const at = found.push(0) - 1;
      setTimeout(() => {
        found[at] = performance.now() - since;
        if (found.length < texts.length) return;
        removeEventListener("keydown", onKey, true);
        done(found);
      });
    }
    if (found.length < texts.length) requestAnimationFrame(look);
  }));
}"""
AT_REST = """() => !document.getElementById("form").hasAttribute("data-unsaved")
  && document.body.dataset.live === "yes" """


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def processor_time(process: int) -> float:
    """Return what a process has used so far, in milliseconds (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def desk(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Run `newsletter preview` on a copy of the example; give its address, code and process."""
    for name in ("content", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "config.toml", folder / "config.toml")
    about = ("--config", str(folder), "--date", str(DAY))
    program = (sys.executable, "-m", "newsletter")
    subprocess.run([*program, "assemble", *about], cwd=ROOT, check=True, capture_output=True)
    with subprocess.Popen(
        [*program, "preview", *about, "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().partition(" is on the desk: ")[2].strip()
            code = process.stdout.readline().removeprefix("Its code is in ").partition(", ")[0]
            yield address, Path(code).read_text(encoding="ascii").strip(), process.pid
        finally:
            process.terminate()


def change_story(folder: Path, words: str) -> None:
    path = folder / "editions" / str(DAY) / "edition.toml"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("headline = "))
    lines[at] = f'headline = "{words}"'
    path.write_text("\n".join(lines), encoding="utf-8")


def change_template(folder: Path, words: str) -> None:
    path = folder / "templates" / "email" / "partials" / "footer.mjml.j2"
    text = path.read_text(encoding="utf-8")
    start = '<p class="small dim">'
    begun, _, rest = text.partition(start)
    path.write_text(begun + start + f"{words} " + rest, encoding="utf-8")


def painted(page: Page, words: str) -> None:
    page.wait_for_function(SHOWN, arg=words, polling="raf")
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))")


def saves(
    page: Page, folder: Path, change: Callable[[Path, str], None], rounds: int
) -> list[float]:
    found = []
    for number in range(rounds):
        words = f"{change.__name__} number {number:04}"

        def save_and_see(words: str = words) -> None:
            change(folder, words)
            painted(page, words)

        found.append(milliseconds(save_and_see))
        page.wait_for_timeout(250)  # the desk comes to rest
    return found


class Spent:
    """What the desk and the pages of the browser use of the processors, in milliseconds."""

    def __init__(self, browser: Browser, desk: int) -> None:
        self._session = browser.new_browser_cdp_session()
        self._desk = desk
        self.desk = self.pages = 0.0
        self.keys = 0

    def _now(self) -> tuple[float, float]:
        known = self._session.send("SystemInfo.getProcessInfo")["processInfo"]
        pages = sum(one["cpuTime"] * 1000 for one in known if one["type"] == "renderer")
        return processor_time(self._desk), pages

    @contextmanager
    def counted(self, keys: int) -> Iterator[None]:
        """Count what is used meanwhile."""
        desk, pages = self._now()
        yield
        now = self._now()
        self.desk, self.pages = self.desk + now[0] - desk, self.pages + now[1] - pages
        self.keys += keys


def typed(page: Page, field: str, start: str, spent: Spent, rounds: int) -> dict[str, list[float]]:
    """Type in a field from its place `start` on: a key after a pause, then several at a pace."""
    found: dict[str, list[float]] = {"the first key": [], "later keys": []}
    for _ in range(rounds):
        page.locator(field).focus()
        page.keyboard.press(start)
        letters = [TYPED[: at + 1] for at in range(len(TYPED))]
        for name, texts in (("the first key", letters[:1]), ("later keys", letters[1:])):
            page.evaluate(TYPES, texts)
            with spent.counted(len(texts)):
                page.keyboard.type("".join(text[-1] for text in texts), delay=PACE)
                found[name] += page.evaluate("() => window.typed")
        for _letter in TYPED:
            page.keyboard.press("Backspace")
        page.wait_for_function(AT_REST)
        page.wait_for_timeout(500)  # the desk comes to rest
    return found


def make_long(folder: Path) -> None:
    """Write an edition of eight stories with twelve paragraphs each."""
    words = "The boats of the harbour leave at every hour of the tide, and most of them come back"
    texts = ["\n\n".join(f"Part {at}.{n}. {words}. " * 3 for n in range(12)) for at in range(8)]
    tables = [
        f'[[stories]]\nheadline = "Story {at} of many"\ntext = """\n{text}"""\n'
        for at, text in enumerate(texts)
    ]
    path = folder / "editions" / str(LONG) / "edition.toml"
    path.parent.mkdir()
    path.write_text("\n".join(tables), encoding="utf-8")


def typing(page: Page, root: str, spent: Spent, rounds: int) -> dict[str, list[float]]:
    """Type at Write: in the headline and in the text of the example, and in a long edition."""
    found = {}
    for day, name, field, start in (
        (DAY, "headline", "#stories-0-headline", "End"),
        (DAY, "text", "#stories-0 .ProseMirror", "Control+Home"),
        (LONG, "text of a long edition", "#stories-5 .ProseMirror", "Control+Home"),
    ):
        page.goto(f"{root}{day}/write")
        page.wait_for_selector("#mail iframe")
        page.wait_for_function(AT_REST)
        page.wait_for_timeout(1000)
        for keys, times in typed(page, field, start, spent, rounds).items():
            found[f"{keys}, {name}"] = times
    return found


def reloads(page: Page, rounds: int) -> list[float]:
    def load_again() -> None:
        page.reload()
        painted(page, "The Harbour Brief")

    return [milliseconds(load_again) for _ in range(rounds)]


def renders(folder: Path, day: date, rounds: int) -> list[float]:
    def render() -> None:
        app = build(settings.load(folder, {}))
        app.proofs.preview(day)
        app.close()

    render()
    return [milliseconds(render) for _ in range(rounds)]


def saving(page: Page, root: str, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Save files while somebody looks."""
    page.goto(f"{root}{DAY}/")
    page.wait_for_selector("iframe")
    painted(page, "The Harbour Brief")
    page.wait_for_timeout(1000)
    return {
        "a story is saved": saves(page, folder, change_story, rounds),
        "a template is saved": saves(page, folder, change_template, rounds),
    }


def sign_in(page: Page, url: str, code: str) -> str:
    """Give the code; return what the addresses of the days begin with."""
    page.goto(url)
    page.locator("[name=token]").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    return page.url.removesuffix(f"{DAY}/today")


def show(found: Mapping[str, list[float]], bare: float) -> None:
    """Print a table."""
    print(f"{'':<42}{'median':>9}{'slowest':>10}{'ratio':>8}")
    for name, times in found.items():
        middle = statistics.median(times)
        print(f"{name:<42}{middle:>6.0f} ms{max(times):>7.0f} ms{middle / bare:>8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("all", "typing", "saving"), default="all")
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    rounds: int = asked.rounds
    browser_path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    with (
        tempfile.TemporaryDirectory() as name,
        desk(Path(name)) as (url, code, process),
        sync_playwright() as playwright,
    ):
        folder = Path(name)
        make_long(folder)
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("dialog", lambda dialog: dialog.accept())
        root = sign_in(page, url, code)
        found: dict[str, list[float]] = {}
        told = []
        if asked.what != "saving":
            spent = Spent(browser, process)
            found |= typing(page, root, spent, rounds)
            told.append(f"for one key: the desk {spent.desk / spent.keys:.0f} ms, "
                        f"the page {spent.pages / spent.keys:.0f} ms")  # fmt: skip
        if asked.what != "typing":
            spent = Spent(browser, process)
            with spent.counted(2 * rounds):
                found |= saving(page, root, folder, rounds)
            told.append(f"for one save: the desk {spent.desk / spent.keys:.0f} ms, "
                        f"the page {spent.pages / spent.keys:.0f} ms")  # fmt: skip
            found["the page is loaded again by hand"] = reloads(page, rounds)
        browser.close()
        bare = "bare: the edition is rendered once"
        found[bare] = renders(folder, DAY, rounds)
        found[f"{bare}, long"] = renders(folder, LONG, rounds)
    show(found, statistics.median(found[bare]))
    print("processor time, all requests included,", "; ".join(told))
    print(f"target of all but the last: {TARGET} ms to paint")


if __name__ == "__main__":
    main()
