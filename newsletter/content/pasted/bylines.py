"""Recognise who wrote it: "Writer: Ada Marsh", "By Ada Marsh"; and a picture's caption."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.content.pasted.dates import is_dateline, is_reading_time, without_date
from newsletter.content.pasted.folding import fold, plain

_LONGEST = 120
_LABELS = (
    r"writers?|written by|words(?: by)?|texts?(?: by)?|authors?|reporters?|reporting by|story by"
    r"|posted by|published by|editors?|edited by|byline|contributors?"
    r"|autor(?:in|en)?|autores|autor\(a\)|texto|geschrieben von|verfasst von|redaktion|escrito por"
    r"|redactora?|auteure?s?|autrice|texte|écrit par|rédigé par|rédaction|autor[ei]|testo"
    r"|scritto da|tekst|geschreven door|redactie|escrito por|redação|بقلم|كتب|מאת|כתב"
)
_PREPOSITIONS = r"by|von|por|par|di|door"
_LABELLED = re.compile(rf"(?:{_LABELS}) ?: ?(?P<names>\S.*)", re.IGNORECASE)
_SAID = re.compile(
    r"(?:(?:written|words|texts?|story|reporting|posted|published|edited) by"
    r"|(?:geschrieben|verfasst) von|escrito por|(?:écrit|rédigé) par|scritto da|geschreven door)"
    r" (?P<names>\S.*)",
    re.IGNORECASE,
)
_PREPOSED = re.compile(rf"(?:{_PREPOSITIONS}) (?P<names>\S.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"[(<\[]?(?:mailto:)?[^\s@()<>\[\]]+@[^\s@()<>\[\]]+[)>\]]?")
_BEHIND = re.compile(r" ?[|·•] ?.*| [–—-] .*|, .*| on [^,]*\d.*")
_OFFICE = re.compile(
    r", [^,]*\b(?:correspondent|reporter|editor|writer|staff|desk|columnist|journalist|chief"
    r"|redakteur(?:in)?|reporterin|korrespondent(?:in)?|journaliste?|redactora?|giornalista)\b.*",
    re.IGNORECASE,
)
_BAR = re.compile(r" ?[|·•] ?| [–—-] | (?:by|von|por|par|di|door) ", re.IGNORECASE)
_SEVERAL = re.compile(r" (?:and|und|y|et|e|en|&|with) |, ", re.IGNORECASE)
_INSIDE = frozenset(
    re.split(r"\|", "al|and|bin|da|de|del|della|der|di|du|el|ibn|la|le|ten|ter|van|von|y")
)
_MOST_WORDS = 5  # of one name

_CAPTION = re.compile(
    r"(?:photo|image|picture|caption|foto|bild|bildunterschrift|fotograf(?:ie|ía|ia)?|imagen"
    r"|légende|photographie|immagine|didascalia|afbeelding|bijschrift|imagem|legenda)s? ?: ?\S.*",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 200


@dataclass(frozen=True, slots=True)
class Byline:
    """Who is named, and how sure that is."""

    name: str  # empty: an e-mail address alone, which is nobody's name
    is_labelled: bool  # "Writer: …", not "By …", with which a sentence may begin as well


def read_byline(block: str) -> Byline | None:
    """Read a line that says who wrote it; None where it is something else."""
    if len(block) > _LONGEST:
        return None
    line = plain(block)
    labelled = _LABELLED.fullmatch(line) or _SAID.fullmatch(line)
    found = labelled or _PREPOSED.fullmatch(line)
    if found is None:
        return _beside_date(block)
    printed = block[found.start("names") :]
    bare = " ".join(_ADDRESS.sub("", printed).split()).removesuffix(".").strip(" ,;")
    bare = without_date(bare)
    if not bare:
        return Byline("", is_labelled=labelled is not None)
    name = _names(bare)
    return Byline(name, is_labelled=labelled is not None) if name else None


def _beside_date(block: str) -> Byline | None:
    """Read "Ada Marsh | March 3, 2031", in either order, and "March 3, 2031 by Ada Marsh"."""
    parts = [part.strip() for part in _BAR.split(block)]
    names = [part for part in parts if is_name(part) and " " in part]
    dates = [part for part in parts if is_dateline(part) or is_reading_time(part)]
    if len(names) != 1 or not dates or len(names) + len(dates) != len(parts):
        return None
    return Byline(names[0], is_labelled=False)


def learned_byline(block: str) -> str:
    """Return the name in a line that an editor said is one."""
    found = read_byline(block)
    if found is not None:
        return found.name
    _label, colon, behind = block.partition(":")
    bare = _ADDRESS.sub("", behind if colon and behind.strip() else block)
    return " ".join(bare.split()).strip(" ,;")


def is_name(text: str) -> bool:
    """Say whether words are a person's or an agency's name: capitalised, few, without a digit."""
    words = text.split()
    if not words or len(words) > _MOST_WORDS or any(map(str.isdigit, text)):
        return False
    if not all(word[0].isalpha() and _is_name_word(word) for word in words):
        return False
    return not words[0][0].islower()


def is_caption(block: str) -> bool:
    """Say whether a line is a caption by its label."""
    return len(block) <= _LONGEST_CAPTION and _CAPTION.fullmatch(plain(block)) is not None


def _names(text: str) -> str:
    """Return the names a text begins with; what stands behind a comma or a bar is no name."""
    text = _OFFICE.sub("", text)
    for candidate in (text, _BEHIND.sub("", text, count=1)):
        if all(is_name(one) for one in _SEVERAL.split(candidate)):
            return candidate
    return ""


def _is_name_word(word: str) -> bool:
    return not word[0].islower() or fold(word) in _INSIDE
