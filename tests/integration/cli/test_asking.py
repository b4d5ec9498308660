"""A send that begins asks before real readers get it; everything else does not."""

from __future__ import annotations

import pytest

from tests.support.publication import make_publication

OWN = {
    "NEWSLETTER_PUBLICATION__URL": "https://brief.harbour-press.eu",
    "NEWSLETTER_PUBLICATION__SENDER__EMAIL": "brief@harbour-press.eu",
    "NEWSLETTER_PUBLICATION__POSTAL_ADDRESS": "4 Quay Street, Saltmouth",
}


@pytest.fixture
def brief(tmp_path):
    # Nothing answers in the range for documentation (RFC 5737), so that nobody gets anything.
    return make_publication(tmp_path / "brief", people=3, base_url="https://192.0.2.1", **OWN)


def test_where_nobody_can_be_asked_it_wants_a_word(brief):
    for words in (["send", "--now"], ["send", "--now", "--json"]):
        done = brief.run(*words, check=2)
        assert "3 readers through SendGrid" in done.stdout + done.stderr
        assert "--yes" in done.stdout + done.stderr
    assert brief.run("audit").returncode == 3  # nothing was frozen


def test_a_rehearsal_reads_like_a_sentence_at_any_time(brief):
    done = brief.run("send", "--dry-run", "--date", "2031-01-01", check=0)
    assert "would go to 3 readers through SendGrid" in done.stdout
    assert "Nothing was frozen or sent" in done.stdout


def test_the_outbox_asks_nothing(brief):
    brief.environment["NEWSLETTER_DELIVERY__PROVIDER"] = "outbox"
    brief.run("send", "--now", check=0)
