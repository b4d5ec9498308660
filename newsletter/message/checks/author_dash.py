"""The template sets an author apart by itself; a dash of the source's own stands there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Place, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import excerpt

CODE = "author-dash"
LEVEL = Severity.WARNING

_DASH = re.compile(r"\s*(?:[—–―‒]|--+|[-~]\s)\s*")


def check(checked: Checked) -> Iterator[Fault]:
    """Find an author or a byline that begins with a dash."""
    quote = checked.edition.quote
    named = [("byline", story.byline) for story in checked.edition.stories]
    for key, name in [*named, ("author", quote.author if quote else None)]:
        if name and (dash := _DASH.match(name)):
            yield Fault(
                f"The {key} begins with a dash: “{excerpt(name)}”.",
                f"Set `{key}` in edition.toml to the name alone.",
                measured=dash.group().strip(),
                limit="a name",
                place=Place(part="edition", excerpt=excerpt(name)),
            )
