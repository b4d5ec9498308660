"""Collect the words of the desk into its catalogues, keep what is translated, and compile them.

Those are its own, and the sentences that the rest of the program makes with `said` of
`newsletter/core/sentences.py`: errors, findings, reasons. What speaks of commands, files and
templates is for whoever set it up, and is left out.

`python tools/desk_words.py` rewrites `desk.pot` and every `desk.po`, and compiles each.
`python tools/desk_words.py --open` prints what is not translated yet, by language.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

DESK = Path(__file__).parent.parent / "newsletter" / "web" / "desk"
PACKAGE = DESK.parent.parent
FOLDER = DESK / "translations"
DOMAIN = "desk"
LANGUAGES = ("ar", "de", "es", "fr", "he", "it", "nl", "pt")
ONCE = datetime(2026, 11, 1, tzinfo=UTC)  # in each head, so that the same words stay the same file
_METHODS = [("pages/*.bundle.js", "ignore"), ("**.py", "python"), ("**.html.j2", "jinja2"),
            ("**.js", "javascript")]  # fmt: skip
_OPTIONS = {"**.html.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
_SAID_METHODS = [("**.py", "python")]
_SAID = {"said": None}
_SET_UP = re.compile(r"\bnewsletter [a-z]|--[a-z]|\.toml|\{\{")  # as the desk knows it
_KEYWORDS = {**DEFAULT_KEYWORDS, "counted": (1, 2), "N_": None, "_": None}


def collected() -> Catalog:
    """Return every sentence the desk says."""
    catalogue = Catalog(fuzzy=False, header_comment="# The words of the desk.", creation_date=ONCE)
    found = extract_from_dir(
        DESK, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, strip_comment_tags=True
    )
    said = extract_from_dir(PACKAGE, method_map=_SAID_METHODS, keywords=_SAID)
    messages = {
        *(one[2] for one in found),
        *(one[2] for one in said if not _SET_UP.search(str(one[2]))),
    }
    for message in sorted(messages, key=str):
        catalogue.add(message)
    return catalogue


def path_of(language: str) -> Path:
    """Return the source of a language's catalogue."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """Return a language's catalogue as it is; an empty one where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, words: Catalog) -> Catalog:
    """Return a language's catalogue with exactly the sentences the desk says."""
    old = read(language)
    new = Catalog(
        locale=language,
        fuzzy=False,
        header_comment="# The words of the desk.",
        creation_date=ONCE,
        revision_date=ONCE,
    )
    for message in words:
        if not message.id:
            continue
        known = old.get(message.id if isinstance(message.id, str) else message.id[0])
        is_same = known is not None and known.pluralizable == message.pluralizable
        new.add(message.id, known.string if known is not None and is_same else None)
    return new


def untranslated(catalogue: Catalog) -> Iterator[object]:
    """Yield the sentences without a translation."""
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(forms):
            yield message.id


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue; the same words make the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, no_location=True, sort_output=True, omit_header=False, width=100)


def compiled(catalogue: Catalog, path: Path) -> None:
    """Write what the desk reads."""
    with path.open("wb") as file:
        write_mo(file, catalogue)


def main() -> None:
    """Do it for all languages."""
    words = collected()
    if "--open" not in sys.argv:
        write(words, FOLDER / f"{DOMAIN}.pot")
    for language in LANGUAGES:
        catalogue = updated(language, words)
        for sentence in untranslated(catalogue):
            print(f"{language}: {sentence}")
        if "--open" not in sys.argv:
            write(catalogue, path_of(language))
            compiled(read(language), path_of(language).with_suffix(".mo"))


if __name__ == "__main__":
    main()
