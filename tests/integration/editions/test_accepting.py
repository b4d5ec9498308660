"""Accepting a finding: a reason, kept with the edition, and never what the law asks for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.app import App
from newsletter.core.errors import ConfigError, Held, UsageError
from newsletter.core.model import Acceptance
from newsletter.delivery.preconditions import SendRequest
from newsletter.editions.reader import from_toml
from newsletter.editions.writer import with_acceptance
from tests.support.ledger import MovingClock
from tests.support.publication import Publication, make_publication, readers

DAY = date(2027, 3, 9)
NOON = datetime(2027, 3, 9, 12, tzinfo=UTC)
DRAFT = Acceptance("link-placeholder", "The host is the subject of the story.")


@pytest.fixture
def brief(tmp_path: Path) -> Publication:
    """Make a publication whose story has a link that holds the send."""
    made = make_publication(tmp_path / "brief", NEWSLETTER_DELIVERY__PROVIDER="outbox")
    story = made.root / "content/stories/tides.md"
    story.write_text(story.read_text() + "\nRead [a draft](https://example.com/more).\n")
    return made


@pytest.fixture
def app(brief: Publication) -> App:
    return brief.open(MovingClock(NOON))


def test_an_accepted_error_no_longer_holds_and_is_told_wherever_the_edition_is(
    brief: Publication, app: App
) -> None:
    brief.add(readers(1))
    with pytest.raises(Held, match="link-placeholder"):
        app.sends.start(SendRequest(day=DAY))
    proof = app.proofs.accept(DAY, DRAFT)
    assert proof.errors == ()
    (found,) = (one for one in proof.findings if one.code == DRAFT.code)
    assert (found.severity, found.accepted, found.holds) == ("error", DRAFT.reason, False)
    app.sends.start(SendRequest(day=DAY))
    report = json.loads((app.files.path(DAY).parent / "report.json").read_text("utf-8"))
    assert report["ok"]
    assert DRAFT.reason in [one["accepted"] for one in report["findings"]]
    with pytest.raises(UsageError, match="is frozen"):
        app.proofs.accept(DAY, DRAFT)
    app.files.path(DAY).unlink()
    assert app.audit(DAY).accepted == (DRAFT,)


def test_another_finding_still_holds(app: App) -> None:
    story = app.settings.root / "content/stories/tides.md"
    story.write_text(story.read_text() + "\nDear `{{ name }}`.\n")
    assert [one.code for one in app.proofs.accept(DAY, DRAFT).errors] == [
        "placeholder-left",
        "placeholder-left",
    ]


@pytest.mark.parametrize(
    ("code", "reason", "said"),
    [
        ("link-placeholder", " ", "a reason is needed"),
        ("img-alt", "No picture.", "No finding of this edition is called “img-alt”"),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(
    app: App, code: str, reason: str, said: str
) -> None:
    app.assembler.assemble(DAY)
    before = app.files.path(DAY).read_bytes()
    with pytest.raises(UsageError, match=said):
        app.proofs.accept(DAY, Acceptance(code, reason))
    assert app.files.path(DAY).read_bytes() == before


def test_what_the_law_asks_for_is_never_accepted(brief: Publication) -> None:
    folder = brief.root / "templates/email/partials"
    folder.mkdir(parents=True)
    (folder / "footer.mjml.j2").write_text(
        '<mj-section><mj-column><mj-text><a href="{{ merge("unsubscribe_url") }}">Out</a>'
        "</mj-text></mj-column></mj-section>"
    )
    app = brief.open(MovingClock(NOON))
    refused = Acceptance("postal-address", "We are nowhere.")
    with pytest.raises(UsageError, match=r"cannot be accepted\. The law"):
        app.proofs.accept(DAY, refused)
    app.files.accept(DAY, refused)  # by hand it is of no use either
    assert "postal-address" in [one.code for one in app.proofs.prove(DAY).errors]


def test_a_check_that_does_not_exist_is_told(app: App) -> None:
    app.assembler.assemble(DAY)
    app.files.accept(DAY, Acceptance("img-atl", "A slip."))
    with pytest.raises(ConfigError, match=r"\[accepted\] of edition\.toml: .*“img-atl”") as caught:
        app.proofs.prove(DAY)
    assert "Did you mean “img-alt”?" in caught.value.hint


def test_the_command_asks_for_a_reason_and_keeps_it(brief: Publication) -> None:
    words = ("check", "--date", str(DAY), "--accept", DRAFT.code, "--reason", DRAFT.reason)
    done = brief.run(*words, check=0)
    assert "1 accepted for this edition" in done.stdout
    assert f"accepted: {DRAFT.reason}" in done.stdout
    assert "“a draft”, written in email/partials/story.mjml.j2:" in done.stdout  # not cut
    assert brief.open(MovingClock(NOON)).proofs.prove(DAY).edition.background.accepted == (DRAFT,)


# --- the text of the file ------------------------------------------------------------------------


def test_everything_else_in_the_file_stays_as_it_was_written() -> None:
    text = (
        '# Mine.\nsubject = "A"   # short\n\n'
        '[[stories]]\nheadline = "B"\ntext = """\n[accepted]\n"""\n'
    )
    once = with_acceptance(text, Acceptance("subject", "It is “right”."))
    assert once.startswith(text)
    twice = with_acceptance(once, Acceptance("subject", "It still is."))
    assert twice.startswith(text)
    assert "right" not in twice
    edition = from_toml(twice, day=DAY, name="edition.toml")
    assert edition.background.accepted == (Acceptance("subject", "It still is."),)
    assert edition.stories[0].paragraphs == ("[accepted]",)


@given(st.from_regex(r"[a-z]{1,9}(-[a-z]{1,9})?", fullmatch=True), st.text(min_size=1))
def test_any_reason_is_read_back(code: str, reason: str) -> None:
    text = with_acceptance("# Mine.\n", Acceptance(code, reason))
    if reason.strip():
        (found,) = from_toml(text, day=DAY, name="edition.toml").background.accepted
        assert found.code == code


def test_a_blank_reason_in_the_file_is_told_with_its_line() -> None:
    with pytest.raises(UsageError, match=r"edition\.toml, line 2: `subject` must not be empty"):
        from_toml('[accepted]\nsubject = " "\n', day=DAY, name="edition.toml")


def test_a_template_that_renders_nothing_is_one_finding(brief: Publication) -> None:
    folder = brief.root / "templates/email"
    folder.mkdir(parents=True)
    (folder / "brief.mjml.j2").write_text("<mjml>\n<mj-body>\n<mj-txt>x</mj-txt></mj-body></mjml>")
    found = brief.json("check", "--date", str(DAY), check=4)
    assert not found["ok"]
    (finding,) = found["findings"]
    assert (finding["code"], finding["severity"]) == ("template", "error")
    assert finding["message"].startswith("There is no <mj-txt>")
    assert finding["place"]["template"].endswith("email/brief.mjml.j2:3")
