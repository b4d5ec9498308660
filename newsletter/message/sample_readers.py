"""Sample readers, to see a message as one of them would get it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.core.model import Message
from newsletter.message import merge

TOKEN = "x" * 22
"""As long as a reader's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReader:
    """Somebody who does not exist, and whose values put a template to the test."""

    key: str  # as it stands in an address
    label: str
    name: str
    address: str


# Reserved names (RFC 2606): whatever somebody clicks or answers, nobody is reached.
ROBIN = SampleReader(key="robin", label="Robin", name="Robin Reader", address="robin@example.org")
LONGEST = SampleReader(
    key="longest",
    label="Longest name",
    name="Wolfeschlegelsteinhausenbergerdorff-Montgomery y Fernández de Córdoba",
    address=f"{'a' * 64}@{'b' * 60}.example.org",
)
NAMELESS = SampleReader(key="nameless", label="No name", name="", address="reader@example.org")
RIGHT_TO_LEFT = SampleReader(
    key="rtl", label="Right to left", name="مريم عبد الرحمن", address="maryam@example.org"
)
SAMPLES = (ROBIN, LONGEST, NAMELESS, RIGHT_TO_LEFT)


def find(key: str) -> SampleReader | None:
    """Find a sample reader by its key."""
    return next((reader for reader in SAMPLES if reader.key == key), None)


def substitutions(
    reader: SampleReader, message: Message, *, unsubscribe_url: str
) -> dict[str, str]:
    """Map each merge tag to a sample reader's value.

    A field the reader has no value for takes its fallback, and without one its own name, so that
    the gap is seen.
    """
    values: Mapping[str, str] = {
        "name": reader.name,
        "address": reader.address,
        **merge.own_addresses(unsubscribe_url),
    }
    named = {field.name: field.name for field in message.fields if field.fallback is None}
    known = {name: value for name, value in values.items() if value}
    return merge.substitutions(message.fields, named | known)
