"""What a terminal tells of a send under way."""

from __future__ import annotations

from dataclasses import replace

from newsletter.cli import _progress
from newsletter.core.model import BatchState
from newsletter.core.model.records import Tally
from tests.unit.delivery.test_delivery_plan import view


def test_batches_are_counted_once_they_are_behind_us() -> None:
    batches = {
        BatchState.SUBMITTED: Tally(1200, 1_200_000),
        BatchState.UNCERTAIN: Tally(1, 1000),
        BatchState.CLAIMED: Tally(4, 4000),
        BatchState.PLANNED: Tally(95, 95_000),
    }
    assert _progress.batches(replace(view(), batches=batches)) == "batch 1,201 of 1,300"


def test_trouble_is_named_only_where_there_is_some() -> None:
    assert _progress.trouble(view(planned=3)) == ""
    troubled = replace(view(), batches={BatchState.UNCERTAIN: Tally(2, 2000)}, refused=3)
    assert _progress.trouble(troubled) == "2,000 uncertain, 3 refused"
