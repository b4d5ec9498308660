"""Labels in another language than the mail are read out with the wrong voice (WCAG 2.2, 3.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.document import parse

CODE = "words-language"
LEVEL = Severity.WARNING

_ENGLISH = "Unsubscribe"  # what the templates say where no catalogue has the word


def check(checked: Checked) -> Iterator[Fault]:
    """Find a mail whose templates speak English, in a language that has no catalogue."""
    if checked.language.partition("-")[0] == "en":
        return
    for link in parse(checked.html).links:
        if link.text == _ENGLISH and link.get("href") == checked.unsubscribe_url:
            yield Fault(
                f"The templates' own words are English, and the mail is in {checked.language}.",
                "Translate them in templates/translations; `newsletter help templates` says how.",
                measured="en",
                limit=checked.language,
                place=link.place,
            )
