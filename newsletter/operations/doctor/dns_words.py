"""Read what stands in records of the DNS: tags, keys, and whose a domain is. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping


def record_tags(record: str) -> dict[str, str]:
    """Return the tags of a record such as "v=DMARC1; p=none"; the first of a name counts."""
    found: dict[str, str] = {}
    for part in record.split(";"):
        name, separator, value = part.partition("=")
        if separator:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def key_bytes(record: str) -> bytes | None:
    """Return the public key of a DKIM record; None where there is none, or it was revoked."""
    text = "".join(record_tags(record).get("p", "").split())
    if not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def organisation(domain: str, policies: Mapping[str, str]) -> str:
    """Return the organisational domain of a name by the tree walk of RFC 9989, 4.10.2.

    `policies` has the DMARC records from the name upwards. Without any the name is its own.
    """
    named = {name: record_tags(record).get("psd", "u") for name, record in policies.items()}
    for name, psd in named.items():
        if psd == "n":
            return name
        if psd == "y":
            return _one_below(name, domain)
    return min(named, key=lambda name: name.count("."), default=domain)


def _one_below(suffix: str, domain: str) -> str:
    """Return the name with one label more than a public suffix; the suffix itself is its own."""
    if domain == suffix:
        return domain
    label = domain.removesuffix(f".{suffix}").rpartition(".")[2]
    return f"{label}.{suffix}"
