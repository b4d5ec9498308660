"""Languages as BCP 47 writes them: `pt-BR`, `zh-Hant-TW`, `sr-Latn`.

Only the form is looked at (RFC 5646, section 2.1), never the registry, so that a tag that is
registered tomorrow is taken today. A first subtag of more than three letters, which the form has
room for and the registry does not use, is refused: `English` is no tag. So are tags that name no
language: private ones (`x-…`) and those kept from before the form was fixed (`i-…`).
"""

from __future__ import annotations

import re

_TAG = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}"  # language, and what extends it
    r"(?:-[a-z]{4})?"  # script
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"  # region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"  # extensions
    r"(?:-x(?:-[a-z0-9]{1,8})+)?",  # private use
    re.ASCII,
)
_LONGEST = 100


def tag_of(text: str) -> str | None:
    """Read a tag in whatever case; None for what is none.

    Case is that of RFC 5646, section 2.1.1; an underscore, as in `pt_BR`, counts as a hyphen.
    Reading a tag again changes nothing.
    """
    small = text.strip().lower().replace("_", "-")
    if len(small) > _LONGEST or not _TAG.fullmatch(small):
        return None
    language, *rest = small.split("-")
    single = next((at for at, part in enumerate(rest) if len(part) == 1), len(rest))
    return "-".join([language, *map(_in_case, rest[:single]), *rest[single:]])


def _in_case(part: str) -> str:
    """Write a region in capitals and a script with one; a variant has digits or more letters."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part
