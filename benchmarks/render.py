"""How long an edition takes to its message and its checks, against the bare libraries.

Bare is mjml-python on the same MJML, and premailer with the same options on the same HTML and
style sheet. Both are measured in turn, in one process, in processor time; medians count.
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import mjml
from premailer import Premailer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from newsletter.core.model import Edition, Fact  # noqa: E402
from newsletter.message import check as message_check  # noqa: E402
from newsletter.message.render.message import Rendered, render  # noqa: E402
from newsletter.message.render.templates import Template  # noqa: E402
from newsletter.message.render.variables import shared  # noqa: E402
from tests.support.checked import check_edition  # noqa: E402
from tests.support.edition import TEMPLATES, make_edition, make_full_edition, make_settings  # noqa: E402

FOLDERS = [TEMPLATES]
SETTINGS = make_settings(ROOT)


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def ours(edition: Edition) -> Rendered:
    return render(edition, SETTINGS, folders=FOLDERS)


def bare(markup: str, css: str) -> str:
    html = mjml.mjml2html(markup, fonts={}).replace("<!doctype html>", "<!DOCTYPE html>", 1)
    premailer = Premailer(
        html.replace("<style", '<style data-premailer="ignore"'),
        css_text=[css],
        strip_important=False,
        disable_validation=True,
        allow_network=False,
        remove_unset_properties=False,
        align_floating_images=False,
        disable_basic_attributes=["align", "valign", "bgcolor", "width", "height"],
        cssutils_logging_level=logging.CRITICAL,
    )
    return str(premailer.transform(pretty_print=False))


def compare(name: str, edition: Edition, rounds: int) -> None:
    template = Template("brief", FOLDERS, language="en")
    css = template.base_css(shared(edition, SETTINGS))
    cold = milliseconds(lambda: ours(edition))
    markup = ours(edition).mjml
    pairs = [
        (milliseconds(lambda: ours(edition)), milliseconds(lambda: bare(markup, css)))
        for _ in range(rounds)
    ]
    message = statistics.median(mine for mine, _ in pairs)
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    found = statistics.median(milliseconds(check) for check in fresh_checks(edition, rounds))
    print(
        f"{name:12} {cold:8.1f} {message:8.1f} {statistics.median(b for _, b in pairs):8.1f}"
        f" {ratio:8.2f} {found:8.1f} {ours(edition).message.html_bytes:10,}"
    )


def fresh_checks(edition: Edition, rounds: int) -> list[Callable[[], object]]:
    """Return as many checks of messages that nothing has been remembered of."""
    messages = [check_edition(replace(edition, subject=f"Number {n}")) for n in range(rounds)]
    return [partial(message_check.run, message, {}) for message in messages]


def megabytes() -> float:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1_048_576


def growth(editions: int) -> None:
    """Render many editions, all different, and print the memory before and after the last 90 %."""
    for number in range(editions):
        if number == editions // 10:
            before = megabytes()
        ours(replace(make_edition(), fact=Fact(text=f"There are {number} pins in the bridge.")))
    print(f"{editions} editions: {before:.1f} MB after a tenth, {megabytes():.1f} MB at the end")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--editions", type=int, default=500)
    told = parser.parse_args()
    print(
        f"{'milliseconds':12} {'first':>8} {'message':>8} {'bare':>8} {'ratio':>8} {'checks':>8}"
        f" {'HTML bytes':>10}"
    )
    compare("an edition", make_edition(), told.rounds)
    compare("everything", make_full_edition(), told.rounds)
    print("limits                40.0               1.50    150.0")
    growth(told.editions)


if __name__ == "__main__":
    main()
