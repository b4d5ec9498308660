"""The audit as a page: the verdict first, every number, and nothing that runs or leaks."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from newsletter.core.model import BatchState
from newsletter.core.model.records import SendRecord
from newsletter.delivery.audit.page import page
from newsletter.delivery.audit.rules import audit
from tests.support.ledger import MORNING
from tests.unit.delivery.test_audit import attempt, batch, record


class Words(HTMLParser):
    """Collects the text of a page and the names of its elements."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text, self.tags = "", list[str]()
        self.feed(source)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def shown(found: SendRecord, *, publication: str = "The Brief") -> Words:
    return Words(page(audit(found), publication=publication, now=MORNING))


def test_a_proved_send_says_so_first_with_its_numbers() -> None:
    found = replace(
        record(batch(1, 1, 1000, skipped=2), batch(2, 1001, 1500)),
        left_out=(("skipped", "unsubscribed since the freeze", 2),),
        reported={"delivered": 1400, "bounced": 3},
    )
    words = shown(found).text
    assert "Complete. Each of the 1,500 recipients is in exactly one state" in words
    assert "submitted 1,498" in words
    assert "skipped 2 unsubscribed since the freeze" in words
    assert words.index("delivered 1,400") < words.index("bounced 3")


def test_an_open_send_lists_what_does_not_add_up() -> None:
    found = audit(record(batch(1, 1, 10), batch(2, 11, 20, BatchState.UNCERTAIN)))
    words = Words(page(found, publication="The Brief", now=MORNING)).text
    assert "Not complete." in words
    assert all(problem.replace("`", "") in words for problem in found.problems)


def test_what_others_wrote_is_text_and_nothing_on_the_page_runs() -> None:
    hostile = replace(attempt(1), reason="<script>alert(1)</script>", provider_id="<b>x</b>")
    found = shown(record(batch(1, 1, 5), attempts=[hostile]), publication="<i>Brief</i> & Co")
    assert not {"script", "b", "i"} & set(found.tags)
    assert "<script>alert(1)</script>" in found.text
    assert "<i>Brief</i> & Co" in found.text


def test_a_page_of_a_send_that_has_not_begun() -> None:
    found = record(batch(1, 1, 5, BatchState.PLANNED), attempts=[])
    assert "First attempt" not in shown(found).text
