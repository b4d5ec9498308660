"""What the desk's page is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from builders_desk import make_preview
from hypothesis import given
from hypothesis import strategies as st

from newsletter.desk.description import cut, describe, long_date
from newsletter.desk.stage import Problem, View
from newsletter.findings import Finding, Severity


def make_finding(severity: Severity) -> Finding:
    """Build a finding of some severity."""
    return Finding(code="subject", severity=severity, message="It is long.", hint="Shorten it.")


def test_findings_are_counted_by_severity() -> None:
    found = (Severity.ERROR, Severity.WARNING, Severity.WARNING)
    preview = make_preview(findings=tuple(map(make_finding, found)))
    shown = describe(View(version=3, preview=preview, problem=None))
    assert shown["version"] == 3
    assert shown["problem"] is None
    assert shown["preview"]["counts"] == {"error": 1, "warning": 2, "info": 0}
    assert shown["preview"]["findings"][0] == {
        "code": "subject",
        "severity": "error",
        "message": "It is long.",
        "hint": "Shorten it.",
        "measured": "",
        "limit": "",
        "place": None,
    }


def test_size_is_that_of_the_message_and_not_of_the_example() -> None:
    preview = make_preview(html="<p>é</p>")
    shown = describe(View(version=1, preview=replace(preview, html="longer " * 99), problem=None))
    assert shown["preview"]["html_bytes"] == 9
    assert shown["preview"]["html_limit"] == 102_400


def test_problem_stands_beside_the_last_good_render() -> None:
    problem = Problem("The template is broken.", "Mend line 4.")
    shown = describe(View(version=2, preview=make_preview(), problem=problem))
    assert shown["problem"] == {"message": "The template is broken.", "hint": "Mend line 4."}
    assert shown["preview"]["subject"] == "The ferry is back"


def test_nothing_is_shown_before_the_first_good_render() -> None:
    shown = describe(View(version=1, preview=None, problem=Problem("No story.", "")))
    assert shown["preview"] is None


def test_inbox_rows_are_cut_where_inboxes_cut() -> None:
    preview = make_preview(subject="s" * 80, preheader="p" * 80)
    shown = describe(View(version=1, preview=preview, problem=None))["preview"]["inboxes"]
    lengths = [(len(row["subject"]), len(row["preheader"])) for row in shown]
    assert lengths == [(70, 80), (40, 45)]


@given(text=st.text(), limit=st.integers(min_value=1, max_value=50))
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert len(shown) <= limit
    if len(text) <= limit:
        assert shown == text
    else:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])


def test_dates_are_written_out() -> None:
    assert long_date(date(2026, 3, 1)) == "Sunday, 1 March 2026"
