"""Who of an audience gets the second subject. Pure."""

from __future__ import annotations

import hashlib

from newsletter.core.model import SubjectTrial

_ALL = 1 << 64


def gets_second(trial: SubjectTrial, *, digest: str, canonical: str) -> bool:
    """Say whether one person's copy has the second subject.

    It follows from the message's digest and the canonical address alone: a resumed send, another
    process and an audit come to the same answer, and the next message divides the list anew.
    """
    drawn = hashlib.sha256(f"{digest}\0{canonical}".encode()).digest()[:8]
    return int.from_bytes(drawn) < trial.share * _ALL
