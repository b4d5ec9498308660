"""The headers every reader's copy carries, whoever delivers it. Pure."""

from __future__ import annotations

import hashlib
import re

from newsletter.core.model import Envelope, Recipient
from newsletter.message.header_lines import list_id

# RFC 8058, 3.1: this exact value, once, beside one https address in List-Unsubscribe.
ONE_CLICK = "List-Unsubscribe=One-Click"
_LONGEST_SENDER_ID, _SHORTEST_SENDER_ID = 15, 5  # of a Feedback-ID, by Google's documentation
_UNFIT = re.compile(r"[^a-z0-9]")


def shared_headers(envelope: Envelope) -> dict[str, str]:
    """Return the headers that are the same for everyone, ready for the wire: ASCII, one line."""
    single = envelope.single
    own = dict(single.headers) if single else {}
    if single and not single.is_of_list:
        return own | {"Feedback-ID": feedback_id(envelope)}
    return own | {
        "List-Unsubscribe-Post": ONE_CLICK,
        "List-Id": list_id(envelope.list_id),
        "Feedback-ID": feedback_id(envelope),
    }


def own_headers(recipient: Recipient) -> dict[str, str]:
    """Return the headers that are a recipient's own; of a single mail all are the envelope's."""
    if not recipient.unsubscribe_url:
        return {}
    return {"List-Unsubscribe": f"<{recipient.unsubscribe_url}>"}


def feedback_id(envelope: Envelope) -> str:
    """Name the edition, the publication, the kind of mail, and who sends it, nobody who reads it.

    Gmail counts complaints by each of the four in its Postmaster Tools; the last one stays the
    same for all mail of a domain, and has 5 to 15 characters.
    """
    domain = envelope.sender_email.rpartition("@")[2].lower()
    own = (f"{envelope.edition:%Y%m%d}", envelope.publication, envelope.kind, _sender_id(domain))
    return ":".join(own)


def _sender_id(domain: str) -> str:
    plain = _UNFIT.sub("", domain)
    if _SHORTEST_SENDER_ID <= len(plain) <= _LONGEST_SENDER_ID:
        return plain
    return plain[:7] + hashlib.sha256(domain.encode()).hexdigest()[:8]
