"""The files of a message in `editions/DATE/`."""

from __future__ import annotations

import email
import json
from email.policy import default
from pathlib import Path

import pytest

from newsletter.core.model import Envelope, Message
from newsletter.core.model.findings import Finding, Severity
from newsletter.editions import EditionFiles
from newsletter.message import merge
from tests.integration.editions.test_editions_files import DAY, NOW

ENVELOPE = Envelope(
    sender_name="Brückenbrief, täglich",
    sender_email="brief@brief.example.org",
    reply_to="desk@brief.example.org",
    list_id="x",
    edition=DAY,
    publication="main",
)


@pytest.fixture
def editions(tmp_path: Path) -> EditionFiles:
    return EditionFiles(tmp_path / "editions")


def make_message() -> Message:
    fields = ("name", "unsubscribe_url", "attributes.city")
    name, out, city = (merge.placeholder(field, escaped=False) for field in fields)
    draft = Message(
        subject=f"Good morning {name}",
        preheader="It turns",
        html=f"<p>Hello {merge.placeholder('name', escaped=True)}</p>",
        text=f"Hello {name}, leave: {out}\nStadt: {city}",
    )
    fallbacks = {"name": "reader", "unsubscribe_url": None, "attributes.city": None}
    return merge.seal(draft, fallbacks)


def write_message(editions: EditionFiles, *findings: Finding) -> Path:
    return editions.write_message(
        DAY,
        mjml="<mjml/>",
        web="<!doctype html>",
        message=make_message(),
        findings=findings,
        envelope=ENVELOPE,
        now=NOW,
    )


def test_the_files_show_the_message_to_a_sample_reader(editions: EditionFiles) -> None:
    folder = write_message(editions)
    assert folder == editions.path(DAY).parent
    shown = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert shown.keys() == {
        "email.mjml",
        "email.html",
        "email.txt",
        "message.eml",
        "web.html",
        "report.json",
    }
    assert shown["email.mjml"] == "<mjml/>"
    assert shown["email.html"] == "<p>Hello reader</p>"
    assert shown["email.txt"].startswith("Hello reader, leave: https://example.org/unsubscribe")
    seen = shown["email.html"] + shown["email.txt"] + shown["message.eml"]
    for field in make_message().fields:
        assert field.html_tag not in seen
        assert field.text_tag not in seen


def test_the_report_has_numbers_and_findings(editions: EditionFiles) -> None:
    finding = Finding(code="subject", severity=Severity.ERROR, message="Too long.", hint="Cut it.")
    folder = write_message(editions, finding)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["ok"] is False
    assert report["digest"] == make_message().digest
    assert report["html_bytes"] == make_message().html_bytes
    assert report["findings"] == [
        {"code": "subject", "severity": "error", "message": "Too long.", "hint": "Cut it."}
        | {"measured": "", "limit": "", "place": None, "accepted": ""}
    ]


def test_the_specimen_is_a_mail_without_merge_tags_and_reaches_nobody(
    editions: EditionFiles,
) -> None:
    folder = write_message(editions)
    mail = email.message_from_bytes((folder / "message.eml").read_bytes(), policy=default)
    assert mail["Subject"] == "Good morning reader"
    assert mail["From"].addresses[0].display_name == "Brückenbrief, täglich"
    assert mail["To"].addresses[0].domain == "example.org"
    assert mail["Reply-To"] == "desk@brief.example.org"
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().splitlines() == [
        "Hello reader, leave: https://example.org/unsubscribe",
        "Stadt: attributes.city",
    ]
    assert rich.get_content().strip() == "<p>Hello reader</p>"
    for part in (plain, rich):
        assert part["Content-Transfer-Encoding"] == "quoted-printable"


def test_the_same_message_gives_the_same_files(editions: EditionFiles) -> None:
    folder = write_message(editions)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_message(editions)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
