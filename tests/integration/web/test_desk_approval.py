"""The desk's decisions and its calendar over HTTP, on a real publication."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.desk import (
    DAY,
    PUBLICATION,
    TOKEN,
    Answer,
    Desk,
    desk_of,
    make_root,
    opened,
)

SECTIONS = """
[sources]
story = [{ type = "markdown", rotate = true }]

[schedule]
approval = true

[delivery]
provider = "outbox"
"""
CONFIG = PUBLICATION + SECTIONS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a publication that asks for approval, its edition assembled."""
    make_root(tmp_path, SECTIONS)
    with opened(tmp_path) as app:
        app.assembler.assemble(DAY)
    return tmp_path


@pytest.fixture
def desk(root: Path) -> Iterator[Desk]:
    """Run its desk."""
    with desk_of(root) as running:
        yield running


def decision(desk: Desk) -> dict[str, Any]:
    """Ask where the edition stands, as the page does for the message it shows."""
    preview = desk.state()["preview"]
    holds = "&holds=" if preview["holds"] else ""
    with desk.get(f"decision?digest={preview['digest']}{holds}") as answer:
        assert answer.status == 200
        found: dict[str, Any] = json.loads(answer.read())
    return found | {"digest": preview["digest"]}


def told(answer: Answer) -> Any:
    """Read what an act says."""
    return json.loads(answer.text)


def test_the_message_that_is_looked_at_is_approved_and_taken_back(desk: Desk) -> None:
    before = decision(desk)
    assert (before["status"], before["can_approve"]) == ("assembled", True)
    assert told(desk.post("approve", {"digest": before["digest"]})) == {"told": "Approved."}
    after = decision(desk)
    assert (after["status"], after["can_withdraw"]) == ("approved", True)
    desk.post("withdraw", {})
    assert decision(desk)["status"] == "assembled"


def test_another_message_than_was_looked_at_is_not_approved(desk: Desk, root: Path) -> None:
    seen = decision(desk)["digest"]
    path = root / "editions" / DAY.isoformat() / "edition.toml"
    text = path.read_text(encoding="utf-8").replace('subject = ""', 'subject = "Other"')
    path.write_text(text, encoding="utf-8")
    answer = desk.post("approve", {"digest": seen})
    assert answer.status == 422
    assert "has changed since you looked at it" in told(answer)["message"]
    desk.post("approve", {"digest": decision(desk)["digest"]})
    path.write_text(text.replace("Other", "Another"), encoding="utf-8")
    assert decision(desk)["status"] == "changed"


def test_a_test_copy_goes_to_the_addresses_that_were_named(desk: Desk, root: Path) -> None:
    desk.state()
    answer = desk.post("test", {"addresses": "ida@example.org, max@example.org", "reader": "rtl"})
    assert told(answer) == {"told": "2 tests are on their way."}
    assert len(list((root / "outbox").rglob("*.eml"))) == 2
    wrong = desk.post("test", {"addresses": "ida at example", "reader": "rtl"})
    assert (wrong.status, "cannot be mailed" in told(wrong)["message"]) == (422, True)


def test_a_finding_is_accepted_with_a_reason(desk: Desk, root: Path) -> None:
    config = (root / "config.toml").read_text(encoding="utf-8")
    strict = config + '\n[checks]\nsubject = "error"\n'
    (root / "config.toml").write_text(strict, encoding="utf-8")
    with desk.get("seen") as seen:
        form = {"_seen": seen.read().decode()}
    form |= {"stories.0.headline": "Tides", "stories.0.text": "A paragraph here."}
    desk.post("write", form | {"subject": "A SUBJECT IN CAPITALS THAT IS " + "VERY " * 20 + "LONG"})
    assert decision(desk)["status"] == "held"
    refused = desk.post("accept", {"code": "subject", "reason": ""})
    assert refused.status == 422
    accepted = desk.post("accept", {"code": "subject", "reason": "It is a joke of ours."})
    assert told(accepted) == {"told": "Left as it is."}
    assert decision(desk)["status"] == "assembled"
    groups = desk.state()["preview"]["groups"]
    assert [group["key"] for group in groups if group["findings"][0]["code"] == "subject"] == [
        "accepted"
    ]


def month(desk: Desk, day: str = f"{DAY:%Y-%m}-01") -> dict[str, tuple[str, str]]:
    """Read status and headline of each date the calendar shows."""
    with desk.ask(f"/{TOKEN}/calendar/{day}") as answer:
        assert answer.status == 200
        page = answer.read().decode()
    cells = re.findall(r'<td class="[^"]*">(.*?)</td>', page, re.DOTALL)
    return {
        re.search(r'datetime="([^"]+)"', cell)[1]: (  # type: ignore[index]
            status_of(cell),
            "".join(re.findall(r'class="headline"[^>]*>([^<]*)', cell)),
        )
        for cell in cells
    }


def status_of(cell: str) -> str:
    """Read what a day of the calendar says: a status, that it waits to be begun, or no brief."""
    if found := re.search(r'data-status="(\w+)"', cell):
        return found[1]
    if '"stands">+ ' in cell:
        return "none"
    return "free" if "No brief" in cell else ""


def test_the_calendar_shows_where_each_edition_stands(desk: Desk, root: Path) -> None:
    assert month(desk)["2027-03-11"] == ("none", "")
    digest = decision(desk)["digest"]
    assert month(desk)[DAY.isoformat()] == ("assembled", "How the tide tables are made")
    desk.post("approve", {"digest": digest})
    assert month(desk)[DAY.isoformat()][0] == "approved"
    with opened(root) as app:
        app.assembler.assemble(DAY)
    path = root / "editions" / DAY.isoformat() / "edition.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert month(desk)[DAY.isoformat()][0] == "changed"
    path.write_text("subject = ", encoding="utf-8")
    assert month(desk)[DAY.isoformat()][0] == "held"


def test_any_day_of_a_month_leads_to_its_page_and_days_without_an_edition_are_free(
    desk: Desk, root: Path
) -> None:
    config = CONFIG.replace("approval = true", 'approval = true\ndays = ["tue"]')
    (root / "config.toml").write_text(config, encoding="utf-8")
    shown = month(desk, DAY.isoformat())
    assert shown["2027-03-16"][0] == "none"
    assert shown["2027-03-10"][0] == "free"
    assert min(shown) == "2027-03-01"


@pytest.mark.parametrize("path", ["calendar/2027-03-01", f"{DAY}/write", f"{DAY}/seen"])
def test_a_broken_configuration_is_told_on_every_page(desk: Desk, root: Path, path: str) -> None:
    config = CONFIG.replace("approval = true", "aproval = true")
    (root / "config.toml").write_text(config, encoding="utf-8")
    with desk.ask(f"/{TOKEN}/{path}") as answer:
        assert answer.status == 422
        assert "config.toml, line" in answer.read().decode()
