"""A word that no dictionary knows is a name, a new word, or a slip."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.core.sentences import said
from newsletter.message.check import Checked

CODE = "spelling"
LEVEL = Severity.INFO


def check(checked: Checked) -> Iterator[Fault]:
    """Find words the dictionary does not know; where it was not asked, nothing is known."""
    for found in checked.outside.misspelt:
        near = f"Perhaps {', '.join(found.suggestions)}? " if found.suggestions else ""
        yield Fault(
            said("“%(word)s” is not in the dictionary.", word=found.word),
            f"{near}A word that is right goes into content/spelling.txt.",
            measured=found.word,
            limit="a word of the dictionary, or of content/spelling.txt",
            place=Place(part="edition", excerpt=found.word),
        )
