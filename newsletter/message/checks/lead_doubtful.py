"""The lead of a copied page is doubtful where it looks like the site's own words."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model import Edition, Part, Story
from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "lead-doubtful"
LEVEL = Severity.ERROR

LEAST_CHARACTERS = 40  # of the longest paragraph
LEAST_WORDS = 2  # of the headline
_HINT = (
    "Correct it in edition.toml or on the desk; `newsletter page learn` says what a line of your"
    " site is from now on."
)


def check(checked: Checked) -> Iterator[Fault]:
    """Find a lead that is the publication's name, or of a copied page one word or no paragraph.

    An editor's own story may have a headline of one word.
    """
    if not checked.edition.stories:
        return
    lead = checked.edition.stories[0]
    words = lead.headline.split()
    if words and _folded(lead.headline) == _folded(checked.publication):
        what = "The lead's headline is the publication's name."
        yield _fault(what, lead, measured=lead.headline, limit="a headline of its own")
    if not _is_copied(checked.edition):
        return
    if len(words) == 1:
        what = f"The lead's headline is one word, “{words[0]}”, as navigation is."
        yield _fault(what, lead, measured="1 word", limit=f"{LEAST_WORDS} words")
    longest = max(map(len, lead.paragraphs), default=0)
    if 0 < longest < LEAST_CHARACTERS:
        what = f"The lead has no paragraph of {LEAST_CHARACTERS} characters."
        limit = f"{LEAST_CHARACTERS} characters"
        yield _fault(what, lead, measured=f"{longest} characters", limit=limit)


def _is_copied(edition: Edition) -> bool:
    """Say whether the story was read from a copied page."""
    known = edition.background.provenance
    return any(one.part is Part.STORY and one.source == "page" for one in known)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(" .!:")


def _fault(what: str, lead: Story, *, measured: str, limit: str) -> Fault:
    place = Place(part="edition", excerpt=lead.headline or excerpt(" ".join(lead.paragraphs)))
    return Fault(what, _HINT, measured=measured, limit=limit, place=place)
