"""Rules for one address and for everyone in a request (sendgrid.md 1.1, 1.2). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from newsletter.sandbox.exchange import Problem
from newsletter.sandbox.shape import Object, as_list, as_object

MOST_RECIPIENTS = 1000
LONGEST_ADDRESS = 320
LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")


def is_address(text: Any) -> bool:
    """Say whether a text is an ASCII address; the client has to turn domains into A-labels."""
    if not isinstance(text, str) or len(text) > LONGEST_ADDRESS:
        return False
    if text.find("@") > LONGEST_LOCAL_PART:
        return False
    return _ADDRESS.fullmatch(text) is not None


def mailbox(value: Any, path: str) -> Iterator[Problem]:
    """Check `{"email", "name"}`."""
    found = as_object(value, path)
    if not is_address(found.get("email")):
        yield Problem("Does not contain a valid address.", f"{path}.email")
    if not isinstance(found.get("name", ""), str):
        yield Problem("The name must be a string.", f"{path}.name")
    elif any(ord(sign) < 32 for sign in found.get("name", "")):
        yield Problem("The name must not contain control characters.", f"{path}.name")


def recipients(block: Object, path: str) -> Iterator[Problem]:
    """Check to, cc and bcc of one personalization: present, valid, nobody twice."""
    if not as_list(block.get("to", []), f"{path}.to"):
        yield Problem(
            "The to array is required in every personalization and needs at least one address.",
            f"{path}.to",
        )
    seen: set[str] = set()
    for field in ("to", "cc", "bcc"):
        entries = as_list(block.get(field, []), f"{path}.{field}")
        if field in block and not entries and field != "to":
            yield Problem(f"The {field} array must not be empty.", f"{path}.{field}")
        for number, entry in enumerate(entries):
            yield from mailbox(entry, f"{path}.{field}.{number}")
            address = canonical(entry.get("email"))
            if address and address in seen:
                yield Problem(
                    "Each address of a personalization should be unique between to, cc, and bcc; "
                    f"[{address}] is repeated in the {path}.{field} field.",
                    "personalizations",
                )
            seen.add(address)


def crowd(blocks: list[Any], *, strict: bool) -> Iterator[Problem]:
    """Check all personalizations together: how many people, and nobody in two of them.

    The second is documented on one page and contradicted by another (sendgrid.md 1.2), so only
    a strict sandbox refuses it.
    """
    groups = [[address for address, _ in people_in(block)] for block in blocks]
    total = sum(map(len, groups))
    if total > MOST_RECIPIENTS:
        yield Problem(
            f"A request may have at most {MOST_RECIPIENTS} recipients in to, cc and bcc of all "
            f"personalizations together; this one has {total}.",
            "personalizations",
        )
    seen: set[str] = set()
    for number, group in enumerate(groups):
        for address in sorted(seen.intersection(group)) if strict else ():
            yield Problem(
                "Each unique address should stand in one personalization only; "
                f"[{address}] is repeated in the personalizations.{number} block.",
                "personalizations",
            )
        seen.update(address for address in group if address)


def people_in(block: Any) -> Iterator[tuple[str, str]]:
    """Return (canonical address, place such as "to.0") of everyone in to, cc and bcc, in order.

    Takes any JSON; what is no address entry is passed over.
    """
    for field in ("to", "cc", "bcc") if isinstance(block, dict) else ():
        entries = block.get(field)
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield canonical(entry.get("email")), f"{field}.{number}"


def canonical(address: Any) -> str:
    """Return an address as it is compared: trimmed, in lower case; "" for anything else."""
    return address.strip().lower() if isinstance(address, str) else ""


def sender(body: Object) -> Iterator[Problem]:
    """Check from, reply_to and reply_to_list."""
    if body.get("from") is None:
        yield Problem("The from object with an email is required for every request.", "from.email")
    else:
        yield from mailbox(body["from"], "from")
    if "reply_to" in body and "reply_to_list" in body:
        yield Problem("Use reply_to or reply_to_list, not both.", "reply_to")
    if "reply_to" in body:
        yield from mailbox(body["reply_to"], "reply_to")
    if "reply_to_list" in body:
        yield from _reply_to_list(as_list(body["reply_to_list"], "reply_to_list"))


def _reply_to_list(entries: list[Any]) -> Iterator[Problem]:
    if not 1 <= len(entries) <= MOST_RECIPIENTS:
        yield Problem(f"The list must have 1 to {MOST_RECIPIENTS} entries.", "reply_to_list")
    for number, entry in enumerate(entries):
        yield from mailbox(entry, f"reply_to_list.{number}")
    found = [canonical(entry.get("email")) for entry in entries]
    if len(found) != len(set(found)):
        yield Problem("Each reply_to_list address must be unique.", "reply_to_list")
