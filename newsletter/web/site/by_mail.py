"""Join by mail: what stays open while machines fill in the form, and the alarm that tells so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another
_LENGTH = 6
_LASTS = 3  # days
CODE = re.compile(rf"\b(?:join|Join|JOIN)[- ]([{_SIGNS}]{{{_LENGTH}}})\b")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where to write, and the address that opens a mail with all of it."""

    to: str
    subject: str

    @property
    def link(self) -> str:
        """Return the `mailto:` of it."""
        return f"mailto:{quote(self.to, safe='@')}?subject={quote(self.subject)}"


def invitation(site: Site, *, now: datetime) -> Invitation:
    """Ask for a mail with the code of the day."""
    publication = site.publication
    to = publication.reply_to or publication.contact or publication.sender.email
    return Invitation(to=to, subject=f"Join {code(site, now)}")


def code(site: Site, now: datetime) -> str:
    """Return the code of a day: whoever has it has seen the page."""
    return site.seals.word("join by mail", f"{now:%Y-%m-%d}", signs=_SIGNS, length=_LENGTH)


def is_known(site: Site, subject: str, *, now: datetime) -> bool:
    """Say whether a subject has the code of one of the last days."""
    found = CODE.search(subject)
    days = (now - timedelta(days=back) for back in range(_LASTS))
    return found is not None and found[1] in {code(site, day) for day in days}


def tell(site: Site) -> None:
    """Tell the operator, once a day, that the form is closed to machines and to everybody."""
    site.app.alerts.tell(
        "Machines are filling in the join form: under a fifth of its last mails were confirmed. "
        "It asks for mail instead until that changes; `newsletter subscribers received` takes in "
        "the mails that come."
    )
