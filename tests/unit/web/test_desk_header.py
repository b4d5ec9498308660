"""What stands at the top of the desk's pages."""

from __future__ import annotations

from datetime import date

import pytest

from newsletter.web.desk.header import Beside, header, long_date, month_header


def beside(values: dict[str, object]) -> list[str]:
    """Return where the arrows of a header lead."""
    found = [values["before"], values["after"]]
    return [one.path for one in found if isinstance(one, Beside)]


def test_dates_are_written_out() -> None:
    assert long_date(date(2026, 3, 1)) == "Sunday, 1 March 2026"


@pytest.mark.parametrize(("here", "path"), [("look", ""), ("write", "write"), ("paste", "paste")])
def test_the_days_beside_lead_to_the_same_page(here: str, path: str) -> None:
    values = header(here, date(2026, 3, 1))
    assert beside(values) == [f"2026-02-28/{path}", f"2026-03-02/{path}"]


@pytest.mark.parametrize(
    ("month", "before", "after"),
    [
        (1, "2025-12-01", "2026-02-01"),
        (2, "2026-01-01", "2026-03-01"),
        (12, "2026-11-01", "2027-01-01"),
    ],
)
def test_the_months_beside_are_the_ones_before_and_after(
    month: int, before: str, after: str
) -> None:
    months = beside(month_header(date(2026, month, 1)))
    assert months == [f"calendar/{before}", f"calendar/{after}"]
