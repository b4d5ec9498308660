"""What stands at the top of the desk's pages."""

from __future__ import annotations

from datetime import date

from newsletter.desk.header import header, long_date


def test_dates_are_written_out() -> None:
    assert long_date(date(2026, 3, 1)) == "Sunday, 1 March 2026"


def test_the_days_beside_lead_to_the_same_page() -> None:
    values = header("look", date(2026, 3, 1))
    assert (values["before"], values["after"]) == ("2026-02-28/", "2026-03-02/")
