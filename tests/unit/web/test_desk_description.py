"""What the desk's viewing page is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter.core.model import MergeField
from newsletter.core.model.findings import Finding, Severity
from newsletter.message.sample_readers import LONGEST, NAMELESS, RIGHT_TO_LEFT, ROBIN, SampleReader
from newsletter.web.desk.preview import describe, reader_named
from newsletter.web.desk.renders import Problem, View
from tests.support.desk import make_preview

NAME = MergeField(name="name", html_tag="-q1_name_h-", text_tag="-q1_name_t-", fallback="reader")


def make_finding(severity: Severity) -> Finding:
    """Build a finding of some severity."""
    return Finding(code="subject", severity=severity, message="It is long.", hint="Shorten it.")


def described(**overrides: object) -> dict[str, object]:
    """Describe a preview that was rendered without a problem."""
    view = View(version=1, preview=make_preview(**overrides), problem=None)
    shown: dict[str, object] = describe(view)["preview"]
    return shown


def test_findings_are_grouped_with_their_counts_errors_first() -> None:
    found = (Severity.ERROR, Severity.WARNING, Severity.WARNING)
    groups: object = described(findings=tuple(map(make_finding, found)))["groups"]
    assert isinstance(groups, list)
    assert [(group["key"], group["count"]) for group in groups] == [("error", 1), ("warning", 2)]
    assert (
        groups[0]["findings"][0].items()
        >= {
            "code": "subject",
            "message": "It is long.",
            "hint": "Shorten it.",
        }.items()
    )


def test_what_was_accepted_comes_last_and_holds_nothing() -> None:
    accepted = replace(make_finding(Severity.ERROR), accepted="A joke of ours.")
    shown = described(findings=(accepted, make_finding(Severity.INFO)))
    groups: object = shown["groups"]
    assert isinstance(groups, list)
    assert [group["key"] for group in groups] == ["info", "accepted"]
    assert not shown["holds"]
    assert described(findings=(make_finding(Severity.ERROR),))["holds"]


def test_sizes_are_those_of_the_message_and_not_of_an_example() -> None:
    html = f"<style>p{{}}</style><p>{NAME.html_tag}é</p>"
    size, styles = described(html=html, fields=(NAME,))["meters"]  # type: ignore[misc]
    assert (size["used"], size["limit"]) == (len(html.encode()), 102_400)
    assert (styles["used"], styles["limit"]) == (3, 16_384)


@pytest.mark.parametrize(
    ("length", "level"), [(81_919, "fine"), (81_921, "high"), (102_399, "high"), (102_400, "over")]
)
def test_a_meter_warns_before_its_limit(length: int, level: str) -> None:
    meters: object = described(html="x" * length)["meters"]
    assert isinstance(meters, list)
    assert meters[0]["level"] == level


@pytest.mark.parametrize(
    ("reader", "subject"),
    [
        (ROBIN, "Hello Robin Reader"),
        (LONGEST, f"Hello {LONGEST.name}"),
        (NAMELESS, "Hello reader"),
        (RIGHT_TO_LEFT, f"Hello {RIGHT_TO_LEFT.name}"),
    ],
)
def test_the_message_is_shown_as_a_reader_gets_it(reader: SampleReader, subject: str) -> None:
    preview = make_preview(subject=f"Hello {NAME.text_tag}", fields=(NAME,))
    shown = describe(View(version=1, preview=preview, problem=None), reader_named(reader.key))
    assert shown["preview"]["subject"] == subject
    assert shown["preview"]["inboxes"][0]["subject"][:40] == subject[:40]


def test_an_unknown_reader_is_the_first_one() -> None:
    assert reader_named("nobody") is reader_named(None) is ROBIN


def test_problem_stands_beside_the_last_good_render() -> None:
    problem = Problem("“storry” is undefined.", "Mend it.", place="email/brief.mjml.j2, line 4")
    shown = describe(View(version=2, preview=make_preview(), problem=problem))
    assert shown["problem"] == {
        "place": "email/brief.mjml.j2, line 4",
        "message": "“storry” is undefined.",
        "hint": "Mend it.",
        "kind": "fault",
    }
    assert shown["preview"]["subject"] == "The ferry is back"


def test_a_problem_without_a_place_is_told_whole() -> None:
    shown = describe(View(version=1, preview=None, problem=Problem("No story.", "")))
    assert shown["preview"] is None
    assert shown["problem"] == {
        "place": "",
        "message": "No story.",
        "hint": "",
        "kind": "fault",
    }


def test_inbox_rows_are_cut_where_inboxes_cut() -> None:
    rows: object = described(subject="s" * 80, preheader="p" * 80)["inboxes"]
    assert isinstance(rows, list)
    lengths = {row["inbox"]["key"]: (len(row["subject"]), len(row["preheader"])) for row in rows}
    assert (lengths["web"], lengths["phone"]) == ((70, 80), (40, 45))
