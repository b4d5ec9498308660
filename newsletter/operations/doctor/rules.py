"""The rules of mailbox providers, standards and laws, each with its source and its date. Pure.

One table, read by a person once a year. Who looks at it later than `STALE_AFTER` is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from newsletter.core.model.checkup import Check

READ_ON = date(2026, 11, 29)  # when the sources were last read
STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked for, by whom, and since when."""

    text: str
    source: str

    def on(self) -> dict[str, str]:
        """Return the two as a check takes them."""
        return {"rule": self.text, "source": self.source}


_BULK = "Gmail and Yahoo since 2024-02, Microsoft since 2025-05-05"

SPF = Rule("SPF passes for the envelope's domain, in 10 DNS look-ups", f"RFC 7208; {_BULK}")
DKIM = Rule("Every mail is signed with a DKIM key of 1,024 bits or more", f"RFC 6376; {_BULK}")
DMARC = Rule(
    "The From domain has a DMARC policy, p=none or stricter",
    f"RFC 9989 (2026-05); {_BULK}",
)
DMARC_TAGS = Rule(
    "pct, rf and ri are gone: a leftover pct is full enforcement", "RFC 9989 (2026-05)"
)
ALIGNMENT = Rule("DKIM or SPF passes for the From domain's own organisation", f"RFC 9989; {_BULK}")
PTR = Rule("The sending address has a name that leads back to it", f"RFC 1912; {_BULK}")
MTA_STS = Rule(
    "Mail to your own domain may insist on TLS", "RFC 8461 (2018); no mailbox asks for it"
)
BIMI = Rule(
    "A logo beside your mail", "BIMI draft (2026); Gmail and Yahoo show it, none asks for it"
)
ONE_CLICK = Rule(
    "List-Unsubscribe and List-Unsubscribe-Post, both under the DKIM signature",
    f"RFC 8058 (2017); {_BULK.replace('Microsoft', 'advised by Microsoft')}",
)
SHORT_HEADER = Rule(
    "List-Unsubscribe has 77 bytes at most: SendGrid encodes a longer one, and it no longer works",
    "reports of 2025-10",
)
LEAVING = Rule("An opt-out works without a login, and counts within two days", _BULK)
POSTAL = Rule(
    "The mail carries the sender's true postal address", "CAN-SPAM, 15 USC 7704 (2003); CASL s. 6"
)
SENDER = Rule("From is an address whose domain you may sign for", _BULK)
COMPLAINTS = Rule("Fewer than 1 in 1,000 complain, never 3 in 1,000", "Gmail and Yahoo, 2024-02")
TLS = Rule("Mail travels over TLS", "Gmail since 2023-12")
NEW_TLS = Rule(
    "TLS 1.2 or 1.3, with a certificate that is trusted", "RFC 8996 (2021-03), RFC 9325 (2022-11)"
)
RECALL_KEYS = Rule("The key may do what the newsletter asks, and no more", "SendGrid, 2026")
SIGNED_EVENTS = Rule("Events are signed, and their key is known here", "SendGrid, 2026")

BULK_SENDERS: tuple[tuple[str, str, str], ...] = (
    (
        "Gmail",
        "2024-02",
        "SPF, DKIM, DMARC; aligned; one-click; PTR; TLS; complaints < 0.1 %, never 0.3 %",
    ),
    (
        "Gmail",
        "2025-11",
        "what fails is refused for good; once over 5,000 a day for a primary domain, bulk for ever",
    ),
    ("Yahoo", "2024-02", "SPF, DKIM, DMARC; list-unsubscribe; complaints < 0.3 % of inboxed"),
    ("Microsoft", "2025-05-05", "SPF and DKIM and DMARC over 5,000 a day, else 550 5.7.515"),
)


def age(today: date) -> Check:
    """Say whether the table of rules may still be believed."""
    years = (today - READ_ON) > STALE_AFTER
    measured = f"The rules of mailbox providers were last read on {READ_ON}"
    if not years:
        asked = "; ".join(f"{who} ({since}): {asks}" for who, since, asks in BULK_SENDERS)
        return Check(id="rules.age", level="ok", measured=measured, rule=asked)
    return Check(
        id="rules.age",
        level="warning",
        measured=f"{measured}, more than a year ago",
        next="Update the newsletter; else read the sender pages of Gmail, Yahoo and Microsoft.",
    )
