"""What a check found, in an editor's words: what is so, why a reader minds, where it is put right.

A check tells it with its measures, for whoever runs the newsletter; those stay behind a fold. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from newsletter.core.model.findings import Finding
from newsletter.web.desk.error_words import SET_UP, spoken
from newsletter.web.desk.words import N_, _


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as the desk says it."""

    title: str
    text: str
    button: str


# By the check's id: what is so, what it means to a reader, and what the button says.
_SAID: Mapping[str, tuple[str, str, str]] = {
    "img-alt": (
        N_("The picture has no description"),
        N_("Whoever cannot see it, or has pictures off, gets nothing in its place."),
        N_("Describe it"),
    ),
    "quote-attribution": (
        N_("The quote names no work"),
        N_("It is said to be by somebody, and nobody can look it up."),
        N_("Choose another"),
    ),
    "size-clip": (
        N_("Gmail will soon cut it off"),
        N_("The mail is so long that its end is hidden there, the way out included."),
        N_("Shorten it"),
    ),
    "size-large": (
        N_("The mail is long"),
        N_("Gmail cuts a mail off where it gets much longer."),
        N_("Shorten it"),
    ),
    "story-short": (
        N_("The story is shorter than most"),
        N_("Look whether all of it is here."),
        N_("Look at the text"),
    ),
    "lead-story": (
        N_("There is no story"),
        N_("Readers would get a mail without one."),
        N_("Write it"),
    ),
    "lead-doubtful": (
        N_("The story may not be whole"),
        N_("Look whether it reads to its end."),
        N_("Look at the text"),
    ),
    "headline-doubtful": (
        N_("Another line may be the headline"),
        N_("The page has two lines that may well be it."),
        N_("Look at the headline"),
    ),
    "link-text": (
        N_("A link does not say where it leads"),
        N_("Whoever hears the mail read hears only the link."),
        N_("Change the link"),
    ),
    "link-placeholder": (
        N_("A link leads to an example address"),
        N_("Whoever presses it gets nowhere."),
        N_("Change the link"),
    ),
    "link-empty": (
        N_("A link leads nowhere"),
        N_("A press on it does nothing."),
        N_("Change the link"),
    ),
    "repeat": (
        N_("Readers had this before"),
        N_("Within the last year."),
        N_("Choose another"),
    ),
    "postal-address": (
        N_("The postal address is missing"),
        N_("The law asks for it, and mail without it is taken for spam."),
        N_("Look at it"),
    ),
    "subject": (
        N_("The subject is cut off in most inboxes"),
        N_("What stands at its end is not seen."),
        N_("Shorten it"),
    ),
    "markup-left": (
        N_("Signs of the markup stand in the text"),
        N_("Readers see them as they are."),
        N_("Look at the text"),
    ),
    "spam": (
        N_("Mail filters would take it for spam"),
        N_("Many readers would not find it in their inbox."),
        N_("Look at it"),
    ),
    "img-format": (
        N_("Outlook does not show this picture"),
        N_("It shows JPEG, PNG and GIF."),
        N_("Change the picture"),
    ),
    "author-dash": (
        N_("A name begins with a dash"),
        N_("The mail writes one before it by itself."),
        N_("Change it"),
    ),
    "byline-address": (
        N_("There is an “@” in the byline"),
        N_("A name should stand there."),
        N_("Change it"),
    ),
    "quotes-doubled": (
        N_("The quotation marks are doubled"),
        N_("The mail writes those of the quote by itself."),
        N_("Change it"),
    ),
    "smart-quotes": (
        N_("Straight and curly quotation marks are mixed"),
        N_("Choose one kind; curly ones read better."),
        N_("Look at the text"),
    ),
    "word-pos": (
        N_("The part of speech may be wrong"),
        N_("A dictionary has the word as another one."),
        N_("Change it"),
    ),
    "number-repeat": (
        N_("One number is said of two things"),
        N_("Look whether both are right."),
        N_("Look at the text"),
    ),
    "headline-repeated": (
        N_("The story begins with its headline once more"),
        N_("Readers read it twice."),
        N_("Look at the text"),
    ),
    "preheader": (
        N_("The preview line could say more"),
        N_("It stands beside the subject in the inbox."),
        N_("Change it"),
    ),
}
_FIELDS = {"story": "stories-0", "fact": "fact", "quote": "quote", "word": "word"}
# Where the check's own part is put right.
_BY_CODE: Mapping[str, str] = {
    "img-alt": "stories-0-image-alt",
    "quote-attribution": "quote",
    "quotes-doubled": "quote",
    "author-dash": "quote",
    "byline-address": "stories-0-byline",
    "markup-left": "stories-0-text",
    "number-repeat": "stories-0-text",
    "smart-quotes": "stories-0-text",
    "word-pos": "word",
    "word-sentence": "word",
    "subject": "subject",
    "preheader": "preheader",
    "story-short": "stories-0-text",
    "lead-story": "stories-0-headline",
    "lead-doubtful": "stories-0-text",
    "headline-doubtful": "stories-0-headline",
    "headline-repeated": "stories-0-headline",
    "paragraph-repeated": "stories-0-text",
}


# What only whoever makes the templates can put right; the check's own words stand behind a fold.
_OF_THE_TEMPLATE = frozenset(
    {
        "charset", "contrast", "css-extra", "css-support", "dark-complete", "doctype",
        "heading-order", "img-width", "lang-dir", "line-length", "list-unsubscribe",
        "mso-balance", "style-budget", "style-large", "style-nested-at", "table-role",
        "text-agrees", "text-lines", "text-part", "title", "unsubscribe", "viewport",
        "words-language",
    }
)  # fmt: skip
_TEMPLATE_SAID = (
    N_("Something in the template is not in order"),
    N_("Tell whoever made it; what was measured stands below."),
    N_("Look at it"),
)


def plain(one: Finding) -> Said:
    """Say a finding in an editor's words; a check without any says it in its own."""
    known = _TEMPLATE_SAID if one.code in _OF_THE_TEMPLATE else _SAID.get(one.code)
    if known is None:
        hint = "" if SET_UP.search(one.hint) else spoken(one.hint)
        return Said(spoken(one.message), hint, _("Put it right"))
    return Said(*map(_, known))


def in_words(one: Finding) -> dict[str, str]:
    """Return a finding in the desk's language: its own words, and those for an editor."""
    return {"message": spoken(one.message), "hint": spoken(one.hint), **asdict(plain(one))}


def field_of(one: Finding) -> str:
    """Return where it is put right, below the edition's date."""
    if one.code in _BY_CODE:
        return f"write#{_BY_CODE[one.code]}"
    place = one.place
    if place is None:
        return "write"
    if place.part in {"subject", "preheader"}:
        return f"write#{place.part}"
    return f"write#{_FIELDS[part]}" if (part := str(place.part)) in _FIELDS else "write"
