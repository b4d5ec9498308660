"""Read a folder of pages, feeds or posts that the caller has, and count what goes wrong, by kind.

    python benchmarks/content.py pages FOLDER      HTML files, each an article
    python benchmarks/content.py feeds FOLDER      feeds of any form; each item that has a text
    python benchmarks/content.py posts FOLDER      Markdown files with front matter

Each count is followed by the names of its files (`--names 0` leaves them away). What is counted is
found by a parser of its own (lxml), never by the code that is measured. The time is that of the
processor, beside trafilatura alone on the same pages in the same run.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import TypeVar

import lxml.html
import trafilatura
from markdown_it import MarkdownIt

from newsletter.content import stories
from newsletter.content.feeds.items import FeedItem, read_items
from newsletter.content.source import Fetched, Home, Picture
from newsletter.content.sources._front_matter import read_front_matter
from newsletter.content.sources._near import Near
from newsletter.content.sources._written import written
from newsletter.content.web.charsets import decoded
from newsletter.content.web.page import read_web_page
from newsletter.core.errors import SourceError
from newsletter.core.model import Part, Supply

NOW = datetime(2026, 11, 29, 7, tzinfo=UTC)
WORDS = re.compile(r"\w+")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
SILENT = {"script", "style", "template", "noscript", "svg", "head", "iframe", "textarea", "select",
          "object", "audio", "video", "canvas", "option", "math", "rp"}  # fmt: skip
READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
PARSER = lxml.html.HTMLParser(encoding="utf-8")
LEFTOVERS = re.compile(r"</?\w+[^<>]*>|&[a-z]+;|\{\{[<%]|\{% |\[\^\w+\]|\]\(|<!--|\|---")
PARTED = {"br", "p", "li", "div", "td", "th", "tr", "section", "time", "header", "ul", "ol", "dd",
          "dt", "h1", "h2", "h3", "h4", "h5", "h6"}  # fmt: skip
SLOW = 3.0


T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """What was found, by kind: the names of the files."""

    read: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)

    def add(self, kind: str, name: str, *, when: object = True) -> None:
        """Count a file under a kind."""
        if when:
            self.faults[kind].append(name)


def no_picture(url: str) -> Picture:
    """Refuse every picture: nothing is fetched here."""
    raise SourceError(f"{url} is not fetched")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("pages", "feeds", "posts"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", type=int, default=12, help="names shown under each count")
    given = parser.parse_args()
    counts = Counts()
    measure = {"pages": pages, "feeds": feeds, "posts": posts}[given.kind]
    with redirect_stderr(io.StringIO()):
        measure(given.folder, counts)
    show(counts, names=given.names)


def pages(folder: Path, counts: Counts) -> None:
    """Read each HTML file as the page of an article."""
    for path in sorted(folder.rglob("*.htm*")):
        if path.name.startswith("expected"):
            continue
        name = str(path.relative_to(folder))
        body = path.read_bytes()
        fetched = Fetched(
            url="https://site.example/article", status=200, headers={}, body=body, at=NOW
        )
        supply = timed(counts, name, lambda f=fetched, n=name: supply_of_page(f, n))
        if supply is None:
            continue
        text = decoded(body, {})
        begun = time.process_time()
        trafilatura.bare_extraction(text, fast=True, include_comments=False)
        counts.peer.append(time.process_time() - begun)
        judge(text, supply, counts, name, is_page=True)


def supply_of_page(fetched: Fetched, name: str) -> Supply:
    page = read_web_page(fetched, name=name)
    return stories.from_page(page, part=Part.STORY, picture=no_picture, origin=name)


def feeds(folder: Path, counts: Counts) -> None:
    """Read each item of each feed that carries a text."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = str(path.relative_to(folder))
        fetched = Fetched(
            url="https://site.example/feed", status=200, headers={}, body=path.read_bytes(), at=NOW
        )
        items = timed(counts, name, lambda f=fetched, n=name: read_items(f, name=n)) or ()
        for number, item in enumerate(items, start=1):
            if item.html.strip() and item.title:
                item_of(item, f"{name}#{number}", counts)


def item_of(item: FeedItem, name: str, counts: Counts) -> None:
    def supply() -> Supply:
        return stories.from_item(item, part=Part.STORY, picture=no_picture, origin=name)

    found = timed(counts, name, supply)
    if found is not None:
        judge(item.html, found, counts, name, is_page=False)


def posts(folder: Path, counts: Counts) -> None:
    """Read each Markdown file as a story; what of its markup readers would see is a fault."""
    for path in sorted((*folder.rglob("*.md"), *folder.rglob("*.markdown"))):
        name = str(path.relative_to(folder))
        found = timed(counts, name, lambda p=path, n=name: post(p, n, folder))
        if found is None:
            continue
        words = "\n".join(shown(one) for one in found.stories[0].paragraphs if "`" not in one)
        left = LEFTOVERS.search(words)
        counts.add("markup that readers see", f"{name}: {left[0]}" if left else "", when=left)
        judge("", found, counts, name, is_page=False)


def post(path: Path, name: str, folder: Path) -> Supply:
    front = read_front_matter(path.read_bytes().decode("utf-8-sig"), name=name)
    if front.flag("draft") or front.flag("published") is False:
        raise SourceError("it is a draft")
    home = Home(url="https://site.example")
    near = Near(root=folder, folder=path.parent, home=home)
    return written(front, base=home.url, locate=near.locate)


def timed(counts: Counts, name: str, read: Callable[[], T]) -> T | None:
    """Run what reads a file; count what it raises and how long it takes."""
    begun = time.process_time()
    try:
        found = read()
    except SourceError as error:
        counts.refused[name] = error.what
        return None
    except Exception as error:  # noqa: BLE001  # it is what is counted
        counts.add(f"exceptions ({type(error).__name__})", name)
        return None
    counts.seconds.append(time.process_time() - begun)
    counts.add(f"slower than {SLOW:g} s", name, when=counts.seconds[-1] > SLOW)
    counts.read += 1
    return found


def judge(html: str, supply: Supply, counts: Counts, name: str, *, is_page: bool) -> None:
    """Count the faults of one supply against what a parser of its own sees in the markup."""
    lead = supply.stories[0]
    paragraphs = [shown(one) for story in supply.stories for one in story.paragraphs]
    counts.add("several stories", name, when=len(supply.stories) > 1)
    printed = " ".join((lead.headline, lead.byline or "", *paragraphs))
    counts.add("address beside a name", name, when=ADDRESS.search(lead.byline or ""))
    if not html.strip():
        return
    tree = lxml.html.document_fromstring(html.encode(), parser=PARSER)
    seen = Seen(tree, html)
    gone = " ".join(one.text for one in supply.left_out)
    features = json.dumps([str(one) for one in supply.others], ensure_ascii=False)
    lost = seen.lost(folded(f"{printed} {gone} {features}"))
    counts.add(
        "blocks neither kept nor listed", f"{name}: {lost[0][:60]}" if lost else "", when=lost
    )
    cut = [one for one in paragraphs if seen.is_cut(one, folded(printed))]
    counts.add("cut in mid-sentence", f"{name}: …{cut[0][-40:]}" if cut else "", when=cut)
    if not is_page:
        return
    counts.add("list item as headline", name, when=seen.is_item(lead.headline))
    counts.add("site's name in the headline", name, when=seen.has_site(lead.headline))
    counts.add("headline neither h1 nor structured", f"{name}: {lead.headline[:50]}",
               when=seen.headlines and folded(lead.headline) not in seen.headlines)  # fmt: skip
    counts.add("byline that structured data contradicts", f"{name}: {lead.byline}",
               when=seen.contradicts(lead.byline))  # fmt: skip


class Seen:
    """What another parser sees of a page."""

    def __init__(self, tree: lxml.html.HtmlElement, html: str) -> None:
        self.tree = tree
        self.starts = {folded(_text(one)) for one in tree.iter("p")}
        posts_ = list(_postings(html))
        self.posting = posts_[0] if posts_ else {}
        self.sites = [*_metas(tree, "og:site_name"), *_names(self.posting.get("publisher"))]
        titles = [*_metas(tree, "og:title"), str(self.posting.get("headline") or "")]
        tops = [one.text_content() for one in tree.iter("h1")]
        self.tops = {folded(one) for one in tops}
        plain = {folded(lxml.html.fromstring(f"<p>{one}</p>").text_content()) for one in titles}
        self.headlines = ({one for one in plain if one} | self.tops) - {""}
        for site in self.sites:
            self.headlines |= {one.removesuffix(folded(site)) for one in plain}

    def blocks(self) -> Iterator[str]:
        for element in self.tree.iter("p", "li", "h2", "h3", "blockquote", "dd", "dt"):
            if not any(one.tag in SILENT for one in element.iterancestors()):
                yield _text(element)

    def lost(self, have: str) -> list[str]:
        """Return the blocks whose words stand nowhere."""
        return [
            text
            for text in self.blocks()
            if folded(text) and folded(text) not in have and not _all_in(text, have)
        ]

    def is_cut(self, paragraph: str, printed: str) -> bool:
        """Say whether a paragraph is the beginning of a longer one whose rest is not printed."""
        words = folded(paragraph)
        if len(words) < 30:
            return False
        longer = [one for one in self.starts if one.startswith(words) and len(one) > len(words) + 3]
        return (
            bool(longer) and words not in self.starts and not any(one in printed for one in longer)
        )

    def is_item(self, headline: str) -> bool:
        own = folded(headline)
        items = {folded(_text(one)) for one in self.tree.iter("li")}
        return own in items and own not in self.headlines

    def has_site(self, headline: str) -> bool:
        own = folded(headline)
        return any(
            folded(site)
            and own.endswith(folded(site))
            and own != folded(site)
            and own not in self.tops
            for site in self.sites
        )

    def contradicts(self, byline: str | None) -> bool:
        names = [
            *_names(self.posting.get("author")), *_metas(self.tree, "author"),
            *_metas(self.tree, "article:author"), *_metas(self.tree, "parsely-author"),
        ]  # fmt: skip
        names = [unescape(one) for one in names if "://" not in one]
        known = folded(" ".join(names))
        return bool(byline and names) and not all(
            folded(one) in known for one in re.split(r", | and | und | et | y | e ", byline or "")
        )


def _all_in(text: str, have: str) -> bool:
    """Say whether every sentence or cell of a block stands somewhere: blocks may be parted."""
    pieces = [folded(one) for one in re.split(r"[\n.!?;:·|]+", text)]
    return all(one in have for one in pieces if one)


def _text(element: lxml.html.HtmlElement) -> str:
    """Return the words of an element, but for those no browser shows."""
    out = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in SILENT and not _is_hidden(child):
            out.append(("\n" if child.tag in PARTED else "") + _text(child))
        out.append(child.tail or "")
    return "".join(out)


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    classes = set((element.get("class") or "").lower().split())
    return (
        element.get("hidden") is not None
        or "display:none" in style
        or "visibility:hidden" in style
        or bool(classes & {"screen-reader-text", "sr-only", "visually-hidden", "hidden"})
    )


def _metas(tree: lxml.html.HtmlElement, name: str) -> list[str]:
    found = tree.xpath("//meta[@property=$n or @name=$n]/@content", n=name)
    return [one.strip() for one in found if one.strip()]


def _postings(html: str) -> Iterator[dict[str, object]]:
    pattern = r"<script[^>]+application/ld\+json[^>]*>(.*?)</script>"
    for script in re.findall(pattern, html, re.DOTALL | re.IGNORECASE):
        try:
            found = json.loads(script, strict=False)
        except ValueError:
            continue
        for one in found if isinstance(found, list) else [found]:
            graph = one.get("@graph", [one]) if isinstance(one, dict) else []
            yield from (each for each in graph if isinstance(each, dict) and each.get("headline"))


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for one in value for name in _names(one)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return [value] if isinstance(value, str) else []


def shown(markdown_: str) -> str:
    """Return the words that readers see of a block."""
    return lxml.html.fromstring(f"<div>{READER.render(markdown_)}</div>").text_content()


def folded(text: str) -> str:
    """Fold a text to its letters and figures."""
    table = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ⁿⁱ", "01234567890123456789ni")
    return "".join(WORDS.findall(text.translate(table).casefold())).replace("_", "")


def show(counts: Counts, *, names: int) -> None:
    print(f"{counts.read} read, {len(counts.refused)} refused with a reason")
    for kind in sorted(counts.faults):
        found = counts.faults[kind]
        print(f"{len(found):6}  {kind}")
        for name in found[:names]:
            print(f"          {name}")
    if counts.seconds:
        own = statistics.median(counts.seconds)
        print(
            f"{own * 1000:6.1f}  ms of the processor, median; slowest {max(counts.seconds):.2f} s"
        )
    if counts.peer:
        peer = statistics.median(counts.peer)
        ratio = statistics.median(
            a / b for a, b in zip(counts.seconds, counts.peer, strict=False) if b
        )
        print(
            f"{peer * 1000:6.1f}  ms trafilatura alone; ratio {own / peer:.2f}, by page {ratio:.2f}"
        )
    for name, reason in list(counts.refused.items())[:names]:
        print(f"refused  {name}: {reason}")


if __name__ == "__main__":
    main()
