"""Whether an edition may go out from a copy of the database: every piece of evidence, alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.restored import COUNT_SETTLES, Evidence, doubt, uncounted
from newsletter.storage.restored import Restoration

SEVEN = datetime(2026, 6, 3, 7, tzinfo=UTC)
TAKEN, RESTORED = SEVEN - timedelta(minutes=10), SEVEN + timedelta(minutes=3)
COPY = Restoration(taken_at=TAKEN, restored_at=RESTORED)
NOTHING = Evidence(restoration=COPY, word=None, begun=None, could_begin=SEVEN, uncounted=None)
LATER = RESTORED + COUNT_SETTLES


def test_without_evidence_it_is_held_for_ever() -> None:
    for now in (RESTORED, LATER, LATER + timedelta(days=300)):
        assert doubt(NOTHING, now=now)


def test_what_could_begin_only_after_the_restore_is_free() -> None:
    free = replace(NOTHING, could_begin=RESTORED + timedelta(seconds=1))
    assert doubt(free, now=RESTORED) is None


def test_a_mark_of_before_the_restore_holds_and_one_of_after_does_not() -> None:
    tomorrow = replace(NOTHING, could_begin=SEVEN + timedelta(days=1))
    assert doubt(replace(tomorrow, begun=SEVEN), now=LATER)
    assert doubt(replace(tomorrow, begun=RESTORED + timedelta(hours=1)), now=LATER) is None


def test_a_folder_that_stayed_proves_by_its_missing_mark() -> None:
    kept = replace(NOTHING, restoration=replace(COPY, folder_kept=True))
    assert doubt(kept, now=RESTORED) is None
    assert doubt(replace(kept, begun=SEVEN), now=RESTORED)
    assert doubt(replace(kept, uncounted=True), now=RESTORED)


def test_a_count_of_nothing_counts_when_it_had_time_to_settle() -> None:
    counted = replace(NOTHING, uncounted=False)
    assert doubt(counted, now=LATER - timedelta(seconds=1))
    assert doubt(counted, now=LATER) is None
    unknown = replace(COPY, taken_at=RESTORED)  # marked by hand: of which moment is it?
    assert doubt(replace(counted, restoration=unknown), now=LATER)


def test_a_copy_that_nobody_dated_holds_everything_without_a_word() -> None:
    undated = replace(NOTHING, restoration=replace(COPY, restored_at=None, folder_kept=True))
    assert doubt(undated, now=LATER)
    assert doubt(replace(undated, word=False), now=LATER) is None


@given(
    begun=st.none() | st.just(SEVEN),
    could=st.none() | st.sampled_from([SEVEN, LATER]),
    counted=st.sampled_from([None, True, False]),
    kept=st.booleans(),
)
def test_the_operators_word_is_the_last_one(
    begun: datetime | None, could: datetime | None, counted: bool | None, kept: bool
) -> None:
    found = Evidence(
        restoration=replace(COPY, folder_kept=kept),
        word=None,
        begun=begun,
        could_begin=could,
        uncounted=counted,
    )
    assert doubt(replace(found, word=True), now=LATER)
    assert doubt(replace(found, word=False), now=LATER) is None


@given(unknown=st.integers(0, 50), inside=st.integers(0, 50), edge=st.integers(0, 50))
def test_a_count_never_clears_what_went_out_unknown(unknown: int, inside: int, edge: int) -> None:
    for of_edge in (0, edge):  # the provider's day may have the mail of the edge in it, or not
        said = uncounted(unknown + inside + of_edge, surely=inside, perhaps=inside + edge)
        if unknown:
            assert said is not False
        elif said is True:
            raise AssertionError("nothing is unknown")
