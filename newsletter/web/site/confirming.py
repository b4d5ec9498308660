"""Make somebody a member who confirmed it: the list, the consent, and their first brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.core.errors import Held, NothingToDo
from newsletter.core.model import Subscriber
from newsletter.core.model.single_mails import WelcomeWords
from newsletter.storage.site.signups import Signup
from newsletter.subscribers import register
from newsletter.subscribers.model import Consent, Person
from newsletter.web.site import languages

if TYPE_CHECKING:
    from newsletter.web.site.site import Site

HOW = {
    "link": "by the link of the mail, in the browser that filled in the form",
    "digits": "by the six digits of the mail",
    "button": "by the button behind the link of the mail",
}


def confirm(site: Site, one: Signup, *, how: str, network: str) -> Subscriber | None:
    """Put somebody on the list who proved that the address is theirs, in one transaction.

    None: they are confirmed already, or the address must not be mailed any more.
    """
    app, now = site.app, site.now()
    person = Person(
        address=one.address.address,
        canonical=one.address.canonical,
        frequency=one.frequency,
        locale=one.locale or None,
    )
    with app.database.together():
        if not site.records.signups.settle(one, now=now):
            return None
        consent = Consent(at=now, how="form", text=_evidence(one, how=how, network=network))
        try:
            added = register.confirmed(app.subscribers, person, consent=consent)
        except (Held, NothingToDo):
            return None
        welcome(site, added)
    return added


def welcome(site: Site, member: Subscriber) -> None:
    """Give a new member the latest edition, inside the transaction that makes them one."""
    language = languages.chosen(member.locale or "", site.pages.languages)
    said = site.letters.render("welcome", language=language, link=site.url("/latest"))
    words = WelcomeWords(
        subject=said.subject,
        html=said.html,
        text=said.text,
        greeting=site.pages.words("greeting", language=language),
    )
    with site.app.database.write() as connection:
        site.app.welcomes.welcome(connection, member, now=site.now(), words=words)


def _evidence(one: Signup, *, how: str, network: str) -> str:
    """Say what was asked for and how it was confirmed, for whoever asks later."""
    return (
        f"{one.consent} Asked for on {one.asked_at:%Y-%m-%d %H:%M:%S} UTC from {one.network}; "
        f"confirmed {HOW[how]} from {network}."
    )
