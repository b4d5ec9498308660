"""Prove from the ledger what went to whom, or name what does not add up. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.core.model import Acceptance, BatchState
from newsletter.core.model.records import RECALLED, AttemptRecord, SendRecord
from newsletter.core.model.single_mails import MailState

_OPEN = (BatchState.PLANNED, BatchState.CLAIMED, BatchState.UNCERTAIN)
_NOT_GIVEN_UP = (BatchState.SUBMITTED, BatchState.CLAIMED, BatchState.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The finding: who is in which state, and every reason why it is not proved."""

    record: SendRecord
    states: Mapping[str, int]
    problems: tuple[str, ...]
    accepted: tuple[Acceptance, ...] = ()  # findings of the checks, by a person, in this edition

    @property
    def complete(self) -> bool:
        """Say whether every recipient is accounted for and nothing is open."""
        return not self.problems


def audit(record: SendRecord) -> Audit:
    """Count each recipient once, and list what is open, doubtful or contradictory."""
    problems = [
        *_ranges(record),
        *_open_batches(record),
        *_attempts(record),
        *_twice(record),
        *_digests(record),
        *_joined(record),
    ]
    states = _states(record)
    frozen, counted = record.send.recipients, sum(states.values())
    if counted != frozen:
        problems.append(f"{frozen} recipients were frozen, {counted} are accounted for.")
    return Audit(record=record, states=states, problems=tuple(problems))


def _states(record: SendRecord) -> dict[str, int]:
    states: Counter[str] = Counter()
    for batch in record.batches:
        states[batch.state] += batch.size - sum(batch.left_out.values())
        states.update(batch.left_out)
    return {state: count for state, count in states.items() if count}


def _ranges(record: SendRecord) -> list[str]:
    """Positions must run from 1 to n without gap, and batches must cover each exactly once."""
    problems = []
    if record.rows != record.send.recipients or record.highest - record.lowest + 1 != record.rows:
        problems.append(
            f"The send counts {record.send.recipients} recipients; the table holds {record.rows}."
        )
    expected = 1
    for batch in record.batches:
        if batch.first != expected or batch.last < batch.first:
            problems.append(
                f"Batch {batch.number} begins at position {batch.first}; {expected} was expected."
            )
        expected = batch.last + 1
    if record.batches and expected != record.send.recipients + 1:
        problems.append(f"The batches end at position {expected - 1}.")
    return problems


def _open_batches(record: SendRecord) -> list[str]:
    meanings = {
        BatchState.PLANNED: "not yet handed over; `newsletter send` goes on",
        BatchState.CLAIMED: "being handed over now, or left by a sender that ended",
        BatchState.UNCERTAIN: "perhaps taken; `newsletter send resolve` settles it",
    }
    reasons = {one.id: one.reason for one in record.attempts if one.state == BatchState.UNCERTAIN}
    return [
        f"Batch {batch.number} ({batch.size - sum(batch.left_out.values())} recipients) is "
        f"{batch.state}: {meanings[batch.state]}.{_told(reasons.get(batch.attempt_id or ''))}"
        for batch in record.batches
        if batch.state in _OPEN
    ]


def _told(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


def _attempts(record: SendRecord) -> list[str]:
    """Exactly one attempt was taken of each submitted batch, and none of any other."""
    problems = []
    taken: Counter[int] = Counter(
        attempt.batch for attempt in record.attempts if attempt.state == BatchState.SUBMITTED
    )
    for batch in record.batches:
        expected = 1 if batch.state is BatchState.SUBMITTED else 0
        if taken[batch.number] != expected:
            problems.append(
                f"Batch {batch.number} is {batch.state}, and {taken[batch.number]} of its attempts "
                "were submitted."
            )
    return problems


def _twice(record: SendRecord) -> list[str]:
    """Name the attempts that were given up and went out all the same: each may be a second copy.

    One that was recalled may have been taken; only that its mail went out is against the recall.
    """
    given_up = [one for one in record.attempts if one.state not in _NOT_GIVEN_UP]
    return [
        f"Attempt {one.id} at batch {one.batch} was {_how_given_up(one)}, and an event proves "
        "that it was taken: its recipients may have two copies."
        for one in given_up
        if (one.went_at if one.state == RECALLED else one.proven_at) is not None
    ]


def _how_given_up(attempt: AttemptRecord) -> str:
    return "recalled" if attempt.state == RECALLED else "given up"


def _joined(record: SendRecord) -> list[str]:
    """Who joined after the freeze has a copy of their own, and must have no second one."""
    problems = []
    if doubts := record.joined.states.get(MailState.UNCERTAIN, 0):
        problems.append(
            f"{doubts} copies of people who joined after the freeze are uncertain; "
            "`newsletter mails resolve` settles them."
        )
    if record.joined.twice:
        problems.append(
            f"{record.joined.twice} people have a copy from the send and another one with their "
            "welcome."
        )
    return problems


def _known_digests(record: SendRecord) -> set[str]:
    """Return the digest of the send, and those that recorded corrections replaced."""
    return {record.send.digest, *(one.before for one in record.corrections)}


def _digests(record: SendRecord) -> list[str]:
    problems = []
    if record.message_digest != record.send.digest:
        problems.append("The stored message is not the one the send was frozen with.")
    strange = {a.digest for a in record.attempts} - _known_digests(record)
    if strange:
        problems.append(f"Attempts carry {len(strange)} other digest(s) than the send.")
    return problems
