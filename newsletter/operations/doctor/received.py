"""Judge one mail as a mailbox got it: what passed, what was signed, what was rewritten. Pure.

`Authentication-Results` (RFC 8601) is written by the receiver; only the topmost counts, as those
below may be anybody's. Any file is an answer: one that is no mail is told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from newsletter.core.errors import InputError
from newsletter.core.model.checkup import Check
from newsletter.operations.doctor import rules
from newsletter.operations.doctor.authentication import Results, read_results
from newsletter.operations.doctor.dns_words import record_tags

MOST_BYTES = 40_000_000
_TLS = re.compile(
    r"\b(?:version=)?TLS\s*v?_?1[._]?[0-3]\b|\b(?:SMTPS|ESMTPSA?)\b|\bwith TLS\b"
    r"|\(TLS\)|Google Transport Security",
    re.I,
)
_DATE = re.compile(r"\((?:[^()]*)\)")
_LIST = "list-unsubscribe"
_ONE_CLICK = "List-Unsubscribe=One-Click"
_LONGEST = 500  # signs of a measured header


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's headers as they came, and its parts."""

    headers: Message
    parts: tuple[Message, ...]

    def first(self, name: str) -> str:
        """Return a header unfolded; empty where there is none."""
        return self.every(name)[0] if self.every(name) else ""

    def every(self, name: str) -> list[str]:
        """Return all headers of a name, unfolded, the topmost first."""
        found = self.headers.get_all(name) or []
        return [" ".join(str(one).split()) for one in found]


def read(content: bytes) -> Mail:
    """Parse a mail as it was saved. Raises `InputError` for what is none."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            "This is a mail as Outlook saves it (.msg), and no .eml file.",
            hint="Save it from a web mail: Gmail, “Show original”, “Download original”.",
        )
    text = content.removeprefix(b"\xef\xbb\xbf")
    if text.startswith(b"From "):  # of an mbox: the line before a mail
        text = text.partition(b"\n")[2]
    headers = BytesHeaderParser(policy=policy.compat32).parsebytes(text)
    known = [name for name in ("From", "Received", "Date", "Subject") if headers.get(name)]
    if len(known) < 2:
        raise InputError(
            "This is no mail: it has none of the headers a mail begins with.",
            hint="Save the original of a mail, with all of its headers, as a file.",
        )
    whole = BytesParser(policy=policy.compat32).parsebytes(text)
    parts = tuple(one for one in whole.walk() if not one.is_multipart())
    return Mail(headers, parts)


def judge(mail: Mail) -> Iterator[Check]:
    """Yield what was found, one line a thing."""
    results = read_results(mail.every("Authentication-Results"))
    sender = domain_of(mail.first("From"))
    yield _sender(mail, sender)
    yield from _authentication(results, sender)
    yield _one_click(mail)
    yield _signed_headers(mail, results)
    yield from _encodings(mail)
    yield _last_hop(mail)
    yield from _rewritten(mail)


def domain_of(address: str) -> str:
    """Return the domain of the last address in a header; empty where there is none."""
    found = re.findall(r"@([A-Za-z0-9.-]+\.[A-Za-z0-9-]+|\[[^\]]+\])", _DATE.sub("", address))
    return found[-1].rstrip(".").lower() if found else ""


def _sender(mail: Mail, sender: str) -> Check:
    froms = mail.every("From")
    if len(froms) == 1 and sender:
        return Check(id="received.from", level="ok", measured=f"From is of {sender}")
    return Check(
        id="received.from",
        level="problem",
        measured=f"The mail has {len(froms)} From headers" if sender else "From has no address",
        rule="Exactly one From, with one address",
        source="RFC 5322; Gmail, 2024-02",
        next="Correct [publication] sender in config.toml.",
    )


def _authentication(results: Results | None, sender: str) -> Iterator[Check]:
    if results is None:
        yield Check(
            id="received.authentication",
            level="warning",
            measured="The mailbox wrote no Authentication-Results into this mail",
            rule="The receiver tells what it checked",
            source="RFC 8601 (2019)",
            next="Save the copy that arrived (not the one in Sent), best at Gmail or Outlook.com.",
        )
        return
    for method, rule in (("spf", rules.SPF), ("dkim", rules.DKIM), ("dmarc", rules.DMARC)):
        yield _passed(method, rule, results)
    aligned = results.aligned(sender)
    passed = results.verdict("dmarc") == "pass"
    if aligned or passed:
        how = " and ".join(aligned) if aligned else "by the receiver's own word (dmarc=pass)"
        yield Check(
            id="received.alignment",
            level="ok",
            measured=f"Aligned with {sender}: {how}",
            **rules.ALIGNMENT.on(),
        )
        return
    signers = ", ".join(sorted({*results.passing("dkim"), *results.passing("spf")}))
    yield Check(
        id="received.alignment",
        level="problem",
        measured=f"From is of {sender or 'nobody'}, what passed of {signers or 'nobody'}",
        **rules.ALIGNMENT.on(),
        next="Authenticate the From domain at the provider (SendGrid: Sender Authentication).",
    )


def _passed(method: str, rule: rules.Rule, results: Results) -> Check:
    verdict = results.verdict(method)
    whose = ", ".join(dict.fromkeys(results.domains(method)))
    measured = (
        f"{method.upper()} {verdict or 'was not looked at'}{f' for {whose}' if whose else ''}"
    )
    if verdict == "pass":
        return Check(id=f"received.{method}", level="ok", measured=measured, **rule.on())
    # "bestguesspass" is Microsoft's: without a policy, and it would have passed with one.
    is_soft = verdict in {None, "temperror"}
    return Check(
        id=f"received.{method}",
        level="warning" if is_soft else "problem",
        measured=f"{measured}, said {results.receiver}",
        **rule.on(),
        next="newsletter doctor names the record that is missing or wrong.",
    )


def _one_click(mail: Mail) -> Check:
    links, posts = mail.every("List-Unsubscribe"), mail.every("List-Unsubscribe-Post")
    fault = _one_click_fault(links, posts)
    if fault is None:
        return Check(
            id="received.one-click",
            level="ok",
            measured=f"Both headers are there, {len(links[0].encode())} bytes, not encoded",
            **rules.ONE_CLICK.on(),
        )
    return Check(
        id="received.one-click",
        level="problem",
        measured=fault,
        **rules.ONE_CLICK.on(),
        next="Shorten [publication] url where it was encoded; switch the provider's own "
        "subscription tracking off.",
    )


def _one_click_fault(links: list[str], posts: list[str]) -> str | None:
    if not links or not posts:
        missing = "List-Unsubscribe" if not links else "List-Unsubscribe-Post"
        return f"There is no {missing}"
    if len(links) > 1 or len(posts) > 1:
        return "A header is there twice: the provider added its own"
    if "=?" in links[0]:
        return "List-Unsubscribe was encoded on its way, so no mailbox understands it"
    if not re.search(r"<https://[^<>\s]+>", links[0]):
        return f"List-Unsubscribe has no https address: {links[0][:_LONGEST]}"
    if posts[0] != _ONE_CLICK:
        return f"List-Unsubscribe-Post is “{posts[0][:_LONGEST]}”"
    return None


def _signed_headers(mail: Mail, results: Results | None) -> Check:
    """Look for a signature that covers both headers; best one the receiver called good."""
    signatures = [record_tags(one) for one in mail.every("DKIM-Signature")]
    if not signatures:
        return Check(
            id="received.signature",
            level="problem",
            measured="The mail has no DKIM signature",
            **rules.DKIM.on(),
            next="Authenticate the domain at the provider.",
        )
    passed = set(results.passing("dkim")) if results else set()
    trusted = [one for one in signatures if not passed or one.get("d", "").lower() in passed]
    for tags in trusted or signatures:
        covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
        if {_LIST, f"{_LIST}-post"} <= covered:
            return Check(
                id="received.signature",
                level="ok",
                measured=f"The signature of {tags.get('d', '?')} covers both List-Unsubscribe "
                "headers",
                **rules.ONE_CLICK.on(),
            )
    names = ", ".join(tags.get("d", "?") for tags in signatures)
    return Check(
        id="received.signature",
        level="problem",
        measured=f"No good signature ({names}) covers both List-Unsubscribe headers",
        **rules.ONE_CLICK.on(),
        next="Ask the provider to sign them; until then mailboxes show no button.",
    )


def _encodings(mail: Mail) -> Iterator[Check]:
    told = [
        f"{part.get_content_type()} {str(part.get('Content-Transfer-Encoding') or '7bit').lower()}"
        f" {part.get_content_charset() or 'us-ascii'!s}"
        for part in mail.parts
    ]
    texts = [one.get_content_type() for one in mail.parts if one.get_content_maintype() == "text"]
    measured = "; ".join(told[:6]) or "no parts"
    if "text/plain" in texts and "text/html" in texts:
        yield Check(id="received.parts", level="ok", measured=measured)
        return
    yield Check(
        id="received.parts",
        level="warning",
        measured=measured,
        rule="A text and an HTML part",
        source="RFC 2046; spam filters count it",
        next="Look whether the template has both, and what the provider made of them.",
    )


def _last_hop(mail: Mail) -> Check:
    """Look at the topmost line of the way that came from outside."""
    hops = [one for one in mail.every("Received") if re.match(r"from\b", one, re.I)]
    if not hops:
        return Check(
            id="received.tls",
            level="info",
            measured="The mail does not say by which way it came (no Received from …)",
            **rules.TLS.on(),
        )
    outside = next((one for one in hops if not _is_inside(one)), hops[0])
    if _TLS.search(outside):
        told = f"The last hop from outside was over TLS: {outside[:120]}"
        return Check(id="received.tls", level="ok", measured=told, **rules.TLS.on())
    return Check(
        id="received.tls",
        level="warning",
        measured=f"The last hop names no TLS: {outside[:120]}",
        **rules.TLS.on(),
        next='[smtp] security = "starttls" or "tls"; a provider decides that itself.',
    )


def _is_inside(hop: str) -> bool:
    """Say whether a hop is from the receiver's own machines to each other."""
    hosts = re.match(r"from\s+(\S+).*?\bby\s+(\S+)", hop, re.I)
    if re.match(r"from\s+(localhost|\[?127\.)", hop, re.I) or hosts is None:
        return hosts is not None
    return _organisation(hosts[1]) == _organisation(hosts[2])


def _organisation(host: str) -> str:
    return ".".join(host.strip("[]();").lower().split(".")[-2:])


def _rewritten(mail: Mail) -> Iterator[Check]:
    """Tell what the way changed: identifiers, links through a tracker, pixels."""
    message_id = mail.first("Message-ID")
    body = "".join(_text(part) for part in mail.parts)
    found = []
    if re.search(r"//[^/\"'\s]*/ls/click\?|\.ct\.sendgrid\.net/", body):
        found.append("links lead through SendGrid's click tracking")
    if re.search(r"/wf/open\?", body):
        found.append("a pixel counts openings")
    if "sendgrid" in message_id.lower() or "geopod-ismtpd" in message_id.lower():
        found.append("Message-ID is SendGrid's")
    feedback = mail.first("Feedback-ID")
    is_tracked = any("click" in one or "pixel" in one for one in found)
    told = "; ".join(found) or "nothing that can be seen"
    yield Check(
        id="received.rewritten",
        level="warning" if is_tracked else "info",
        measured=f"The provider changed: {told}",
        rule="Tracking is off in each request",
        source="France 2026-04, Italy 2026-04: openings of a person need consent",
        next="SendGrid, Settings, Tracking: switch it off; was this mail ours?"
        if is_tracked
        else "",
    )
    yield Check(
        id="received.feedback",
        level="info",
        measured=f"Feedback-ID: {feedback[:_LONGEST]}" if feedback else "No Feedback-ID arrived",
        rule="Gmail's Postmaster Tools tell complaints by it",
        source="Gmail, 2026",
    )


def _text(part: Message) -> str:
    if part.get_content_maintype() != "text":
        return ""
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
