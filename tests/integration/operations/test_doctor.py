"""The doctor: what is missing of the example is said line by line; a right set-up lacks nothing."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsletter.app import App, build
from newsletter.core.config import settings as configuration
from newsletter.core.http.answer import Answer
from newsletter.core.http.client import HttpClient
from newsletter.core.model.checkup import Check
from newsletter.delivery.opening import open_account
from newsletter.operations.doctor import rules, settings_checks, site_checks
from newsletter.operations.doctor.dns_checks import SenderNames, Zones, look
from newsletter.operations.doctor.examination import Reach, examine
from newsletter.sandbox.server import Sandbox
from newsletter.sandbox.setup import SCOPES, Setup
from tests.support.dns import Zone, name_server
from tests.support.ledger import MovingClock
from tests.support.publication import STORY

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
HOST = "brief.port-anselm-news.org"
KEY = f"SG.{'k' * 22}.{'s' * 43}"


def dkim_record(bits: int) -> str:
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


RIGHT: Zone = {
    f"em1.{HOST} CNAME": ["u1.provider-of-mail.org."],
    "u1.provider-of-mail.org TXT": ['"v=spf1 ip4:192.0.2.10 -all"'],
    "u1.provider-of-mail.org MX": ["10 mx.provider-of-mail.org."],
    "mx.provider-of-mail.org A": ["192.0.2.10"],
    f"s1._domainkey.{HOST} TXT": [dkim_record(2048)],
    f"s2._domainkey.{HOST} TXT": [dkim_record(2048)],
    "_dmarc.port-anselm-news.org TXT": ['"v=DMARC1; p=none; rua=mailto:d@port-anselm-news.org"'],
    "port-anselm-news.org MX": ["10 mx.provider-of-mail.org."],
    "port-anselm-news.org A": ["192.0.2.20"],
    f"{HOST} A": ["192.0.2.20"],
}


@contextmanager
def site(statuses: Mapping[str, int]) -> Iterator[str]:
    """Serve a site that answers with a status by path's first part."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.get(self.path.split("/")[1], 404))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


CONFIG = f"""\
[publication]
name = "The Harbour News"
url = "https://{HOST}"
sender = {{ name = "The Harbour News", email = "editor@{HOST}" }}
postal_address = "Harbour News, 3 Mole Road, Port Anselm"
[sources]
story = [{{ type = "markdown", rotate = true }}]
[delivery]
provider = "sendgrid"
"""


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG)
    stories = tmp_path / "content" / "stories"
    stories.mkdir(parents=True)
    (stories / "tides.md").write_text(STORY)
    return tmp_path


def opened(root: Path, **environment: str) -> App:
    from tests.support.ledger import add_people

    told = {"NEWSLETTER_SECRET_KEY": "k" * 40, "SENDGRID_API_KEY": KEY} | environment
    app = build(configuration.load(root, told), clock=MovingClock(NOW))
    add_people(app.database, 2)
    app.files.folder.mkdir(exist_ok=True)
    app.restored.marks.saw_backup("one", NOW)
    return app


def lines(checks: Iterator[Check]) -> dict[str, Check]:
    return {one.id: one for one in checks}


def problems(found: Mapping[str, Check]) -> set[str]:
    return {name for name, one in found.items() if one.level == "problem"}


def test_the_example_publication_is_told_line_by_line_what_it_lacks(tmp_path: Path) -> None:
    root = tmp_path / "example"
    root.mkdir()
    shutil.copy(ROOT / "config.toml", root)
    shutil.copytree(ROOT / "content", root / "content")
    app = build(configuration.load(root, {}), clock=MovingClock(NOW))
    found = lines(examine(app, network=True))
    app.close()
    assert problems(found) == {
        "provider",
        "secret.NEWSLETTER_SECRET_KEY",
        "publication.url",
        "publication.sender.email",
        "publication.reply_to",
        "publication.contact",
        "publication.postal_address",
    }
    assert all(one.next for name, one in found.items() if name in problems(found))
    assert {found["dns"].level, found["site"].level} == {"info"}


def test_a_right_set_up_lacks_nothing(publication: Path, tmp_path: Path) -> None:
    account = Setup(domains={HOST: True})
    events = "http://127.0.0.1:9/events"
    with (
        Sandbox(tmp_path / "mailbox", webhook=events, setup=account, api_key=KEY) as sandbox,
        name_server(RIGHT) as resolver,
        site({"healthz": 200, "u": 200}) as url,
    ):
        app = opened(publication, SENDGRID_WEBHOOK_PUBLIC_KEY=sandbox.public_key)
        # All is as in earnest, but the three that are asked: they are ours, on this machine.
        there = app.settings.sendgrid.model_copy(update={"base_url": sandbox.url})
        reach = Reach(
            zones=lambda: Zones(resolver),
            client=Elsewhere(url),
            account=lambda: open_account(
                app.settings.model_copy(update={"sendgrid": there}), app.clock
            ),
        )
        found = lines(examine(app, network=True, reach=reach))
        app.close()
    assert problems(found) == set()
    warned = {name for name, one in found.items() if one.level == "warning"}
    assert warned <= {"machine.clock", "machine.zones", "machine.disk"}  # of the tests' machine
    assert "found at port-anselm-news.org" in found["dns.dmarc"].measured
    asked = {"sendgrid.webhook", "sendgrid.domain", "dns.alignment", "site.unsubscribe", "readers"}
    assert {found[name].level for name in asked} == {"ok"}


class Elsewhere(HttpClient):
    """Asks a site on this machine in the place of the one that is named."""

    def __init__(self, url: str) -> None:
        super().__init__(connections=1)
        self._url = url

    def exchange(self, method: str, url: str, **words: Any) -> Answer:
        return super().exchange(method, url.replace(f"https://{HOST}", self._url), **words)


def account_of(publication: Path, folder: Path, setup: Setup, **more: str) -> dict[str, Check]:
    """Look at an account that was set up in some way."""
    with Sandbox(folder, webhook="http://127.0.0.1:9/events", setup=setup, api_key=KEY) as sandbox:
        told = {"NEWSLETTER_SENDGRID__BASE_URL": sandbox.url, "SENDGRID_API_KEY": KEY}
        told |= {"SENDGRID_WEBHOOK_PUBLIC_KEY": sandbox.public_key} | more
        settings = configuration.load(publication, told)
        face = open_account(settings, MovingClock(NOW))
        assert face is not None
        try:
            return {one.id: one for one in face.review().checks}
        finally:
            face.close()


@pytest.mark.parametrize(
    ("setup", "line", "level", "says"),
    [
        (Setup(domains={HOST: False}), "sendgrid.domain", "problem", f"em1.{HOST} CNAME u1234567"),
        (Setup(), "sendgrid.domain", "problem", "Authenticate Your Domain"),
        (Setup(scopes=("stats.read",)), "sendgrid.key", "problem", "give it these permissions"),
        (Setup(scopes=(*SCOPES, "billing.update")), "sendgrid.key", "info", "restricted key"),
        (Setup(signs_events=False), "sendgrid.webhook", "problem", "Signature Verification"),
        (Setup(events=("delivered",)), "sendgrid.events", "warning", "Processed settles"),
        (Setup(subscription_tracking=True), "sendgrid.tracking", "info", "switch it off"),
        (Setup(credits=3), "sendgrid.credits", "warning", "Raise the plan"),
    ],
)
def test_each_fault_of_an_account_is_told_with_its_step(
    publication: Path, tmp_path: Path, setup: Setup, line: str, level: str, says: str
) -> None:
    found = account_of(publication, tmp_path / "mailbox", setup)
    assert found[line].level == level
    assert says in found[line].next


def test_a_key_that_is_refused_and_one_that_is_of_others_are_told(
    publication: Path, tmp_path: Path
) -> None:
    wrong = account_of(publication, tmp_path / "a", Setup(), SENDGRID_API_KEY=f"{KEY}x")
    assert (list(wrong), wrong["sendgrid.key"].level) == (["sendgrid.key"], "problem")
    assert KEY not in json.dumps([one.measured + one.next for one in wrong.values()])
    other = account_of(publication, tmp_path / "b", Setup(), SENDGRID_WEBHOOK_PUBLIC_KEY="other")
    assert "another key" in other["sendgrid.webhook"].measured


NAMES = SenderNames(
    sender=HOST,
    signs_for=(HOST,),
    bounces_at=(f"em1.{HOST}",),
    keys_at=(f"s1._domainkey.{HOST}", f"s2._domainkey.{HOST}"),
)


def asked(changes: Mapping[str, list[str]], names: SenderNames = NAMES) -> list[Check]:
    zone = {key: value for key, value in ({**RIGHT, **changes}).items() if value}
    with name_server(zone) as resolver:
        return list(look(names, Zones(resolver)))


@pytest.mark.parametrize(
    ("changes", "line", "level", "says"),
    [
        ({"_dmarc.port-anselm-news.org TXT": []}, "dns.dmarc", "problem", f"_dmarc.{HOST} TXT"),
        (
            {"_dmarc.port-anselm-news.org TXT": ['"v=DMARC1; p=reject; pct=10"']},
            "dns.dmarc.tags",
            "warning",
            "t=y",
        ),
        ({"u1.provider-of-mail.org TXT": []}, "dns.spf", "problem", f"CNAME of em1.{HOST}"),
        ({f"s1._domainkey.{HOST} TXT": []}, "dns.dkim", "problem", "Publish the CNAME"),
        ({f"s1._domainkey.{HOST} TXT": ['"v=DKIM1; p="']}, "dns.dkim", "problem", "Publish"),
        (
            {f"s1._domainkey.{HOST} TXT": ['"v=DKIM1; k=rsa; p=bm8ga2V5"']},
            "dns.dkim",
            "problem",
            "Publish",
        ),
    ],
)
def test_each_fault_of_the_dns_is_told_with_its_record(
    changes: dict[str, list[str]], line: str, level: str, says: str
) -> None:
    found = [one for one in asked(changes) if one.id == line and one.level == level]
    assert found, [(one.id, one.level, one.measured) for one in asked(changes)]
    assert says in found[0].next


def test_signatures_of_another_organisation_are_not_aligned() -> None:
    names = SenderNames(
        sender=HOST, signs_for=("provider-of-mail.org",), bounces_at=("provider-of-mail.org",)
    )
    levels = {one.id: one.level for one in asked({}, names)}
    assert levels["dns.alignment"] == "problem"
    parent = SenderNames(sender=HOST, signs_for=("port-anselm-news.org",))
    assert {one.id: one.level for one in asked({}, parent)}["dns.alignment"] == "ok"
    strict = {"_dmarc.port-anselm-news.org TXT": ['"v=DMARC1; p=none; adkim=s"']}
    assert {one.id: one.level for one in asked(strict, parent)}["dns.alignment"] == "problem"


def test_a_mail_server_needs_a_name_that_leads_back() -> None:
    names = SenderNames(sender=HOST, server="mail.port-anselm-news.org")
    server = {"mail.port-anselm-news.org A": ["192.0.2.30"]}
    back = {"30.2.0.192.in-addr.arpa PTR": ["mail.port-anselm-news.org."]}
    away = {"30.2.0.192.in-addr.arpa PTR": ["host30.provider-of-mail.org."]}
    levels = [
        next(one.level for one in asked(server | more, names) if one.id == "dns.ptr")
        for more in (back, away, {})
    ]
    assert levels == ["ok", "problem", "problem"]


@pytest.mark.parametrize(
    ("statuses", "line", "level"),
    [
        ({"healthz": 200, "u": 200}, "site.unsubscribe", "ok"),
        ({"healthz": 200, "u": 302}, "site.unsubscribe", "problem"),
        ({"healthz": 200}, "site.unsubscribe", "problem"),
        ({"healthz": 503, "u": 200}, "site.health", "warning"),
    ],
)
def test_the_site_is_asked_as_a_mail_program_asks(
    publication: Path, statuses: dict[str, int], line: str, level: str
) -> None:
    with site(statuses) as url:
        settings = configuration.load(publication, {"NEWSLETTER_PUBLICATION__URL": url})
        found = {one.id: one for one in site_checks.look(settings)}
    assert found[line].level == level
    silent = {one.id: one.level for one in site_checks.look(settings)}
    assert silent == {"site.answers": "problem"}


def test_the_rules_of_mailboxes_are_in_the_documentation_with_their_dates() -> None:
    page = (ROOT / "docs" / "first-send.md").read_text(encoding="utf-8")
    for who, since, asks in rules.BULK_SENDERS:
        assert f"| {who} | {since} | {asks} |" in page
    assert f"on {rules.READ_ON};" in page


def test_rules_that_are_old_are_told() -> None:
    assert rules.age(date(2027, 6, 1)).level == "ok"
    assert rules.age(date(2028, 6, 1)).level == "warning"


@pytest.mark.parametrize(
    ("told", "line", "level"),
    [
        ({}, "alerts", "info"),
        ({"URL": "https://hooks.finch.example/a"}, "", ""),
        ({"EMAIL": "desk@port-anselm-news.org"}, "alerts.email", "warning"),
        ({"EMAIL": "orla@finch.example"}, "", ""),
        ({"URL": "https://brief.example.org/hook"}, "alerts.url", "warning"),
        (
            {"EMAIL": "orla@finch.example", "HEARTBEAT": "https://brief.example.org/ping"},
            "alerts.heartbeat",
            "warning",
        ),
    ],
)
def test_ways_to_the_operator_that_lead_back_are_told(
    publication: Path, told: dict[str, str], line: str, level: str
) -> None:
    own = {f"NEWSLETTER_ALERTS__{name}": value for name, value in told.items()}
    own |= {
        "NEWSLETTER_PUBLICATION__URL": "https://brief.example.org",
        "NEWSLETTER_PUBLICATION__REPLY_TO": "desk@port-anselm-news.org",
    }
    found = settings_checks.alarms(configuration.load(publication, own))
    assert [(one.id, str(one.level)) for one in found] == ([(line, level)] if line else [])
