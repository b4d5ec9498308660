"""SendGrid's SDK as its documentation shows it: one by one, and a thousand to a request."""

from __future__ import annotations

import time

from publication import BASE, STORY
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Content, Email, Header, Mail, Personalization, Substitution

SIZE = 1000


def one_by_one(port: int, count: int) -> float:
    """Hand over to so many people with a request for each; give the seconds."""
    return _hand_over(port, count, size=1)


def by_thousands(port: int, count: int) -> float:
    """Hand over to so many people with the SDK's helpers, a thousand to a request."""
    return _hand_over(port, count, size=SIZE)


def _hand_over(port: int, count: int, *, size: int) -> float:
    client = SendGridAPIClient("SG.benchmark", host=f"http://127.0.0.1:{port}")
    start = time.perf_counter()
    for first in range(0, count, size):
        mail = Mail(from_email="editor@brief.example.org", subject="Tides")
        mail.add_content(Content("text/html", STORY * 9))
        for number in range(first, min(first + size, count)):
            mail.add_personalization(_person(number))
        client.send(mail)
    return time.perf_counter() - start


def _person(number: int) -> Personalization:
    link, name = f"{BASE}/u/{number:022}", f"Reader {number}"
    person = Personalization()
    person.add_to(Email(f"reader{number}@d{number % 50}.example.org", name))
    person.add_header(Header("List-Unsubscribe", f"<{link}>"))
    person.add_substitution(Substitution("-name-", name))
    person.add_substitution(Substitution("-link-", link))
    return person
