"""How long it takes from saving a file to seeing the mail, in a real browser at the desk.

A file is saved, and the clock stops when both frames have painted what was saved. Beside it stands
what nobody can do without: rendering the same edition once in this process, and loading the page
again by hand. Medians and the slowest count; the target is 300 ms.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402

from newsletter.app import build  # noqa: E402
from newsletter.core.config import settings  # noqa: E402

DAY = date(2026, 3, 2)
TARGET = 300  # milliseconds
Change = Callable[[Path, str], None]
SHOWN = """words => [...document.querySelectorAll('iframe')].every((frame) =>
  frame.contentDocument?.body?.textContent.includes(words))"""


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


def reloads(page: Page, rounds: int) -> list[float]:
    def load_again() -> None:
        page.reload()
        painted(page, "The Harbour Brief")

    return [milliseconds(load_again) for _ in range(rounds)]


def renders(folder: Path, rounds: int) -> list[float]:
    def render() -> None:
        app = build(settings.load(folder, {}))
        app.proofs.preview(DAY)
        app.close()

    render()
    return [milliseconds(render) for _ in range(rounds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds: int = parser.parse_args().rounds
    browser_path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    with (
        tempfile.TemporaryDirectory() as name,
        desk(Path(name)) as (url, code, process),
        sync_playwright() as playwright,
    ):
        folder = Path(name)
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url)
        page.locator("[name=token]").fill(code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/today")
        page.goto(page.url.removesuffix("today"))
        page.wait_for_selector("iframe")
        painted(page, "The Harbour Brief")
        page.wait_for_timeout(1000)
        before = processor_time(process)
        found = {
            "a story is saved": saves(page, folder, change_story, rounds),
            "a template is saved": saves(page, folder, change_template, rounds),
        }
        spent = (processor_time(process) - before) / (2 * rounds)
        found |= {
            "the page is loaded again by hand": reloads(page, rounds),
            "bare: the edition is rendered once": renders(folder, rounds),
        }
        browser.close()
    bare = statistics.median(found["bare: the edition is rendered once"])
    print(f"{'':<36}{'median':>9}{'slowest':>10}{'ratio':>8}")
    for name, times in found.items():
        middle = statistics.median(times)
        print(f"{name:<36}{middle:>6.0f} ms{max(times):>7.0f} ms{middle / bare:>8.1f}")
    print(f"processor time of the desk for one save, all requests included: {spent:.0f} ms")
    print(f"target for the first two: {TARGET} ms from save to paint")


if __name__ == "__main__":
    main()
