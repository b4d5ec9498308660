"""Look at the DNS of the sender: SPF, DKIM, DMARC, alignment, names of servers.

`checkdmarc` knows the records and their rules; it and dnspython come with the extra `doctor`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import checkdmarc.dmarc
import checkdmarc.spf
import dns.exception
import dns.resolver
import dns.reversename
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.core.model.checkup import Check
from newsletter.operations.doctor import rules
from newsletter.operations.doctor.dns_words import key_bytes, organisation, record_tags

_SECONDS = 5.0
_LEAST_BITS = 1024
_MOST_WALKED = 8  # names of one tree walk (RFC 9989, 4.10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderNames:
    """The names whose records decide what becomes of the mail."""

    sender: str  # the domain of From
    signs_for: Sequence[str] = ()  # domains of DKIM signatures; none: not known
    bounces_at: Sequence[str] = ()  # domains of the envelope; none: the sender's
    keys_at: Sequence[str] = ()  # names of DKIM keys
    server: str | None = None  # the mail server itself, where mail goes out by SMTP


class Zones:
    """What the DNS says, through one resolver."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self.resolver = resolver or dns.resolver.Resolver()

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name. Raises `DNSException` where nobody answers."""
        try:
            answer = self.resolver.resolve(name, "TXT", lifetime=_SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]

    def addresses(self, host: str) -> list[str]:
        """Return the addresses of a host."""
        found: list[str] = []
        for kind in ("A", "AAAA"):
            try:
                answer = self.resolver.resolve(host, kind, lifetime=_SECONDS)
            except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
                continue
            found += [row.to_text() for row in answer]
        return found

    def names_of(self, address: str) -> list[str]:
        """Return the names an address leads back to."""
        try:
            name = dns.reversename.from_address(address)
            answer = self.resolver.resolve(name, "PTR", lifetime=_SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        return [row.to_text().rstrip(".").lower() for row in answer]

    def policies(self, domain: str) -> dict[str, str]:
        """Return the DMARC records from a domain upwards, by the name each stands at."""
        labels = domain.split(".")
        skipped = max(0, len(labels) - _MOST_WALKED)
        walked = [labels] + [labels[n:] for n in range(skipped + 1, len(labels))]
        found: dict[str, str] = {}
        for one in walked:
            name = ".".join(one)
            records = [
                t for t in self.texts(f"_dmarc.{name}") if record_tags(t).get("v") == "DMARC1"
            ]
            if len(records) == 1:
                found[name] = records[0]
                if record_tags(records[0]).get("psd") in {"y", "n"}:
                    break
        return found


def look(names: SenderNames, zones: Zones) -> Iterator[Check]:
    """Yield what was found, one line a record; a name server that is silent is one as well."""
    for one in (_spf, _dkim, _dmarc, _alignment, _server, _information):
        try:
            yield from one(names, zones)
        except (dns.exception.DNSException, OSError) as error:
            yield Check(
                id=f"dns.{one.__name__.strip('_')}",
                level="warning",
                measured=f"The DNS gave no answer: {type(error).__name__}",
                next="Look at this machine's name server (/etc/resolv.conf), then run it again.",
            )
            return


def _spf(names: SenderNames, zones: Zones) -> Iterator[Check]:
    for domain in names.bounces_at or (names.sender,):
        found: dict[str, Any] = checkdmarc.spf.check_spf(
            domain, resolver=zones.resolver, timeout=_SECONDS
        )
        if found.get("valid"):
            told = f"SPF of {domain}: {found['record']} ({found['dns_lookups']} look-ups)"
            yield Check(id="dns.spf", level="ok", measured=told, **rules.SPF.on())
            continue
        yield Check(
            id="dns.spf",
            level="problem",
            measured=f"SPF of {domain}: {_sentence(found.get('error'))}",
            **rules.SPF.on(),
            next=_spf_step(domain, names),
        )


def _spf_step(domain: str, names: SenderNames) -> str:
    if names.server:
        return f'Publish: {domain} TXT "v=spf1 a:{names.server} -all"'
    if names.bounces_at:
        return f"Publish the CNAME of {domain} that SendGrid shows under Sender Authentication."
    return "Authenticate the domain at the provider, which then answers for SPF."


def _dkim(names: SenderNames, zones: Zones) -> Iterator[Check]:
    if not names.keys_at:
        yield Check(
            id="dns.dkim",
            level="info",
            measured="Under which names your DKIM keys stand is not known here",
            **rules.DKIM.on(),
            next="Send yourself a test copy, save it as a file, and run `newsletter doctor "
            "received FILE.eml`.",
        )
    for name in names.keys_at:
        records = zones.texts(name)
        bits = max((_bits(one) for one in records), default=0)
        if bits >= _LEAST_BITS:
            told = f"The DKIM key at {name} has {bits:,} bits"
            yield Check(id="dns.dkim", level="ok", measured=told, **rules.DKIM.on())
            continue
        yield Check(
            id="dns.dkim",
            level="problem",
            measured=f"The DKIM key at {name} has {bits} bits"
            if bits
            else f"No DKIM key at {name}",
            **rules.DKIM.on(),
            next=f"Publish the CNAME of {name} that the provider shows."
            if not bits
            else "Let the provider make a key of 2,048 bits, and publish it.",
        )


def _bits(record: str) -> int:
    """Return the strength of a key record; Ed25519 counts as enough; 0 for none."""
    raw = key_bytes(record)
    if raw is None:
        return 0
    if len(raw) == 32:  # Ed25519 has no wrapping (RFC 8463)
        return 2048
    try:
        key = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 2048


def _dmarc(names: SenderNames, zones: Zones) -> Iterator[Check]:
    found: Any = checkdmarc.dmarc.check_dmarc(
        names.sender, resolver=zones.resolver, timeout=_SECONDS
    )
    record = found.get("record")
    if not found.get("valid"):
        yield Check(
            id="dns.dmarc",
            level="problem",
            measured=f"DMARC of {names.sender}: {_sentence(found.get('error'))}",
            **rules.DMARC.on(),
            next=f'Publish: _dmarc.{names.sender} TXT "v=DMARC1; p=none; '
            f'rua=mailto:dmarc@{names.sender}"',
        )
        return
    tags = record_tags(str(record))
    where = "" if found["location"] == names.sender else f", found at {found['location']}"
    measured = f"DMARC{where}: {record}"
    yield Check(id="dns.dmarc", level="ok", measured=measured, **rules.DMARC.on())
    gone = [f"{tag}={tags[tag]}" for tag in ("pct", "rf", "ri") if tag in tags]
    if gone:
        policy = tags.get("p", "none")
        yield Check(
            id="dns.dmarc.tags",
            level="warning" if "pct" in tags and policy != "none" else "info",
            measured=f"DMARC has {', '.join(gone)}, which nobody heeds any more",
            **rules.DMARC_TAGS.on(),
            next="Take it out; to test a stricter policy, write t=y.",
        )


def _alignment(names: SenderNames, zones: Zones) -> Iterator[Check]:
    policies = zones.policies(names.sender)
    own = organisation(names.sender, policies)
    tags = record_tags(next(iter(policies.values()), ""))
    aligned = []
    for kind, tag, domains in (
        ("DKIM", "adkim", names.signs_for),
        ("SPF", "aspf", names.bounces_at),
    ):
        for domain in domains:
            is_strict = tags.get(tag) == "s"
            theirs = organisation(domain, zones.policies(domain))
            if domain == names.sender or (not is_strict and theirs == own):
                aligned.append(f"{kind} of {domain}")
    if aligned:
        told = f"{' and '.join(aligned)} are of {own}, as From is"
        yield Check(id="dns.alignment", level="ok", measured=told, **rules.ALIGNMENT.on())
    elif names.signs_for or names.bounces_at:
        others = ", ".join((*names.signs_for, *names.bounces_at))
        yield Check(
            id="dns.alignment",
            level="problem",
            measured=f"Neither signature nor envelope ({others}) is of {own}",
            **rules.ALIGNMENT.on(),
            next=f"Authenticate {names.sender} itself at the provider, or take adkim=s out.",
        )


def _server(names: SenderNames, zones: Zones) -> Iterator[Check]:
    if not names.server:
        return
    addresses = zones.addresses(names.server)
    lost = [one for one in addresses if not _leads_back(one, zones)]
    if addresses and not lost:
        told = f"{', '.join(addresses)} of {names.server} have names that lead back"
        yield Check(id="dns.ptr", level="ok", measured=told, **rules.PTR.on())
        return
    yield Check(
        id="dns.ptr",
        level="problem",
        measured=f"{', '.join(lost)} has no name that leads back to it"
        if lost
        else f"{names.server} has no address",
        **rules.PTR.on(),
        next=f"Let whoever gives you the address set its PTR record to {names.server}; if mail "
        "goes on from another server, that one counts.",
    )


def _leads_back(address: str, zones: Zones) -> bool:
    return any(address in zones.addresses(name) for name in zones.names_of(address))


def _information(names: SenderNames, zones: Zones) -> Iterator[Check]:
    for label, rule, key in (
        ("_mta-sts", rules.MTA_STS, "STSv1"),
        ("default._bimi", rules.BIMI, "BIMI1"),
    ):
        records = [t for t in zones.texts(f"{label}.{names.sender}") if f"v={key}" in t]
        what = "MTA-STS" if "sts" in label else "BIMI"
        yield Check(
            id=f"dns.{what.lower()}",
            level="info",
            measured=f"{what}: {records[0]}" if records else f"{what} is not used",
            **rule.on(),
        )


def _sentence(error: Any) -> str:
    return " ".join(str(error or "there is none").split())[:300].rstrip(".")
