"""Of whom complaints are heard, and that what is not known is never shown as zero."""

from __future__ import annotations

import pytest

from newsletter.core.feedback_loops import Feedback, reports_complaints
from newsletter.core.model.records import Health
from newsletter.delivery.health import Limits, crossing

LIMITS = Limits(bounced=0.05, complained=0.003, blocked=0.2)


@pytest.mark.parametrize(
    "domain",
    [
        *("yahoo.com", "yahoo.co.uk", "hotmail.fr", "live.nl", "outlook.com", "aol.com", "msn.com"),
        *("sfr.fr", "virginmedia.com", "email.cz"),
    ],
)
def test_these_report(domain: str) -> None:
    assert reports_complaints(domain)


@pytest.mark.parametrize(
    "domain",
    [
        *("gmail.com", "googlemail.com", "icloud.com", "proton.me", "example.org", "yahoo.co.jp"),
        "cox.net",  # left the universal feedback loop
        *("yahoo", "notyahoo.com", "mail.yahoo.com.example.org", "aol.com.example.org", ""),
    ],
)
def test_of_these_nothing_is_known(domain: str) -> None:
    assert not reports_complaints(domain)


def test_a_limit_of_complaints_is_a_share_of_those_who_would_be_heard() -> None:
    """Four in a thousand at Yahoo are four in a thousand, however many read at Gmail."""
    everybody = Health(went=100_000, complained=4)
    heard = Health(went=100_000, complained=4, reporting=1_000)

    assert crossing(everybody, LIMITS) is None
    found = crossing(heard, LIMITS)
    assert found is not None
    assert found.sentence == (
        "4 of 1000 recipients whose mailbox provider reports it complained (0.40%); "
        "[delivery.canary] most_complained is 0.30%."
    )
    assert crossing(Health(went=100_000, complained=3, reporting=1_000), LIMITS) is None


def test_bounces_are_a_share_of_everybody() -> None:
    assert crossing(Health(went=1000, bounced=40, reporting=10), LIMITS) is None


@pytest.mark.parametrize(
    ("feedback", "told"),
    [
        (
            Feedback(complained=2, reporting=812, gmail=3400, others=700),
            (
                "2 of 812 whose mailbox provider reports them; "
                "unknown for 4,100, 3,400 of them at Gmail."
            ),
        ),
        (
            Feedback(reporting=812, gmail=3400),
            "0 of 812 whose mailbox provider reports them; unknown for 3,400 at Gmail.",
        ),
        (Feedback(reporting=5), "0 of 5 whose mailbox provider reports them."),
        (
            Feedback(gmail=3400),
            "nobody here has a mailbox provider that reports them; unknown for 3,400 at Gmail.",
        ),
        (
            Feedback(others=7),
            "nobody here has a mailbox provider that reports them; unknown for 7.",
        ),
    ],
)
def test_what_is_not_known_is_said_to_be_unknown(feedback: Feedback, told: str) -> None:
    assert feedback.sentence == told
