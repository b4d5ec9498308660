"""The mails to the editor: what a reader wrote, in the publication's language, kept before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from newsletter.core.model.single_mails import SingleMail
from newsletter.storage.site.answers import Said
from newsletter.web.site import mailing

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

Notice = Callable[[int], SingleMail]
_HEADINGS = {
    "question": "A reader writes",
    "story": "A reader tells of a story",
    "mistake": "A reader tells of a mistake",
    "rating": "A reader says to an edition",
}


def of_comment(site: Site, said: Said, *, now: datetime) -> Notice:
    """Tell the editor of a comment that waits."""

    def notice(number: int) -> SingleMail:
        return mailing.to_editor(
            site,
            f"comment {number}",
            f"A comment on the edition of {said.edition} waits",
            said.text,
            sender="",
            hint=f"newsletter comments approve {number}, or refuse {number}; the desk shows it too",
            now=now,
        )

    return notice


def of_letter(site: Site, about: str, text: str, *, sender: str, now: datetime) -> Notice:
    """Hand the editor a letter; the answer goes to whoever wrote it."""

    def notice(number: int) -> SingleMail:
        return mailing.to_editor(
            site,
            f"letter {number}",
            _HEADINGS.get(about, _HEADINGS["question"]),
            text,
            sender=sender,
            hint="Answer this mail to answer them." if sender else "They left no address.",
            now=now,
        )

    return notice
