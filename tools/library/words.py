"""Make and hold the library's words: respellings, senses, tables, and the rules of an entry.

    python tools/library/words.py fill    complete entries: id, respelling, sense, licence
    python tools/library/words.py tables  write wordnet.json and parts_of_speech.txt.gz anew
    python tools/library/words.py check   judge every entry, its sense against WordNet's own files
    python tools/library/words.py senses  print definition beside gloss, for a second reader

Raw material, needed only here: WordNet 3.0 (Debian `wordnet-base`; --wordnet FOLDER) and CMUdict
(npm `cmu-pronouncing-dictionary`, unpacked; --cmudict FILE). A respelling in the file is never
overwritten: what was mended by hand stays, and `check` lists where it differs from the derived.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import respelling
import rules

LIBRARY = Path(__file__).resolve().parents[2] / "newsletter" / "content" / "library"
WORDS, TABLE = LIBRARY / "words.jsonl", LIBRARY / "wordnet.json"
DICTIONARY = LIBRARY / "parts_of_speech.txt.gz"
LETTERS = {"noun": "n", "verb": "v", "adjective": "a", "adverb": "r"}
_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_LEMMA = re.compile(r"[a-z]{4,14}")
_LIMIT = 500_000  # bytes of the compressed dictionary

Entry = dict[str, Any]
Senses = Mapping[str, tuple[str, ...]]  # letter → synset ids, the most frequent sense first


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["fill", "tables", "check", "senses"])
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--cmudict", type=Path, default=Path("package/index.js"))
    given = parser.parse_args()
    wordnet = read_wordnet(given.wordnet)
    entries = read_entries(WORDS)
    if given.command == "tables":
        write_tables(entries, wordnet)
    elif given.command == "senses":
        print_senses(entries, read_glosses(given.wordnet))
    elif given.command == "fill":
        sounds = read_cmudict(given.cmudict)
        write_entries([filled(entry, i, wordnet, sounds) for i, entry in enumerate(entries, 1)])
    else:
        report(entries, wordnet, read_cmudict(given.cmudict))


def read_entries(path: Path) -> list[Entry]:
    """Read a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_entries(entries: Iterable[Entry]) -> None:
    """Write the words, one a line."""
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    WORDS.write_text("".join(lines), encoding="utf-8")


def read_wordnet(folder: Path) -> dict[str, Senses]:
    """Read WordNet's index files: lemma → its senses by part of speech."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for letter, name in _FILES.items():
        for line in (folder / f"index.{name}").read_text(encoding="ascii").splitlines():
            if line.startswith(" "):  # the licence
                continue
            fields = line.split()
            offsets = fields[len(fields) - int(fields[2]) :]
            ids = tuple(f"wn30:{offset}-{letter}" for offset in offsets)
            found.setdefault(fields[0], {})[letter] = ids
    return dict(found)


def read_glosses(folder: Path) -> dict[str, str]:
    """Read WordNet's glosses by synset id, to compare senses by eye; they are not shipped."""
    return {
        f"wn30:{line[:8]}-{letter}": line.partition(" | ")[2].strip()
        for letter, name in _FILES.items()
        for line in (folder / f"data.{name}").read_text(encoding="ascii").splitlines()
        if not line.startswith(" ")
    }


def read_cmudict(path: Path) -> dict[str, str]:
    """Read CMUdict from the npm package's module: word → its first pronunciation."""
    pair = re.compile(r'^\s*"?([a-z]+)"?: "([A-Z0-9 ]+)"', re.MULTILINE)
    return dict(pair.findall(path.read_text(encoding="utf-8")))


def filled(
    entry: Entry, number: int, wordnet: Mapping[str, Senses], sounds: Mapping[str, str]
) -> Entry:
    """Complete an entry: what stands there already is kept."""
    word, letter = entry["word"], LETTERS[entry["pos"]]
    return {
        "id": entry.get("id") or f"w{number:04}",
        "word": word,
        "pos": entry["pos"],
        "respelling": entry.get("respelling") or derive(word, sounds),
        "definition": entry["definition"],
        "extra_sense": entry.get("extra_sense"),
        "sentence": entry["sentence"],
        "sense_ref": entry.get("sense_ref") or next(iter(wordnet[word].get(letter, ())), ""),
        "licence": rules.LICENCE,
    }


def derive(word: str, sounds: Mapping[str, str]) -> str:
    """Derive a respelling; nothing where CMUdict does not have the word."""
    return respelling.respell(sounds[word], spelling=word) if word in sounds else ""


def write_tables(entries: Iterable[Entry], wordnet: Mapping[str, Senses]) -> None:
    """Write the senses of the library's words, and the parts of speech of all common lemmas."""
    table = {entry["word"]: wordnet[entry["word"]] for entry in entries}
    lines = (f"{json.dumps(word)}: {json.dumps(table[word])}" for word in sorted(table))
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii")
    listed = (f"{word} {''.join(wordnet[word])}\n" for word in sorted(wordnet) if _is_lemma(word))
    # No moment of writing inside: the same material gives the same file.
    packed = gzip.compress("".join(listed).encode("ascii"), mtime=0)
    if len(packed) > _LIMIT:
        raise SystemExit(
            f"{DICTIONARY.name} would have {len(packed)} bytes; {_LIMIT} is the limit."
        )
    DICTIONARY.write_bytes(packed)


def _is_lemma(word: str) -> bool:
    return bool(_LEMMA.fullmatch(word))


def print_senses(entries: Iterable[Entry], glosses: Mapping[str, str]) -> None:
    """Print each definition beside the gloss of the synset it names."""
    for entry in entries:
        print(f"{entry['word']}: {entry['definition']}\n    {glosses.get(entry['sense_ref'])}")


def report(entries: list[Entry], wordnet: Mapping[str, Senses], sounds: Mapping[str, str]) -> None:
    """Print what is wrong, and where a respelling was mended by hand; fail on any fault."""
    faults = [*rules.faults_between(entries), *_faults(entries, wordnet)]
    for entry in entries:
        derived = derive(entry["word"], sounds) or "(not in CMUdict)"
        if derived != entry["respelling"]:
            print(f"{entry['word']}: {entry['respelling']}, derived {derived}")
    print(f"{len(entries)} words, {len(faults)} faults.")
    if faults:
        raise SystemExit("\n".join(faults))


def _faults(entries: Iterable[Entry], wordnet: Mapping[str, Senses]) -> Iterator[str]:
    for entry in entries:
        for fault in rules.faults_of(entry, wordnet.get(entry["word"], {})):
            yield f"{entry['word']}: {fault}"


if __name__ == "__main__":
    main()
